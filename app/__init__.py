"""Emglev: a participatory consultation platform on which a territory builds its accord."""
