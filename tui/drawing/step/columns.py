"""Two runs side by side: the same numbers made in two ways, the first differing digit marked."""

from __future__ import annotations

from nntutor.core.engine.trace import Trace
from nntutor.core.notation.kinds import KINDS
from nntutor.core.notation.symbols import Ref
from nntutor.lessons.language.cells import cells, padded
from nntutor.tui.drawing.canvas.hues import MADE
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row

_DIGITS = 9


def columns(
    right: Trace, wrong: Trace, index: int, heads: tuple[str, str], width: int, height: int, look: Look
) -> list[Row]:
    """Numbers made up to step `index` of `right`, in its order, the newest last.

    heads: what stands above the columns. Rows: symbol, the number of each run, where they part.
    """
    side = max(_DIGITS + 6, *(min(cells(head), (width - 14) // 2) + 1 for head in heads))
    top = (
        Piece(" " * 12),
        Piece(padded(heads[0], side), "bold"),
        Piece("  "),
        Piece(padded(heads[1], side), "bold"),
    )
    refs = [right.step(at).ref for at in range(1, index + 1)]
    shown = [ref for ref in refs if KINDS[ref.kind].gradient_of or ref.kind == "new" or ref == refs[-1]]
    error = Ref("error")
    if right.known(error, index):
        shown = [error, *(ref for ref in shown if ref != error)]
    room = max(1, height - 1)
    rows = [_row(right, wrong, ref, side, look, newest=ref == refs[-1]) for ref in shown[-room:]]
    return [top, *rows][:height]


def _row(right: Trace, wrong: Trace, ref: Ref, side: int, look: Look, newest: bool) -> Row:
    plus = right.signed(ref)
    one = look.figure(right.value(ref), plus, _DIGITS)
    other = look.figure(wrong.value(ref), plus, _DIGITS)
    same = _common(one, other)
    style = "bold" if newest else ""
    symbol = right.symbol(ref, look.style)
    row = [
        Piece(padded(f"{look.line('▸') if newest else ' '}{symbol}", 12), "bold" if newest else ""),
        Piece(padded(one, side), MADE if newest else ""),
        Piece("  "),
    ]
    if one == other:
        return (*row, Piece(other, style))
    # The first differing digit stands between marks, so that it is seen without colour as well.
    return (
        *row,
        Piece(other[:same], style),
        Piece(f"[{other[same : same + 1]}]", "warning"),
        Piece(other[same + 1 :], style),
    )


def _common(one: str, other: str) -> int:
    """How many characters two figures share from the left."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count
