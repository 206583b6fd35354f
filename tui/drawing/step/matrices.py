"""The layer at hand as tables: its weights beside the numbers of its units, gradients and new weights below.

Every number of the step that stands in a matrix has its place in one of the tables: weights of the layer after it,
samples of a mini-batch, what an optimizer keeps. What has no room is counted in the first row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nntutor.core.engine.step import Step
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.kinds import KINDS, PER_SAMPLE, PER_WEIGHT, Per
from nntutor.core.notation.symbols import Ref, spelled
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, row_cells, shortened, squeezed
from nntutor.tui.drawing.step.grid import Cell, Grid, Numbers, grid_rows

_SIDE = ("net", "out", "prob", "target", "unit_error", "slope", "out_grad", "delta")
_WEIGHT_TABLES = ("weight", "grad", "new")
_SAMPLES = ("samples", 0)


def matrices(trace: Trace, step: Step, words: Words, width: int, height: int, look: Look) -> list[Row]:
    """The tables of the step's layer (the last one at E) in at most width × height cells."""
    numbers = Numbers.at(trace, step, look, height)
    tables = _Tables(numbers, step.ref.layer or trace.names.last)
    blocks = _blocks(tables, height - 1)
    rows: list[Row] = []
    shown: set[Ref] = set()
    apart = sum(tall for _, tall in blocks) + len(blocks) <= height
    for grid, tall in blocks:
        rows += [()] if rows and apart else []
        drawn, seen = grid_rows(grid, numbers, width, tall)
        rows += drawn
        shown |= seen
    elsewhere = sum(ref.kind not in PER_SAMPLE | PER_WEIGHT for ref in numbers.used)
    left_out = numbers.count - elsewhere - len(shown)
    title = _titled(tables, words, width, left_out)
    return [title, *(shortened(squeezed(row, width), width, look) for row in rows)][:height]


def _titled(tables: _Tables, words: Words, width: int, left_out: int) -> Row:
    """Which layer, which sample, and how many numbers of the step have no room."""
    look = tables.numbers.look
    title = Piece(f" {_title(words, tables.trace, tables.layer, look)}", "bold")
    short = (Piece(look.more(left_out), "note"),) if left_out else ()
    more = (Piece(f"   {look.plain(words.say('views.more_used', count=left_out))}", "note"),) if left_out else ()
    whole = (title, *_sample(tables, words))
    name = (Piece(title.text.partition("  ")[0], "bold"),)
    ways = ((*whole, *more), (title, *more), (*name, *short), short) if left_out else (whole, (title,), name)
    return next((row for row in ways if row_cells(row) <= width), shortened(ways[-1], width, look))


def _title(words: Words, trace: Trace, layer: int, look: Look) -> str:
    last = len(trace.problem.network.layers)
    if layer == last:
        name = words.say("views.output_layer")
    else:
        name = words.say("views.hidden_layer") if last == 2 else words.say("views.hidden_layer_n", layer=layer)
    sizes = trace.problem.network.sizes
    return look.plain(f"{name}  {sizes[layer - 1]} → {sizes[layer]}")


def _sample(tables: _Tables, words: Words) -> Row:
    samples = tables.trace.samples
    if len(samples) == 1:
        return ()
    at = samples.index(tables.sample) + 1
    return (Piece(f"   {words.say('study.sample', at=at, of=len(samples), index=tables.sample)}", "dim"),)


def _blocks(tables: _Tables, height: int) -> list[tuple[Grid, int]]:
    """The tables that have room, and in how many rows: first those of the step, then what else there is."""
    needed, used = tables.needed(), tables.numbers.used
    rows = {grid.key: len({place[0] for ref in used if (place := grid.place(ref))}) for grid in needed}
    tall: dict[tuple[str, int], int] = {}
    # In turns: each its head and a row or two, then what the step uses of it, then all of it.
    for most in (
        {key: min(2, count) for key, count in rows.items()},
        rows,
        {grid.key: len(grid.rows) for grid in needed},
    ):
        for grid in needed:
            more = 1 + most[grid.key] - tall.get(grid.key, 0)
            if grid.key in tall or more <= height or not tall:
                tall[grid.key] = tall.get(grid.key, 0) + min(more, height)
                height -= min(more, height)
    every = tables.every()
    for grid in every:
        if grid.key not in tall and 1 + len(grid.rows) <= height:
            tall[grid.key] = 1 + len(grid.rows)
            height -= tall[grid.key]
    return [(grid, tall[grid.key]) for grid in _once((*every, *needed)) if grid.key in tall]


def _once(grids: Sequence[Grid]) -> list[Grid]:
    return list({grid.key: grid for grid in grids}.values())


