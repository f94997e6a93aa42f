"""FranceConnect and ProConnect as the demonstration plays them, with their quirks and without any contract."""
