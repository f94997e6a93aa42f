"""Verbs of moderators: deciding, taking back, sharing the work, and the log of it all."""
