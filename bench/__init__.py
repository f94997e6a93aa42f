"""Measures of Emglev: ratios taken side by side in one run, on generated data."""
