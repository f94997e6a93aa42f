"""What moderators, those who report and those who contest type: a module each."""
