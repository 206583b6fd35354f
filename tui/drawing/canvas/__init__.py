"""Rows, cells, lines and dots: what every drawing is made with."""
