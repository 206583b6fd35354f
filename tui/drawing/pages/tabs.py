"""The line above two views that stand side by side: what the left one is, and all that can stand at the right."""

from __future__ import annotations

from collections.abc import Sequence

from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, row_cells
from nntutor.tui.state.session import Pointed

_EDGE = 2  # cells of line before the first name, and at least after the last one


def tabs_row(first: str, second: str, names: Sequence[str], words: Words, width: int, left: int, look: Look) -> Row:
    """`── network ──── [steps]│ matrices │ curve ──`: the names from cell `left` on; long ones begin before it.

    The two that are shown are bold, the one at the right in brackets. What has no room is counted.
    """
    title = _title(first, words, look)
    others, left_out = [name for name in names if name != first], 0
    while row_cells(tabs := _tabs(others, second, left_out, words, look)) + row_cells(title) + 2 * _EDGE > width:
        others.remove(next(name for name in reversed(others) if name != second))
        left_out += 1
    start = min(left, width - row_cells(tabs) - _EDGE)
    before, after = start - row_cells(title), width - start - row_cells(tabs)
    return (*title, Piece(look.line("─") * before, "edge"), *tabs, Piece(look.line("─") * after, "edge"))


def title_row(name: str, words: Words, width: int, look: Look) -> Row:
    """`── curve ────`: what stands below another view."""
    title = _title(name, words, look)
    return (*title, Piece(look.line("─") * (width - row_cells(title)), "edge"))


def _title(name: str, words: Words, look: Look) -> Row:
    edge = Piece(look.line("─") * _EDGE, "edge")
    return edge, Piece(f" {words.say(f'view_name.{name}')} ", "bold", Pointed("view", name))


def _tabs(names: Sequence[str], shown: str, left_out: int, words: Words, look: Look) -> Row:
    tabs: list[Piece] = []
    for name in names:
        said, click = words.say(f"view_name.{name}"), Pointed("view", name)
        tabs += [Piece(look.line("│"), "edge")] if tabs else []
        tabs.append(Piece(f"[{said}]", "bold", click) if name == shown else Piece(f" {said} ", "dim", click))
    return (*tabs, *([Piece(f"{look.more(left_out)} ", "dim")] if left_out else []))
