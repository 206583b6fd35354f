"""Iterations as a program that makes them: what a script in any array library begins with, loops over and prints.

Its arithmetic is the rulebook's, spelled as code (`core.notation.coding`), so script and record cannot disagree. It
starts from the numbers before the first iteration, whatever they came from, and lists them in full.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from nntutor.core.errors import NotScripted
from nntutor.core.notation.coding import code
from nntutor.core.notation.formula import Expr
from nntutor.core.rules.rulebook import Rulebook
from nntutor.core.rules.surfaces import Surface, surface
from nntutor.lessons.export.script_given import Given
from nntutor.lessons.export.script_parts import (
    INDENT,
    Part,
    indented,
    only,
    rate_name,
    times,
    total,
    unit,
    wrapped,
)  # fmt: skip

# Products of fewer numbers are summed by one thread everywhere.
_FEW = 4096


class Script(Given):
    """A program in one array library that prints what iterations make. `trace` is the first of them.

    as_list, finite: what makes a list of `values` in that library, and what says whether all of them are finite.
    """

    as_list: str
    finite: str

    def lines(self) -> Iterator[str]:
        yield from self._head()
        yield from self.imports()
        yield from self.parameters()
        yield from self.data()
        yield from self.rates()
        yield from self.states()
        yield from self._functions()
        yield ""
        yield ""
        yield f"for iteration in range({self.first}, {self.last + 1}):"
        yield from indented(self._iteration())

    # --- what a library says in its own way --------------------------------------------------------

    def imports(self) -> Iterator[str]:
        raise NotImplementedError

    def states(self) -> Iterator[str]:
        """What the optimizer remembers, before the first iteration."""
        raise NotImplementedError

    def out(self, layer: int) -> str:
        """The code of a layer's out."""
        raise NotImplementedError

    def unit_error(self) -> Iterator[str]:
        """The lines that make the error of each output, and the probabilities before it."""
        raise NotImplementedError

    def back(self) -> Iterator[str]:
        """The lines from E to the new weights."""
        raise NotImplementedError

    def after(self) -> Iterator[str]:
        """The line that makes E with the new weights."""
        raise NotImplementedError

    def printing(self, numbers: Iterable[str]) -> Iterator[str]:
        """The lines that print these numbers by their names, and end the loop where one is not finite."""
        yield from wrapped("numbers = {", (f'"{name}": {name}' for name in numbers), "}")
        yield 'print("iteration", iteration)'
        yield "for name, values in numbers.items():"
        yield f'{INDENT}print(name, "=", {self.as_list})'
        yield f"if not all({self.finite} for values in numbers.values()):"
        yield f"{INDENT}break"

    def printed(self, layer: int) -> tuple[str, ...]:
        """The names of what goes back through a layer."""
        raise NotImplementedError

    def printed_of(self, part: Part) -> tuple[str, ...]:
        """The names of what is made for a weight that learns, the new weight last."""
        raise NotImplementedError

    # --- the frame ---------------------------------------------------------------------------------

    def _head(self) -> Iterator[str]:
        # Python reads an encoding out of the first two lines, so a foreign title stands below them.
        yield self.note("head", first=self.first, last=self.last)
        yield self.note(f"needs_{self.library}")
        speech, problem = self.speech, self.problem
        for line in filter(None, (speech.title(problem), speech.source(problem), speech.about(problem))):
            yield f"# {line}"
        yield ""

    @property
    def one_thread(self) -> bool:
        """Whether products are so large that a library may sum them in several threads."""
        rows = max(1, self.problem.batch_size)
        return any(rows * layer.units * layer.inputs >= _FEW for layer in self.shape.layers)

    def _functions(self) -> Iterator[str]:
        if not self.problem.passes:
            return
        outs = self._outs()
        yield ""
        yield ""
        yield "def forward(x):"
        for layer in self.layers:
            biased = self.shape.layers[layer - 1].bias
            yield INDENT + self.note("forward" if biased else "forward_without_bias", layer=layer)
            yield f"{INDENT}net{layer} = {self.net(layer)}"
            yield f"{INDENT}out{layer} = {self.out(layer)}"
        yield f"{INDENT}return {', '.join(outs)}"
        yield ""
        yield ""
        yield f"def error({', '.join(outs[-2:])}, t):"
        yield from indented(self.unit_error())
        yield INDENT + self.note(f"error_{self.shape.over_outputs}_{self.shape.over_samples}")
        yield f"{INDENT}E = E_o.sum(){self.divided(lambda book: total(book).divisor, 't')}"
        yield from indented(self.penalties())
        yield f"{INDENT}return {', '.join(self._errors())}"

    def net(self, layer: int) -> str:
        """The code of a layer's net."""
        rule, of = self.rules(layer).net, self.shape.layers[layer - 1]
        only(rule, "bias", "swapped")
        weights = f"W{layer}" if rule.swapped else f"W{layer}.T"
        sign = {1: "+", -1: "-"}.get(rule.bias) if of.bias else None
        return f"{unit(layer - 1)('out')} {times(of.inputs)} {weights}" + (f" {sign} b{layer}" if sign else "")

    def penalties(self) -> Iterator[str]:
        """What is added to E for large weights."""
        penalty, weights = total(self.book).penalty, [part.name for part in self.parts if not part.bias]
        if penalty.l2:
            yield self.note("l2")
            yield f"E = E + 0.5*lambda2*{self.summed([f'{self.library}.square({name}).sum()' for name in weights])}"
        if penalty.l1:
            yield self.note("l1")
            yield f"E = E + lambda1*{self.summed([f'{self.library}.abs({name}).sum()' for name in weights])}"

    def summed(self, terms: list[str]) -> str:
        raise NotImplementedError

    def _outs(self) -> list[str]:
        return [f"{kind}{layer}" for layer in self.layers for kind in ("net", "out")]

    def _errors(self) -> list[str]:
        return [*(["p"] if self.book.probability is not None else []), "E_o", "E"]

    def _iteration(self) -> Iterator[str]:
        if self.problem.passes:
            yield from self.batch()
            yield ""
        if self.problem.given is None:
            yield from self._forward()
            yield ""
        if self.backward_layers:
            yield from self.back()
            yield ""
        if self.problem.given is None:
            yield self.note("after")
            yield from self.after()
            yield ""
        yield self.note("print")
        yield from self.printing(self._numbers())

    def _forward(self) -> Iterator[str]:
        """The lines up to E."""
        if self.problem.surface:
            yield self.note("height")
            yield f"E = {self.height()}"
            return
        yield self.note("phase_forward")
        yield f"{', '.join(self._outs())} = forward(x)"
        yield ""
        yield self.note("phase_error")
        yield f"{', '.join(self._errors())} = error({', '.join(self._outs()[-2:])}, t)"

    def _numbers(self) -> Iterator[str]:
        """The names of all that is printed, in the order of the steps."""
        if self.problem.given is None:
            yield from self._made()
        for layer in self.backward_layers:
            for part in self.learning:
                if part.layer == layer:
                    yield from self.printed_of(part)
        if self.problem.given is None:
            yield "error_after"

    def _made(self) -> Iterator[str]:
        """The names of what is made before the update: up to E, and back from it."""
        passes = self.problem.passes
        yield from (*self._outs(), *self._errors()) if passes else ("E",)
        for layer in self.backward_layers:
            yield from self.printed(layer) if passes else ()
            yield from (part.of("grad") for part in self.learning if part.layer == layer)
        if self.book.input_gradient is not None:
            yield unit(0)("out_grad")

    def batch(self) -> Iterator[str]:
        """The lines that choose the samples of an iteration."""
        problem = self.problem
        size, batches = problem.batch_size, problem.epoch_iterations
        if batches == 1 and not problem.shuffle:
            yield self.note("batch_full")
            yield "x, t = X, T"
        else:
            yield self.note("batch_shuffled" if problem.shuffle else "batch_online" if size == 1 else "batch_mini")
            yield f"epoch, place = divmod(iteration - 1, {batches})"
            rows = f"{size}*place:{size}*place + {size}" if size > 1 else "place:place + 1"
            if problem.shuffle:
                yield from self.order()
                yield f"rows = order[{rows}]"
                rows = "rows"
            yield f"x, t = X[{rows}], T[{rows}]"

    def order(self) -> Iterator[str]:
        """The line that draws the order of an epoch's samples."""
        spread = f"np.random.default_rng([{self.problem.seed}, epoch + 1]).random(len(X))"
        yield f'order = np.argsort({spread}, kind="stable")'

    def update(self) -> Iterator[str]:
        """The optimizer's rule, written out for everything that learns, the last layer first."""
        for layer in self.backward_layers:
            for part in self.learning:
                if part.layer == layer:
                    yield from self.updated(part)

    def updated(self, part: Part) -> Iterator[str]:
        for kind, tree in self.rule(part).made:
            yield self.assigned(part, kind, self.code(tree, part.of))

    def assigned(self, part: Part, kind: str, value: str) -> str:
        return f"{part.of(kind)} = {value}"

    def code(self, tree: Expr, name: Callable[[str], str]) -> str:
        """A tree as code; what a rate is called is known here, what any other number is called `name` says."""

        def leaf(key: str) -> str:
            if key in ("rate_beta1k", "rate_beta2k"):
                count = self.counted - 1
                k = f"(iteration {'+' if count > 0 else '-'} {abs(count)})" if count else "iteration"
                return f"{rate_name(key.removesuffix('k'))}**{k}"
            return rate_name(key) if key.startswith("rate_") else name(key)

        return code(tree, leaf, self.library)

    def height(self) -> str:
        """A surface's E."""
        return code(self.surface_rules.error, str, self.library)

    @property
    def surface_rules(self) -> Surface:
        return surface(self.problem.surface)

    def divided(self, divisor: Callable[[Rulebook], float], rows: str = "x") -> str:
        """The division by a count that may follow the number of samples, which is the length of `rows`."""
        found = {length: divisor(book) for length, book in self.books.items()}
        if len(set(found.values())) == 1:
            count = next(iter(found.values()))
            return "" if count == 1 else f"/{count:g}"
        shares = {count / length for length, count in found.items()}
        if len(shares) > 1:
            raise NotScripted("rule")
        share = shares.pop()
        return f"/len({rows})" if share == 1 else f"/({share:g}*len({rows}))"
