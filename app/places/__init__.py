"""Territories (the département is one) and communes: read-only reference."""
