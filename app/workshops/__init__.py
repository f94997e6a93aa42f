"""Workshops: a room, its steps, its ballots, its results."""
