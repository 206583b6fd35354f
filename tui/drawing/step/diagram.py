"""The network as a picture: units in columns, weights on the lines, the step's numbers in brackets.

Shows nothing that is made after the place. The numbers that the step at hand uses stand in brackets in
the hue of their phase, the one that it makes in "result", the same as in the formula; what of them has no
place of its own, a rate or E, stands in the last row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from nntutor.core.engine.step import Step
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.kinds import PER_SAMPLE, PER_WEIGHT
from nntutor.core.notation.named import Keys
from nntutor.core.notation.symbols import Ref, short
from nntutor.lessons.language.cells import cells
from nntutor.tui.drawing.canvas.hues import MADE, hue
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Row
from nntutor.tui.drawing.step import edges, labels
from nntutor.tui.drawing.step.frame import Frame
from nntutor.tui.drawing.step.wording import Label, Wording
from nntutor.tui.state.session import Pointed


def diagram(trace: Trace, step: Step, width: int, height: int, look: Look, targets: bool = True) -> list[Row] | None:
    """The picture in at most width × height cells; None where the network does not fit.

    targets: whether the targets may be shown.
    """
    frame = Frame.fitting(trace.names, width, height, look)
    return None if frame is None else _Picture(trace, step, frame, look, targets).rows()


def fits(trace: Trace, width: int, height: int, look: Look, labelled: bool = False) -> bool:
    """Whether `diagram` has a picture at this size; labelled: with labels on its edges."""
    frame = Frame.fitting(trace.names, width, height, look)
    return frame is not None and (frame.labelled or not labelled)


class _Picture:
    def __init__(self, trace: Trace, step: Step, frame: Frame, look: Look, targets: bool) -> None:
        self.trace, self.step, self.frame, self.look = trace, step, frame, look
        self.targets = targets
        # A step that belongs to no sample shows the first one's numbers.
        self.sample = step.ref.sample if step.ref.sample >= 0 else trace.samples[0]
        needed = (step.ref, *self._seen(step.named))
        # In the order in which they claim the free rows of a unit: its slope before what was sent back.
        self.used = dict.fromkeys((*needed, *reversed(self._seen(step.used))))
        self.missing = dict.fromkeys(needed)
        self.of_units: dict[tuple[int, int], list[Ref]] = {}
        self.of_edges: dict[edges.Edge, list[Ref]] = {}
        for ref in self.used:
            if ref.kind in PER_WEIGHT and ref.input:
                self.of_edges.setdefault((ref.layer, ref.unit, ref.input), []).append(ref)
            elif ref.kind in PER_WEIGHT or (ref.kind in PER_SAMPLE and ref.sample == self.sample):
                self.of_units.setdefault((ref.layer, ref.unit), []).append(ref)
        self.said = Wording(trace, step, frame.digits, look, self.used)
        self.dots = edges.drawn(frame, edges.kinds(trace), self.of_edges, look)

    def _seen(self, refs: Sequence[Ref]) -> Sequence[Ref]:
        """Of the numbers of a long formula those that can have a place, and as many as the last row could show."""
        if not isinstance(refs, Keys):
            return refs
        placed = refs.having("sample", -1, self.sample)
        return tuple(dict.fromkeys((*refs[: len(placed) + self.frame.width], *placed)))

    def rows(self) -> list[Row]:
        for layer in range(self.frame.last + 1):
            for unit in range(1, self.frame.count(layer) + 1):
                self._unit(layer, unit)
        heads = [head for layer in range(1, self.frame.last + 1) for head in self._arrowheads(layer)]
        few = 4 * len(self.missing) <= self.frame.width  # each takes more than that
        elsewhere = few and sum(cells(self.said.alone(ref)) + 3 for ref in self.missing) - 1 <= self.frame.width
        for layer in range(1, self.frame.last + 1):
            self._labels(layer, elsewhere)
        for row, column, style in heads:
            self.dots.write(row, column, self.look.line("▶"), style)
        self._elsewhere()
        return self.dots.rows()

    # --- pieces ----------------------------------------------------------------------------------

    def mark(self, ref: Ref) -> str:
        """The style of what is at hand, or nothing."""
        if ref not in self.used:
            return ""
        return MADE if ref == self.step.ref else hue(ref)

    def _put(self, row: int, column: int, text: str, *refs: Ref, style: str = "") -> bool:
        """Text, if any, at a place: in brackets where it is at hand, the cells of the brackets free where not."""
        if not text:
            return False
        mark = self.mark(refs[0]) or self.mark(refs[-1])
        click = Pointed("number", refs[0]) if self.said.known(refs[0]) else None
        if mark:
            done = self.dots.write(row, column, f"[{text}]", mark, click=click)
        else:
            done = self.dots.write(row, column + 1, text, style, click=click)
            if done:
                self.dots.part(row, column + 1, text)
        if done:
            for ref in refs:
                self.missing.pop(ref, None)
        return done

    # --- units -----------------------------------------------------------------------------------

    def _unit(self, layer: int, unit: int) -> None:
        frame = self.frame
        left, line = frame.lefts[layer], frame.line(layer, unit)
        name = frame.names.unit(layer, unit)
        self.dots.write(line, left + 1, name, "")
        out = Ref("out", layer, unit, 0, self.sample)
        main, others = self._ordered(out)
        if main is not None:
            at = (line - 1, left) if frame.tall >= 3 else (line, left + 1 + len(name))
            self._put(*at, self._worded(main, *at), main)
        if frame.tall > 1:
            for below, ref in enumerate(others[: max(1, frame.tall - 2)]):
                at = (line + 1 + below, left)
                if not self._put(*at, self._worded(ref, *at), ref) and ref.kind == "out_grad" and layer < frame.last:
                    self._between(ref)
        if layer == frame.last and self.targets:
            target = Ref("target", layer, unit, 0, self.sample)
            self._put(line, frame.target, f"t {self.said.figure(target)}", target)

    def _ordered(self, out: Ref) -> tuple[Ref | None, list[Ref]]:
        """What stands beside or above a unit's name, and what below it, the most wanted first."""
        net, delta = out._replace(kind="net"), out._replace(kind="delta")
        hand = [ref for ref in self.of_units.get((out.layer, out.unit), ()) if self._shown(ref)]
        hand = [ref for ref in hand if ref.kind != "target"]
        main = out if self.said.known(out) else net if self.said.known(net) else None
        if self.frame.tall == 1:
            hand = [ref for ref in hand if ref.kind != "out_grad"]  # whose symbol is too long for a name's row
            main = hand[0] if hand else main
        others = [ref for ref in hand if ref != main]
        if out.layer and self.trace.index_of(delta) is not None:
            # The delta's row is its own where there are two; where there is one, what is at hand takes it.
            backward = self.step.phase in ("backward", "update") or self.said.known(delta)
            if backward and (self.frame.tall > 3 or delta in others or not others):
                others = [delta, *(ref for ref in others if ref != delta)]
        return main, others

    def _shown(self, ref: Ref) -> bool:
        """Whether a number at hand has its place: one that is asked for has it before it is known."""
        return ref == self.step.ref or self.said.known(ref)

    def _worded(self, ref: Ref, row: int, left: int) -> str:
        """A unit's number, with what it is called beside its unit; its out is called as the unit is.

        What E is differentiated by is said whole, with fewer digits if need be, or not here.
        """
        if ref.kind == "out" and (self.said.known(ref) or self.frame.tall == 1):
            return self.said.figure(ref)
        if ref.kind == "out_grad":
            named = (self.said.named(ref, digits) for digits in self.said.all_digits())
            return next((text for text in named if self._has_room(ref.layer, row, left, cells(text) + 2)), "")
        if ref.kind in PER_WEIGHT:
            word = self.said.symbol(ref).replace(self.said.symbol(ref._replace(kind="weight")), "b")
        elif ref.kind == "out":
            word = self.said.symbol(ref)
        else:
            word = short(ref.kind, self.look.style)
        return f"{word} {self.said.figure(ref)}"

    def _between(self, ref: Ref) -> None:
        """What is too long for the block of its unit, between the edges near it; not where a label of one is kept."""
        for digits in self.said.all_digits():
            text = self.said.named(ref, digits)
            length = cells(text) + 2
            for row, start in labels.between(self.frame, ref.layer, ref.unit, length):
                kept = any(self._is_kept(layer, row, start, start + length) for layer in (ref.layer, ref.layer + 1))
                if not kept and self._put(row, start, text, ref):
                    return

    def _has_room(self, layer: int, row: int, left: int, length: int) -> bool:
        """Whether a text has room in a unit's block, or beyond it where no edge passes and no label of one is kept."""
        first, end = self.frame.lefts[layer] + self.frame.blocks[layer], left + length
        if end <= first:
            return True
        if layer == self.frame.last:
            return end <= self.frame.width
        return not self._is_kept(layer + 1, row, first, end) and labels.clear(self.frame, layer + 1, row, first, end)

    # --- edges -----------------------------------------------------------------------------------

    def _labels(self, layer: int, elsewhere: bool) -> None:
        """The labels of the edges into a layer. elsewhere: whether the last row has room for those that have none."""
        frame, places = self.frame, dict(self._places(layer)[0])
        active = [edge for edge in frame.edges(layer) if (layer, *edge) in self.of_edges]
        share = _share(active)
        for edge in active:
            texts = self._variants(layer, edge)
            if edge in places and self._placed(layer, places[edge], texts):
                del places[edge]
            elif self._forced(layer, edge, share, texts, elsewhere):
                places.pop(edge, None)
        for edge, at in places.items():
            self._placed(layer, at, [self.said.weight(layer, *edge, digits) for digits in self.said.all_digits()])

    def _places(self, layer: int) -> tuple[Mapping[tuple[int, int], labels.Place], int]:
        """Where the label of each edge into a layer stands, and for how many cells."""
        last = Ref("weight", layer, self.frame.count(layer), self.frame.count(layer - 1))
        length = cells(self.said.symbol(last)) + self.frame.digits + 5
        return labels.places(self.frame, layer, length), length

    def _is_kept(self, layer: int, row: int, start: int, end: int, own: tuple[int, int] | None = None) -> bool:
        """Whether the cells from start to before end are kept for the label of another edge than `own`."""
        places, length = self._places(layer)
        others = (middle for edge, (its, middle) in places.items() if its == row and edge != own)
        starts = (labels.start_of(self.frame, layer, middle, length) for middle in others)
        return any(start <= its + length and its <= end for its in starts)

    def _variants(self, layer: int, edge: tuple[int, int]) -> list[Label]:
        """The label of what is at hand on an edge, the longest first; each with a name."""
        texts = [self.said.label(layer, *edge, digits) for digits in self.said.all_digits()]
        (ref, *_) = texts[0][1]
        return [*texts, *((self.said.named(ref, digits), (ref,)) for digits in self.said.all_digits())]

    def _placed(self, layer: int, at: labels.Place, texts: list[Label]) -> bool:
        """A label of an edge in the place that is kept for it; not where it has no room there."""
        (row, middle), (_, _, last, _) = at, self.frame.ends(layer, 1, 1)
        starts = ((labels.start_of(self.frame, layer, middle, cells(text) + 2), text, refs) for text, refs in texts)
        return any(
            start + cells(text) + 2 <= last + 1 and self._labelled(row, start, text, refs)
            for start, text, refs in starts
        )

    def _labelled(self, row: int, start: int, text: str, refs: tuple[Ref, ...]) -> bool:
        """Text at a place where no other one stands or would touch it."""
        return self.dots.free(row, start, cells(text) + 2) and self._put(row, start, text, *refs)

    def _forced(self, layer: int, edge: tuple[int, int], share: float, texts: list[Label], elsewhere: bool) -> bool:
        """A label of what is at hand on its edge and no other, a weight's without its name if need be; else in the last
        row, or wherever there is room where that has none."""
        (ref, *_) = texts[0][1]
        texts = [*texts, *([(self.said.figure(ref), (ref,))] if ref.kind == "weight" else [])]
        ways = (labels.on, labels.beyond) if elsewhere else (labels.on, labels.beyond, labels.starts)
        return any(
            self._labelled(row, start, text, refs)
            for way in ways
            for text, refs in texts
            for row, start in way(self.frame, layer, edge, share, cells(text) + 2)
            if not self._is_kept(layer, row, start, start + cells(text) + 2, edge)
        )

    def _arrowheads(self, layer: int) -> Iterator[tuple[int, int, str]]:
        """Row, column and style of the arrowhead at each unit: it is styled as the edges that end there."""
        for unit in range(1, self.frame.count(layer) + 1):
            row, column = self.frame.line(layer, unit), self.frame.lefts[layer] - 1
            yield row, column, self.dots.style(row, column - 1)

    # --- what has no place -----------------------------------------------------------------------

    def _elsewhere(self) -> None:
        """What is at hand and stands nowhere yet, in the last row; a sign where that is not enough."""
        row, column = self.frame.height - 1, 0
        left = list(self.missing)
        for place, ref in enumerate(left):
            text = self.said.alone(ref)
            more = place + 1 < len(left)
            if column + cells(text) + 2 + 2 * more > self.frame.width:
                self.dots.write(row, column, self.look.line("…"), "bold")
                return
            self._put(row, column, text, ref)
            column += cells(text) + 3


def _share(active: list[tuple[int, int]]) -> float:
    """Where the labels of these edges belong: where the edges are farthest from each other."""
    units, sources = {unit for unit, _ in active}, {source for _, source in active}
    if len(active) < 2:
        return 0.5
    return 0.0 if len(units) == 1 else 1.0 if len(sources) == 1 else 0.5
