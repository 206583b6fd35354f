"""How whoever waits for long work is told how far it is."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int], object]
"""Told how much is done, and of how much as far as is known: runs, iterations, passes of the samples."""


def untold(done: int, of: int) -> None:
    """Nobody is told."""
