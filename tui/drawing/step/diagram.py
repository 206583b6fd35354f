"""The network as a picture: units in columns, weights on the lines, the step's numbers in brackets.

Shows nothing that is made after the place. The numbers that the step at hand uses stand in brackets in
the style "operand", the one that it makes in "result", the same as in the formula.
"""

from __future__ import annotations

from dataclasses import dataclass

from nntutor.core.engine.trace import Step, Trace
from nntutor.core.notation.formula import names
from nntutor.core.notation.kinds import PER_SAMPLE, PER_WEIGHT, SIGNED
from nntutor.core.notation.symbols import Ref, short
from nntutor.lessons.language.cells import cells
from nntutor.tui.drawing.canvas.canvas import Canvas
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Row

# What has a place of its own at a unit; all else that a step uses of it stands in the one free row.
_PLACED = frozenset({"net", "out", "delta", "target"})
# More digits than this make labels too long to stay on their lines.
_MOST_DIGITS = 6
# With more lines than this between two layers, or less room between them, only the step's own are labelled.
_LABELLED = 6
_ROOM = 17


def diagram(trace: Trace, step: Step, width: int, height: int, look: Look, targets: bool = True) -> list[Row] | None:
    """The picture in at most width × height cells; None where the network does not fit.

    targets: whether the targets may be shown.
    """
    frame = _Frame.fitting(trace, width, height, look)
    return None if frame is None else _Picture(trace, step, frame, look, targets).rows()


def fits(trace: Trace, width: int, height: int, look: Look) -> bool:
    """Whether `diagram` has a picture at this size."""
    return _Frame.fitting(trace, width, height, look) is not None


