"""Schemes, accords and their calendars, themes, enjeux, priorités, figures."""
