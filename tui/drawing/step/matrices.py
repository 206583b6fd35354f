"""The second view: the layer at hand as a table, inputs across, one row per unit.

Serves networks that are too wide for a picture as well: of a long row or column it shows the part around
the number at hand and says how many are left out.
"""

from __future__ import annotations

from collections.abc import Sequence

from nntutor.core.engine.trace import Step, Trace
from nntutor.core.notation.formula import names
from nntutor.core.notation.kinds import KINDS, SIGNED, Per
from nntutor.core.notation.symbols import Ref, spelled
from nntutor.lessons.language.cells import at_right, padded
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, shortened, squeezed

_UNIT_KINDS = tuple(name for name, kind in KINDS.items() if kind.per is Per.UNIT)
_WEIGHT_TABLES = ("weight", "grad", "new")
_GAP = "…"


def matrices(trace: Trace, step: Step, words: Words, width: int, height: int, look: Look) -> list[Row]:
    """The tables of the step's layer (the last one at E) in at most width × height cells."""
    layer = step.ref.layer or len(trace.problem.network.layers)
    marked = {step.ref: "result", **dict.fromkeys(names(step.full), "operand")}
    marked[step.ref] = "result"
    table = _Table(trace, step, layer, marked, look)
    rows: list[Row] = [(Piece(f" {_title(words, trace, layer, look)}", "bold"), *_sample(trace, step, words))]
    left = height - len(rows)
    kinds = [kind for kind in _WEIGHT_TABLES if table.begun(kind)]
    wanted = [kind for kind in (kinds[0], _current(step), *kinds[1:]) if kind in kinds]
    for place, kind in enumerate(dict.fromkeys(wanted)):
        block = table.rows(kind, width, left, with_units=place == 0)
        if place and (len(block) > left or left < 4):
            break
        rows += block[:left]
        left = height - len(rows)
    if table.left_out:
        rows[0] = (*rows[0], Piece(f"  {look.more(table.left_out)}", "dim"))
    return [shortened(squeezed(row, width), width, look) for row in rows[:height]]


def _current(step: Step) -> str:
    return "new" if step.phase == "update" else "grad" if step.ref.kind == "grad" else "weight"


def _title(words: Words, trace: Trace, layer: int, look: Look) -> str:
    last = len(trace.problem.network.layers)
    if layer == last:
        name = words.say("views.output_layer")
    else:
        name = words.say("views.hidden_layer") if last == 2 else words.say("views.hidden_layer_n", layer=layer)
    sizes = trace.problem.network.sizes
    return look.line(f"{name}  {sizes[layer - 1]} → {sizes[layer]}")


def _sample(trace: Trace, step: Step, words: Words) -> Row:
    if len(trace.samples) == 1:
        return ()
    at = trace.samples.index(step.ref.sample) if step.ref.sample >= 0 else 0
    return (Piece(f"   {words.say('study.sample', at=at + 1, of=len(trace.samples))}", "dim"),)


class _Table:
    def __init__(self, trace: Trace, step: Step, layer: int, marked: dict[Ref, str], look: Look) -> None:
        self.trace, self.step, self.layer, self.marked, self.look = trace, step, layer, marked, look
        self.shape = trace.plan.shape.layers[layer - 1]
        self.sample = step.ref.sample if step.ref.sample >= 0 else trace.samples[0]
        self.digits = min(look.digits, 6)
        self.column = self.digits + 6
        self.left_out = 0  # columns that no sign in the table stands for

    def begun(self, kind: str) -> bool:
        """Whether any number of this kind is known at the place."""
        if kind == "weight":
            return True
        sources = self.shape.sources
        ref = Ref(kind, self.layer, 1, sources[0]) if sources else None
        return ref is not None and self.known(ref)

    def known(self, ref: Ref) -> bool:
        return self.trace.known(ref, self.step.index)

    def cell(self, ref: Ref) -> Piece:
        try:
            value = self.trace.value(ref)
        except KeyError:
            return Piece(" " * self.column)
        if not self.known(ref):
            return Piece(at_right("? ", self.column), "dim")
        style = self.marked.get(ref, "")
        text = self.look.figure(value, ref.kind in SIGNED, self.digits)
        text = f"[{text}]" if style else f"{text} "
        return Piece(f" {at_right(text, self.column - 1)}", style)

    def head(self, text: str) -> Piece:
        return Piece(f" {at_right(text, self.column - 2)} ", "dim")

    def rows(self, kind: str, width: int, height: int, with_units: bool) -> list[Row]:
        """One table: weights (or gradients, or new weights), and beside it the numbers of the units."""
        symbol = self.trace.names.symbol
        style = self.look.style
        side = [k for k in _UNIT_KINDS if self._has(k)] if with_units else []
        room = max(1, (width - 8 - self.column * (self.shape.bias + len(side))) // self.column)
        while side and room < min(2, self.shape.inputs):
            side = side[1:]
            room = max(1, (width - 8 - self.column * (self.shape.bias + len(side))) // self.column)
            self.left_out += 1
        sources = _window(self.shape.inputs, self.step.ref.input or 1, room)
        if with_units and None not in sources:
            self.left_out += self.shape.inputs - len(sources)
        lines = max(1, height - 2 - with_units)
        units = _window(self.shape.units, self.step.ref.unit or 1, lines)
        top: list[Piece] = [Piece(padded(f" {spelled(kind, 'w', style)}", 8), "bold")]
        for source in sources:
            text = _GAP if source is None else symbol(Ref("out", self.layer - 1, source), style)
            top.append(self.head(self.look.line(text)))
        if self.shape.bias:
            top.append(self.head("b"))
        top += [self.head(spelled(k, "out", style).removesuffix("_out")) for k in side]
        rows: list[Row] = [tuple(top)]
        if with_units:
            inputs = [
                self.head(self.look.line(_GAP))
                if source is None
                else self.cell(Ref("out", self.layer - 1, source, 0, self.sample))
                for source in sources
            ]
            rows.append((Piece(" " * 8), *inputs, *([self.head("1")] if self.shape.bias else [])))
        rows += [self._unit_row(kind, unit, sources, side) for unit in units]
        return rows

    def _has(self, kind: str) -> bool:
        ref = Ref(kind, self.layer, 1, 0, self.sample)
        return self.trace.index_of(ref) is not None

    def _unit_row(self, kind: str, unit: int | None, sources: Sequence[int | None], side: list[str]) -> Row:
        if unit is None:
            return (Piece(f" {self.look.line(_GAP)}", "dim"),)
        name = self.trace.names.symbol(Ref("out", self.layer, unit), self.look.style)
        row = [Piece(padded(f" {name}", 8), "bold" if unit == self.step.ref.unit else "")]
        for source in sources:
            row.append(
                self.head(self.look.line(_GAP)) if source is None else self.cell(Ref(kind, self.layer, unit, source))
            )
        if self.shape.bias:
            row.append(self.cell(Ref(kind, self.layer, unit, 0)))
        row += [self.cell(Ref(k, self.layer, unit, 0, self.sample)) for k in side]
        return tuple(row)


def _window(count: int, at: int, room: int) -> list[int | None]:
    """Which of 1..count to show in `room` places, `at` among them; None where some are left out."""
    if count <= room:
        return list(range(1, count + 1))
    shown = max(1, room - 2)
    first = min(max(1, at - shown // 2), count - shown + 1)
    window: list[int | None] = list(range(first, first + shown))
    if room >= 3:
        if first > 1:
            window = [None, *window]
        if first + shown <= count:
            window = [*window, None]
    return window