@dataclass(frozen=True)
class _Tables:
    """The tables that there are at a step of a layer."""

    numbers: Numbers
    layer: int

    @property
    def trace(self) -> Trace:
        return self.numbers.trace

    @property
    def sample(self) -> int:
        """The sample at hand; of a step that belongs to none, the first one."""
        made = self.numbers.step.ref.sample
        return made if made >= 0 else self.trace.samples[0]

    def needed(self) -> list[Grid]:
        """Those in which numbers of the step stand, the one of the number that it makes first."""
        keys = dict.fromkeys(key for ref in reversed(self.numbers.used) if (key := self._of(ref)) is not None)
        return [self.samples() if key == _SAMPLES else self.weights(*key) for key in keys]

    def every(self) -> list[Grid]:
        """Those of the layer at hand as far as they have been made, then the weights of the other layers."""
        kinds = [kind for kind in _WEIGHT_TABLES if self._begun(kind)]
        others = [layer for layer in range(1, self.trace.names.last + 1) if layer != self.layer]
        return [*(self.weights(kind, self.layer) for kind in kinds), *(self.weights("weight", one) for one in others)]

    def _begun(self, kind: str) -> bool:
        """Whether any number of this kind is known at the place."""
        sources = self.trace.plan.shape.layers[self.layer - 1].sources
        return kind == "weight" or (bool(sources) and self.numbers.known(Ref(kind, self.layer, 1, sources[0])))

    def _of(self, ref: Ref) -> tuple[str, int] | None:
        """The key of the table in which a number stands."""
        if ref.kind in PER_WEIGHT:
            return ref.kind, ref.layer
        if ref.kind not in PER_SAMPLE:
            return None
        return _SAMPLES if ref.sample != self.sample else ("weight", max(ref.layer, self.layer))

    def weights(self, kind: str, layer: int) -> Grid:
        """Inputs across, one row per unit; with the weights what comes in, and what the units have made."""
        trace, style, sample = self.trace, self.numbers.look.style, self.sample
        shape = trace.plan.shape.layers[layer - 1]
        full = kind == "weight"
        units = [trace.names.symbol(Ref("out", layer, unit), style) for unit in range(1, shape.units + 1)]
        heads = [trace.names.symbol(Ref("out", layer - 1, one), style) for one in range(1, shape.inputs + 1)]
        side = [name for name in _SIDE if full and self._has(name, layer)]
        bias = ["b"] if shape.bias else []
        shift, sources = int(full), len(heads) + len(bias)

        def at(row: int, column: int) -> Cell:
            if full and row == 0:
                inputs = Ref("out", layer - 1, column + 1, 0, sample)
                return inputs if column < len(heads) else "1" if column < sources else None
            unit = row + 1 - shift
            if column >= sources:
                return Ref(side[column - sources], layer, unit, 0, sample)
            return Ref(kind, layer, unit, column + 1 if column < len(heads) else 0)

        def place(ref: Ref) -> tuple[int, int] | None:
            if ref.kind == kind and ref.layer == layer:
                return ref.unit - 1 + shift, ref.input - 1 if ref.input else sources - 1
            if not full or ref.sample != sample:
                return None
            if ref.kind == "out" and ref.layer == layer - 1:
                return 0, ref.unit - 1
            if ref.kind in side and ref.layer == layer:
                return ref.unit - 1 + shift, sources + side.index(ref.kind)
            return None

        columns = [*heads, *bias, *(_head(name, style) for name in side)]
        return Grid((kind, layer), spelled(kind, "w", style), ["", *units] if full else units, columns,
                    range(len(heads) if layer > 1 else 0, sources) if full else range(0), at, place)  # fmt: skip

    def _has(self, kind: str, layer: int) -> bool:
        last = layer == self.trace.names.last
        if KINDS[kind].per is Per.OUTPUT and not last:
            return False
        try:
            self.trace.value(Ref(kind, layer, 1, 0, self.sample))
        except KeyError:
            return False
        return True

    def samples(self) -> Grid:
        """The numbers of the step sample by sample, one row each."""
        trace = self.trace
        found = dict.fromkeys(ref._replace(sample=-1) for ref in self.numbers.used if ref.sample >= 0)
        columns, samples = list(found), trace.samples
        rows = {sample: row for row, sample in enumerate(samples)}
        places = {one: column for column, one in enumerate(columns)}

        def at(row: int, column: int) -> Cell:
            return columns[column]._replace(sample=samples[row])

        def place(ref: Ref) -> tuple[int, int] | None:
            row, column = rows.get(ref.sample), places.get(ref._replace(sample=-1))
            return None if row is None or column is None else (row, column)

        names = [f"[{sample}]" for sample in samples]
        heads = [trace.symbol(one, self.numbers.look.style) for one in columns]
        return Grid(_SAMPLES, "", names, heads, range(0), at, place)


def _head(kind: str, style: object) -> str:
    name = "" if KINDS[kind].per is Per.OUTPUT else "out"
    return spelled(kind, name, style).removesuffix("_out").removesuffix("_o")  # type: ignore[arg-type]
