"""Thin Textual parts."""
