"""Open data: what is public on the pages, as files, without any identity."""
