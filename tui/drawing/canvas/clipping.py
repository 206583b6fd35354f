"""Lines in a picture of dots: which parts of them lie inside, and the ASCII sign of their direction."""

from __future__ import annotations

from typing import Any

import numpy as np

_FAR = 1e6  # in dots: beyond this a line is not followed


def slanted(down: float, right: float) -> str:
    """The ASCII sign of a line in this direction."""
    if abs(down) < 0.4 * abs(right):
        return "-"
    if abs(right) < 0.4 * abs(down):
        return "|"
    return "\\" if (down > 0) == (right > 0) else "/"


def clipped(row0: Any, column0: Any, row1: Any, column1: Any, rows: int, columns: int) -> tuple[Any, ...]:
    """Of many lines the parts that lie inside (Liang and Barsky 1984): row, column, and how far down and right."""
    far = np.abs([row0, column0, row1, column1]).max(axis=0) > _FAR * max(rows, columns, 1)
    start, end = np.zeros(len(row0)), np.ones(len(row0))
    down, right = row1 - row0, column1 - column0
    for step, room in (
        (-right, column0 + 0.5),
        (right, columns - 0.5 - column0),
        (-down, row0 + 0.5),
        (down, rows - 0.5 - row0),
    ):
        far |= (step == 0) & (room < 0)
        share = room / np.where(step == 0, 1.0, step)
        start = np.where(step < 0, np.maximum(start, share), start)
        end = np.where(step > 0, np.minimum(end, share), end)
    inside = ~far & (start <= end)
    start, length = start[inside], (end - start)[inside]
    down, right = down[inside], right[inside]
    return row0[inside] + start * down, column0[inside] + start * right, length * down, length * right
