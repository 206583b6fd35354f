"""One bar a layer, on a log scale, with a mark beside it that says what was expected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nntutor.core.notation.figures import figure
from nntutor.lessons.language.cells import at_right, cells, padded
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, kept, shortened


@dataclass(frozen=True)
class Bar:
    """value: at least 0; beside: a mark on the same scale. here: at hand; shown False: not known yet."""

    label: str
    value: float
    beside: float | None = None
    here: bool = False
    shown: bool = True


def bars_rows(
    bars: Sequence[Bar],
    width: int,
    height: int,
    look: Look,
    title: str = "",
    beside_name: str = "",
    second: Sequence[float] | None = None,
    second_name: str = "",
    shared: Sequence[float] = (),
) -> list[Row]:
    """The bars in the order given, a legend above; where there are more than rows, those between the ends and the one
    at hand are left out.

    second: another number for each bar, in a column at the right. shared: values of other charts that have to have
    room on the scale, so that bars of one length mean the same in each.
    """
    if height < 1 or width < 8 or not bars:
        return []
    mark = look.line("┊")
    legend = f" {title}"
    if any(bar.beside is not None for bar in bars):
        legend += f"   {mark} {beside_name}"
    wide = max(cells(bar.label) for bar in bars) + 2
    figures = [_figure(bar, look) for bar in bars]
    number = max(cells(text) for text in figures) + 1
    tail = [] if second is None else [figure(value, 2, style=look.style) for value in second]
    tail_wide = max([cells(second_name), *(cells(text) for text in tail)]) + 2 if tail else 0
    room = width - wide - number - tail_wide - 2
    head = [shortened((Piece(legend, "bold"), Piece(f"  {second_name}" if tail else "", "dim")), width, look)]
    if tail and cells(legend) + tail_wide <= width:
        gap = width - cells(legend) - cells(second_name) - 1
        head = [(Piece(legend, "bold"), Piece(" " * max(1, gap) + second_name, "dim"))]
    scale = _Scale(bars, max(0, room), shared)
    lines: list[Row] = []
    for place, bar in enumerate(bars):
        here = look.line("▸") if bar.here else " "
        label = (Piece(padded(f"{here}{bar.label}", wide), "bold" if bar.here else ""),)
        drawn = scale.drawn(bar, look, mark) if room >= 6 else ()
        shown = Piece(padded(f" {figures[place]}", number + 1), "bold" if bar.here and bar.shown else "")
        row: Row = (*label, *drawn, shown) if room >= 6 else (*label, shown)
        if tail and room >= 6:
            row = (*row, Piece(at_right(tail[place], tail_wide - 1), "dim"))
        lines.append(shortened(row, width, look))
    return [*head, *_short(lines, next((at for at, bar in enumerate(bars) if bar.here), 0), height - 1, look)][:height]


def _figure(bar: Bar, look: Look) -> str:
    if not bar.shown:
        return "?"
    return figure(bar.value, 2, style=look.style)


class _Scale:
    """Values as lengths of bars, all of the same logarithmic scale."""

    def __init__(self, bars: Sequence[Bar], room: int, shared: Sequence[float]) -> None:
        shown = [bar.value for bar in bars if bar.shown]
        values = [*shown, *(bar.beside for bar in bars if bar.beside is not None), *shared]
        known = np.array([value for value in values if np.isfinite(value) and value > 0])
        self.room = room
        self.low, self.high = 0.0, 1.0
        if len(known):
            self.high = float(np.log10(known.max()))
            self.low = float(min(np.floor(np.log10(known.min())), self.high - 1))

    def length(self, value: float) -> int:
        if not np.isfinite(value) or value <= 0:
            return 0
        share = float((np.log10(value) - self.low) / (self.high - self.low))
        return int(np.clip(round(share * self.room), 1, self.room))

    def drawn(self, bar: Bar, look: Look, mark: str) -> Row:
        length = self.length(bar.value) if bar.shown else 0
        text = list(look.line("━") * length + " " * (self.room - length))
        style = "backward" if bar.here else "dim"
        if bar.beside is None or not self.length(bar.beside):
            return (Piece("".join(text), style),)
        at = self.length(bar.beside) - 1
        return (Piece("".join(text[:at]), style), Piece(mark, "bold"), Piece("".join(text[at + 1 :]), style))


def _short(lines: list[Row], here: int, height: int, look: Look) -> list[Row]:
    """As many lines as fit, `here` among them; what is left out before and after it stands there as a number."""
    if len(lines) <= height:
        return lines
    if height < 3:
        return kept(lines, height, look)
    top, after = (height - 1) // 2, len(lines) - here
    if top <= here < len(lines) - (height - 1 - top):
        if height < 5:
            return _gapped(lines, [range(here, here + 1)], look)
        if after > height - 2 and here > height - 3:
            return _gapped(lines, [range(1), range(here, here + height - 4), range(len(lines) - 1, len(lines))], look)
        top = height - 1 - after if after <= height - 2 else here + 1
    return _gapped(lines, [range(top), range(len(lines) - (height - 1 - top), len(lines))], look)


def _gapped(lines: list[Row], parts: list[range], look: Look) -> list[Row]:
    """These parts of the lines; between them, before and after, how many are not there."""
    rows: list[Row] = []
    end = 0
    for part in (*parts, range(len(lines), len(lines))):
        if part.start > end:
            rows.append((Piece(look.more(part.start - end), "dim"),))
        rows += lines[part.start : part.stop]
        end = part.stop
    return rows
