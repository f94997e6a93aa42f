"""Fiches-actions: from an idea to its evaluation, version by version."""