@dataclass(frozen=True)
class _Frame:
    """Where things go: the block of each unit and the gaps between layers, in cells."""

    sizes: tuple[int, ...]
    width: int
    height: int
    block: int
    gap: int
    tall: int
    digits: int

    @classmethod
    def fitting(cls, trace: Trace, width: int, height: int, look: Look) -> _Frame | None:
        sizes = trace.problem.network.sizes
        columns = len(sizes)
        tall = min(4, height // max(sizes))
        if tall < 1 or height < 3:
            return None
        for digits in range(min(look.digits, _MOST_DIGITS), 2, -1):
            figure = digits + 4  # sign, 0., and a bracket on either side less one
            block = figure + (0 if tall == 1 else 1)
            room = width - columns * block - (digits + 5)
            gap = room // (columns - 1)
            if gap >= digits + 7:
                return cls(sizes, width, height, block, min(gap, 34), tall, digits)
        gap = (width - columns * 8 - 8) // (columns - 1)
        return cls(sizes, width, height, 8, gap, tall, 3) if gap >= 4 else None

    def left(self, layer: int) -> int:
        return layer * (self.block + self.gap)

    def top(self, layer: int, unit: int) -> int:
        """The first row of a unit's block."""
        count = self.sizes[layer]
        room = self.height - self.tall
        return room // 2 if count == 1 else round((unit - 1) * room / (count - 1))

    def line(self, layer: int, unit: int) -> int:
        """The row of a unit's name, where its lines begin and end."""
        return self.top(layer, unit) + (1 if self.tall >= 3 else 0)


class _Picture:
    def __init__(self, trace: Trace, step: Step, frame: _Frame, look: Look, targets: bool) -> None:
        self.trace, self.step, self.frame, self.look = trace, step, frame, look
        self.targets = targets
        self.canvas = Canvas(frame.width, frame.height)
        # In the order in which they claim the one free row of a unit: its slope before what was sent back.
        self.used = dict.fromkeys((*names(step.full), *(operand.ref for operand in reversed(step.operands))))
        self.sample = step.ref.sample if step.ref.sample >= 0 else self._shown_sample()
        self.last = len(frame.sizes) - 1

    def _shown_sample(self) -> int:
        """The sample whose numbers are shown at a step that belongs to none."""
        return self.trace.samples[0]

    def rows(self) -> list[Row]:
        for layer in range(1, self.last + 1):
            self._lines(layer)
        for layer in range(self.last + 1):
            for unit in range(1, self.frame.sizes[layer] + 1):
                self._unit(layer, unit)
        for layer in range(1, self.last + 1):
            self._labels(layer)
        return self.canvas.rows()

    # --- numbers ---------------------------------------------------------------------------------

    def known(self, ref: Ref) -> bool:
        return self.trace.known(ref, self.step.index)

    def mark(self, *refs: Ref) -> str:
        """operand, result, or nothing."""
        if any(ref == self.step.ref for ref in refs):
            return "result"
        return "operand" if any(ref in self.used for ref in refs) else ""

    def figure(self, ref: Ref) -> str:
        if not self.known(ref):
            return "?"
        value = self.trace.value(ref)
        return self.look.figure(value, ref.kind in SIGNED, self.frame.digits)

    def symbol(self, ref: Ref) -> str:
        return self.trace.names.symbol(ref._replace(sample=-1) if ref.sample >= 0 else ref, self.look.style)

    # --- units -----------------------------------------------------------------------------------

    def _unit(self, layer: int, unit: int) -> None:
        frame = self.frame
        left, line = frame.left(layer), frame.line(layer, unit)
        out = Ref("out", layer, unit, 0, self.sample)
        delta = Ref("delta", layer, unit, 0, self.sample)
        net = Ref("net", layer, unit, 0, self.sample)
        name = self.symbol(out)
        if frame.tall == 1:
            value = self.figure(out) if self.known(out) else ""
            self._put(left, line, f"{name} {value}".strip(), self.mark(out))
            return
        self.canvas.write(left + 1, line, name, "")
        shown = self._out_row(out, net)
        if frame.tall >= 3 and shown:
            self._put(left, line - 1, *shown)
        extra = self._extra(layer, unit, shown)
        below = line + 1
        if extra:
            self._put(left, below, *extra)
            below += 1
        if frame.tall == 2:
            if not extra:
                shown_delta = layer and self.known(delta) and self._has(delta)
                item = self._delta(delta) if shown_delta else shown
                if item:
                    self._put(left, below, *item)
            return
        if layer and self._has(delta) and (frame.tall == 4 or not extra):
            backward = self.step.phase in ("backward", "update") or self.known(delta)
            if backward:
                self._put(left, line + (2 if extra else 1), *self._delta(delta))
        if layer == self.last and self.targets:
            self._target(left + frame.block, line, unit)

    def _has(self, ref: Ref) -> bool:
        return self.trace.index_of(ref) is not None

    def _out_row(self, out: Ref, net: Ref) -> tuple[str, str] | None:
        if self.known(out):
            return self.figure(out), self.mark(out)
        if self.known(net):
            return f"net {self.figure(net)}", self.mark(net)
        return None

    def _delta(self, delta: Ref) -> tuple[str, str]:
        letter = short("delta", self.look.style)[0]
        return f"{letter} {self.figure(delta) if self.known(delta) else '?'}", self.mark(delta)

    def _extra(self, layer: int, unit: int, shown: tuple[str, str] | None) -> tuple[str, str] | None:
        """The step's own number of this unit that has no place of its own: net, slope, ∂E, E, the bias."""
        last = self.step.ref.kind
        wanted: list[tuple[Ref, str]] = []
        for ref in (self.step.ref, *self.used):
            if (ref.layer, ref.unit) != (layer, unit) or not self.known(ref):
                continue
            if ref.kind in PER_SAMPLE - _PLACED and ref.sample == self.sample:
                wanted.append((ref, short(ref.kind, self.look.style)))
            elif ref.kind == "net" and last != "net" and shown and not shown[0].startswith("net"):
                wanted.append((ref, "net"))
            elif ref.kind in PER_WEIGHT and ref.input == 0:
                wanted.append((ref, self._bias_word(ref)))
        if not wanted:
            return None
        ref, word = wanted[0]
        return f"{word} {self.figure(ref)}", self.mark(ref)

    def _bias_word(self, ref: Ref) -> str:
        base = self.symbol(ref._replace(kind="weight"))
        return self.symbol(ref).replace(base, "b")

    def _target(self, x: int, y: int, unit: int) -> None:
        ref = Ref("target", self.last, unit, 0, self.sample)
        self._put(x, y, f"t {self.figure(ref)}", self.mark(ref))

    def _put(self, x: int, y: int, text: str, mark: str) -> None:
        """Text at a place: in brackets where it is marked, one cell to the right where not."""
        if mark:
            self.canvas.write(x, y, f"[{text}]", mark)
        else:
            self.canvas.write(x + 1, y, text, "")

    # --- lines -----------------------------------------------------------------------------------

    def _ends(self, layer: int, unit: int, source: int) -> tuple[int, int, int, int]:
        """The first and the last cell of the line from a unit to one in the next layer."""
        frame = self.frame
        wide = cells(self.symbol(Ref("out", layer - 1, source))) + 2
        if frame.tall == 1:
            wide = frame.block
        left = frame.left(layer - 1) + wide
        right = frame.left(layer) - 1
        return left, frame.line(layer - 1, source), right, frame.line(layer, unit)

    def _active(self, layer: int, unit: int, source: int) -> bool:
        """Whether the step uses or makes a number of this line's weight."""
        return any(ref.kind in PER_WEIGHT and ref[1:4] == (layer, unit, source) for ref in (self.step.ref, *self.used))

    def _pairs(self, layer: int) -> list[tuple[int, int]]:
        units, sources = self.frame.sizes[layer], self.frame.sizes[layer - 1]
        return [(unit, source) for unit in range(1, units + 1) for source in range(1, sources + 1)]

    def _lines(self, layer: int) -> None:
        pairs = sorted(self._pairs(layer), key=lambda pair: self._active(layer, *pair))
        for unit, source in pairs:
            active = self._active(layer, unit, source)
            for x, y, glyph in self._path(layer, unit, source):
                self.canvas.line(x, y, self.look.line(glyph), "bold" if active else "edge", over=active)

    def _path(self, layer: int, unit: int, source: int) -> list[tuple[int, int, str]]:
        left, top, right, bottom = self._ends(layer, unit, source)
        if top == bottom:
            return [(x, top, "─") for x in range(left, right)] + [(right, top, "▶")]
        # Straight from the cell after the source's name to the cell before the unit's.
        start = self.frame.left(layer - 1) + self.frame.block
        way = 1 if bottom > top else -1
        count = abs(bottom - top)
        cells_between = []
        for row in range(1, count):
            x = start + round((right - start) * row / count)
            cells_between.append((x, top + way * row, "╲" if way > 0 else "╱"))
        return cells_between

    # --- labels ----------------------------------------------------------------------------------

    def _labels(self, layer: int) -> None:
        pairs = self._pairs(layer)
        active = [pair for pair in pairs if self._active(layer, *pair)]
        roomy = len(pairs) <= _LABELLED and self.frame.gap >= _ROOM
        rest = [pair for pair in pairs if pair not in active] if roomy else []
        for unit, source in (*active, *rest):
            text, mark = self._label(layer, unit, source)
            self._place(layer, unit, source, f"[{text}]" if mark else text, mark)

    def _label(self, layer: int, unit: int, source: int) -> tuple[str, str]:
        weight = Ref("weight", layer, unit, source)
        made = self.step.ref
        if made.kind in PER_WEIGHT and made[1:4] == weight[1:4]:
            if made.kind == "new":
                arrow = self.look.line("→")
                return f"{self.symbol(weight)} {self.figure(weight)} {arrow} {self.figure(made)}", "result"
            return f"{self.symbol(made)} {self.figure(made)}", "result"
        new = weight._replace(kind="new")
        if weight not in self.used and self._has(new) and self.known(new):
            return f"{self.symbol(new)} {self.figure(new)}", self.mark(new)
        return f"{self.symbol(weight)} {self.figure(weight)}", self.mark(weight)

    def _place(self, layer: int, unit: int, source: int, text: str, mark: str) -> None:
        """The label on its own line, where it hides the least of the others; left out where none is free."""
        length = cells(text)
        path = self._path(layer, unit, source)
        level = bool(path) and path[0][1] == path[-1][1]
        # Near the source lines are still apart; on level lines the middle is best.
        ideal = 0.5 if level else 0.3
        low, high = self.frame.left(layer - 1) + self.frame.block, self.frame.left(layer) - 1
        best: tuple[float, int, int] | None = None
        for place, (x, y, _) in enumerate(path):
            if level and place % 3:
                continue
            left = max(low + level, min(x - length // 2, high - length - level))
            if not left <= x < left + length or not self.canvas.free(left, y, length):
                continue
            others = self.canvas.crossed(left, y, length) - (length if level else 1)
            score = others + 3 * abs(place / max(1, len(path) - 1) - ideal)
            if best is None or score < best[0]:
                best = (score, left, y)
        if best is not None:
            self.canvas.write(best[1], best[2], text, mark or "")
