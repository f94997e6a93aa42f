"""Needs said away from screens: typed in series from paper or the telephone, imported, printed forms and cards."""
