"""The one table: ratios first, then what was measured, ours and what stands beside it, here and over SSH.

Rows are printed as they come, as Markdown, so that they can be put into a page as they are.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

HEADS = ("×", "× SSH", "what", "nntutor", "over SSH", "beside it", "", "over SSH")
WIDTHS = (7, 5, 46, 22, 22, 22, 20, 20)


@dataclass(frozen=True)
class Row:
    """One figure. ours, theirs: here and, where it was measured there, over SSH, with their units.

    ratios: ours over theirs, the medians of what was measured in turn; none where nothing stands beside it.
    """

    what: str
    ours: Sequence[str] = ()
    beside: str = ""
    theirs: Sequence[str] = ()
    ratios: Sequence[float | None] = ()


def heading() -> None:
    _line(HEADS)
    print("|" + "|".join("-" * (width + 2) for width in WIDTHS) + "|", flush=True)


def show(row: Row) -> None:
    _line((*_two([_ratio(ratio) for ratio in row.ratios]), row.what, *_two(row.ours), row.beside, *_two(row.theirs)))


def _ratio(ratio: float | None) -> str:
    if ratio is None:
        return ""
    return f"1/{1 / ratio:.0f}" if ratio < 0.05 else f"{ratio:.2f}" if ratio < 100 else f"{ratio:.0f}"


def _two(cells: Sequence[str]) -> tuple[str, str]:
    here, there = (*cells, "", "")[:2]
    return here, there


def _line(cells: Sequence[str]) -> None:
    print("| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS)) + " |", flush=True)


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms" if seconds < 0.1 else f"{seconds * 1000:.0f} ms"


def microseconds(seconds: float) -> str:
    if seconds >= 0.01:
        return milliseconds(seconds)
    return f"{seconds * 1e6:.1f} µs" if seconds < 1e-4 else f"{seconds * 1e6:.0f} µs"


def spread(sizes: Sequence[int]) -> str:
    """Bytes: half of them at most, 95 % at most, the most."""
    ordered = sorted(sizes)
    return f"{ordered[len(ordered) // 2]} / {ordered[-1 - len(ordered) // 20]} / {ordered[-1]} B"


def paired(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the ratios of what was measured in turn; not the quotient of two medians."""
    return statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
