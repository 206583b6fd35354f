"""Iterations as a NumPy script: every step written out, and the same numbers bit for bit."""

from __future__ import annotations

from collections.abc import Iterator

from nntutor.core.errors import NotScripted
from nntutor.core.notation.coding import code
from nntutor.core.notation.formula import Expr, Name, bind, keys
from nntutor.core.rules.contractions import Contraction
from nntutor.core.rules.softmax import Softmax
from nntutor.core.rules.sums import BackpropagatedSum, GradientSum, MatrixProduct
from nntutor.lessons.export.script import Script
from nntutor.lessons.export.script_parts import INDENT, UNIT, Part, only, times, unit


class NumpyScript(Script):
    """The rules of backpropagation, line by line, for arrays with a row for each sample."""

    library, array = "np", "np.array"
    as_list, finite = "np.asarray(values).tolist()", "np.isfinite(values).all()"

    def imports(self) -> Iterator[str]:
        if self.one_thread:
            yield "import os"
            yield ""
            yield self.note("one_thread")
            yield 'for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):'
            yield f'{INDENT}os.environ.setdefault(name, "1")'
            yield ""
        yield "import numpy as np"
        yield ""
        yield self.note("not_finite")
        yield 'np.seterr(all="ignore")'
        yield ""

    def states(self) -> Iterator[str]:
        yield from self.remembered()

    def out(self, layer: int) -> str:
        return self.units(self.rules(layer).out, layer)

    def units(self, tree: Expr, layer: int) -> str:
        """A tree over a layer's units, as an array even where it names none of their numbers: E is one for all."""
        value = self.code(tree, unit(layer))
        return value if {*keys(tree)} - {"error"} else f"np.full_like(net{layer}, {value})"

    def unit_error(self) -> Iterator[str]:
        last, book = self.shape.last, self.book
        if book.probability is not None:
            yield self.note("softmax")
            yield f"p = {self._softmax(book.probability)}"
        yield self.note("unit_error", error=self.speech.say(f"error_name.{self.problem.error}"))
        yield f"E_o = {self.code(book.unit_error, unit(last))}"

    def _softmax(self, rule: Softmax) -> str:
        only(rule, "exponential", "negated", "over")
        net = f"net{self.shape.last}"
        if not rule.exponential:
            return f"{net}/{net}.sum(axis=1, keepdims=True)"
        if rule.over != "units":
            power = f"np.exp({'-' if rule.negated else ''}{net})"
            axis = 0 if rule.over == "samples" else None
            return f"{power}/{power}.sum(axis={axis}, keepdims=True)"
        others, own = f"{net}[:, None, :]", f"{net}[:, :, None]"
        return f"1/np.exp({f'{own} - {others}' if rule.negated else f'{others} - {own}'}).sum(axis=-1)"

    def summed(self, terms: list[str]) -> str:
        return f"np.sum([{', '.join(terms)}])"

    # --- backward ----------------------------------------------------------------------------------

    def back(self) -> Iterator[str]:
        if self.problem.given is not None:
            yield from self._taken()
        else:
            yield self.note("phase_backward" if not self.book.update_first else "phase_backward_updating")
            for layer in self.backward_layers:
                yield from self._back_through(layer)
        if self.learning and not self.book.update_first:
            yield ""
            yield self.note("phase_update")
            for layer in self.backward_layers:
                yield from self._updates(layer)

    def _taken(self) -> Iterator[str]:
        yield self.note("given")
        yield f"[{', '.join(part.of('grad') for part in self.learning)}] = G[min(iteration, len(G)) - 1]"

    def _back_through(self, layer: int) -> Iterator[str]:
        if self.problem.passes:
            yield from self._deltas(layer)
        yield from self._gradients(layer)
        if layer == 1 and self.book.input_gradient is not None:
            yield self.note("out_grad_input")
            yield f"{unit(0)('out_grad')} = {self._sent_back(self.book.input_gradient, 0)}"
        if self.book.update_first:
            yield from self._updates(layer)

    def _deltas(self, layer: int) -> Iterator[str]:
        rules = self.rules(layer)
        for kind in rules.kinds:
            tree = getattr(rules, kind)
            place = "output" if layer == self.shape.last else "hidden"
            yield self.note(f"{kind}_{place}" if kind == "out_grad" else self._delta_note(layer, kind), layer=layer)
            made = self.units(tree, layer) if isinstance(tree, Expr) else self._contraction(tree, layer)
            yield f"{UNIT[kind]}{layer} = {made}"

    def _delta_note(self, layer: int, kind: str) -> str:
        return "delta_one" if self.rules(layer).kinds == ("delta",) else kind

    def _contraction(self, rule: Contraction, layer: int) -> str:
        units = self.shape.layers[layer - 1].units
        match rule:
            case BackpropagatedSum():
                return self._sent_back(rule, layer)
            case MatrixProduct() if len(self.books) > 1:
                pass
            case MatrixProduct() if self.problem.batch_size > 1:
                return f"{unit(layer)(rule.a)} @ {unit(layer)(rule.b)}"
            case MatrixProduct():
                a, b = map(unit(layer), (rule.a, rule.b))
                return f"np.repeat({a} {times(units)} {b}.T, {units}, axis=1)"
        raise NotScripted("rule")

    def _sent_back(self, rule: BackpropagatedSum, layer: int) -> str:
        only(rule, "sent", "weight", "which", "mean", "crossed", "output")
        number = self.shape.last if rule.output else layer + 1
        above, units = self.shape.layers[number - 1], self.shape.layers[layer].inputs
        sent = self._closed(rule.sent, number)
        taken = {"first": ":1", "last": "-1:", "same": f":{units}"}.get(rule.which)
        terms = above.units if rule.which == "all" else 1
        share = f"/{terms}" if rule.mean and terms != 1 else ""
        if taken is not None:
            sent = f"{sent}[:, {taken}]"
        if rule.weight is None:
            total = sent if rule.which == "same" else f"np.repeat({sent}.sum(axis=1, keepdims=True), {units}, axis=1)"
            return f"{total}{share}"
        part = next(part for part in self.parts if part.layer == number and not part.bias)
        tree = rule.weight if above.learns else bind(rule.weight, lambda key: Name("weight"))
        weights = _factor(tree, self.code(tree, part.of))
        weights = f"{weights}.T" if rule.crossed else weights
        if rule.which == "same":
            return f"{sent}*np.diagonal({weights})[:{units}]"
        if taken is not None:
            weights = f"{weights}[{taken}]"
        product = f"{sent} {times(terms)} {weights}"
        return f"({product}){share}" if share else product

    def _closed(self, tree: Expr, layer: int) -> str:
        """A tree over a layer's units that something is multiplied by, or taken from."""
        return _factor(tree, self.units(tree, layer))

    def _gradients(self, layer: int) -> Iterator[str]:
        for part in self.learning:
            if part.layer != layer:
                continue
            if self.problem.surface:
                place = int(part.name[1:]) - 1
                yield self.note("incline", name=part.name)
                yield f"{part.of('grad')} = {code(self.surface_rules.slopes[place], str, 'np')}"
                continue
            rule = self.rules(layer).bias_gradient if part.bias else self.rules(layer).gradient
            assert isinstance(rule, GradientSum)
            yield self.note("bias_gradient" if part.bias else "gradient", layer=layer)
            made = self._bias_gradient(rule, layer) if part.bias else self._gradient(rule, layer)
            yield f"{part.of('grad')} = {made}"

    def _gradient(self, rule: GradientSum, layer: int) -> str:
        only(rule, "divisor", "delta", "input", "shifts", "last", "transposed", "weighted", "penalty")
        delta = self._delta_of(rule, layer)
        weight = Part(f"W{layer}", layer, False, True, None)
        if rule.input is None:
            inputs = self.shape.layers[layer - 1].inputs
            total = f"np.repeat({delta}.T.sum(axis=1, keepdims=True), {inputs}, axis=1)"
            total += ".T" if rule.transposed else ""
        else:
            total = self._product(rule, delta, layer)
        total += f"*{weight.name}" if rule.weighted else ""
        total += self.divided(lambda book: book.layers[layer - 1].gradient.divisor)
        return " + ".join((total, *(self.code(tree, weight.of) for tree in rule.added)))

    def _product(self, rule: GradientSum, delta: str, layer: int) -> str:
        assert rule.input is not None
        given = self._closed(rule.input, layer - 1) + ("[-1:]" if rule.last else "")
        a, b = delta, _rolled(given, rule.shifts[1])
        if rule.transposed:
            a, b = b, a
        return self._by_rows(rule, f"{a}.T @ {b}", f"{a}.T*{b}")

    def _by_rows(self, rule: GradientSum, many: str, one: str) -> str:
        """A sum over samples; over one alone it is none, which shows in the sign of 0."""
        rows = {1} if rule.last else set(self.books)
        if len(rows) > 1 and 1 in rows:
            return f"({many} if len(x) > 1 else {one})"
        return one if rows == {1} else many

    def _bias_gradient(self, rule: GradientSum, layer: int) -> str:
        only(rule, "divisor", "delta", "input", "shifts", "last", "pooled", "itself")
        delta, units = self._delta_of(rule, layer), self.shape.layers[layer - 1].units
        if rule.itself:
            total = f"b{layer}"
        elif rule.pooled:
            total = f"np.full({units}, {delta}.sum())"
        else:
            total = self._by_rows(rule, f"{delta}.sum(axis=0)", f"{delta}[0]")
        return total + self.divided(lambda book: book.layers[layer - 1].bias_gradient.divisor)

    def _delta_of(self, rule: GradientSum, layer: int) -> str:
        delta = self._closed(rule.delta, layer) + ("[-1:]" if rule.last else "")
        return _rolled(delta, rule.shifts[0])

    # --- the update and what follows -----------------------------------------------------------------

    def _updates(self, layer: int) -> Iterator[str]:
        for part in self.learning:
            if part.layer == layer:
                yield self.note("update", name=part.name)
                yield from self.updated(part)

    def after(self) -> Iterator[str]:
        if self.problem.surface:
            yield f"error_after = {self.height()}"
        else:
            yield "error_after = error(*forward(x)[-2:], t)[-1]"

    def printed(self, layer: int) -> tuple[str, ...]:
        return tuple(f"{UNIT[kind]}{layer}" for kind in self.rules(layer).kinds)

    def printed_of(self, part: Part) -> tuple[str, ...]:
        return tuple(part.of(kind) for kind, _ in self.rule(part).made)


def _factor(tree: Expr, spelled: str) -> str:
    return spelled if isinstance(tree, Name) else f"({spelled})"


def _rolled(array: str, by: int) -> str:
    return f"np.roll({array}, {-by}, axis=1)" if by else array
