"""Needs: what someone says is needed, from the first word to the answer."""
