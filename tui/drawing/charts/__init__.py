"""Plots that know no lesson: numbers in, rows out."""
