"""What one number of an iteration would be under each of the classic mistakes.

A mistake is a rulebook, so its formula for a number is there without running it. Evaluated on what the step really
used it is what a slip at this very step gives; evaluated on what the mistaken rules make of everything before, what
comes of a slip on the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from nntutor.core.engine.plan import Plan
from nntutor.core.engine.step import Step
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.evaluating import evaluate
from nntutor.core.notation.formula import Expr, Mul, Name, Neg, Sub, names
from nntutor.core.notation.named import Keys
from nntutor.core.notation.symbols import Ref
from nntutor.core.rules.mistakes.table import MISTAKES
from nntutor.core.rules.shape import Shape

# What a rule that makes no such number takes in its place: Adam without its corrections.
_INSTEAD = {"mhat": "m", "vhat": "v"}
_POWERS = ("rate_beta1k", "rate_beta2k")


@dataclass(frozen=True)
class Mistaken:
    """A number under one mistake, named as the table of mistakes spells it."""

    mistake: str
    value: float


def spellings() -> tuple[str, ...]:
    """Every mistake of the table, and each of its variants but the first, by its spelling."""
    return tuple(
        f"{name}:{variant}" if number else name
        for name, mistake in MISTAKES.items()
        for number, variant in enumerate(mistake.variants or ("",))
    )


def step_of(trace: Trace, ref: Ref) -> Step:
    """The step that makes a number, or what Δw is where it is no step of its own. KeyError for what is not made."""
    index = trace.index_of(ref)
    if index is not None:
        return trace.step(index)
    index = trace.index_of(ref._replace(kind="new"))
    if ref.kind != "change" or index is None:
        raise KeyError(ref)
    tree = _formula(trace.plan, ref, trace.samples)
    operands = tuple(trace.operand(key) for key in names(tree))
    step = replace(trace.step(index), ref=ref, symbol=trace.symbol(ref), formula=tree, full=tree, operands=operands)
    return replace(step, value=evaluate(tree, trace.value))


def at_step(trace: Trace, ref: Ref) -> Iterator[Mistaken]:
    """The number under each mistake that is made in its own step, from the right operands.

    Operands that the right rules make later (w5⁺ on the way back) come from what the mistaken rules make.
    """
    index = step_of(trace, ref).index
    yield from _under_each(trace, ref, index)


def on_the_way(trace: Trace, ref: Ref, given: Iterable[Ref] = ()) -> Iterator[Mistaken]:
    """The number under each mistake, made in its own step or before, in this iteration, but after all that is given."""
    yield from _under_each(trace, ref, max((trace.index_of(one) or 0 for one in given), default=0))


def _under_each(trace: Trace, ref: Ref, until: int) -> Iterator[Mistaken]:
    """until: the last step whose number is taken as the right rules make it."""
    if trace.mistake:
        return
    shape = trace.plan.shape
    right = _rules(shape, trace.samples)
    for mistake, rules in _mistaken(shape, trace.samples):
        at = ref
        try:
            tree = rules[ref]
        except KeyError:
            if ref.kind not in _INSTEAD:
                continue
            at = ref._replace(kind=_INSTEAD[ref.kind])
            if rules.differs(at, right):
                continue  # what is divided before it is kept comes out right here, and wrong in the next iteration
            tree = Name(at)
        if tree != right[ref] or rules.counts_it_otherwise(at) or not _all_taken(trace, rules.made(at), until):
            yield Mistaken(mistake, _made(rules, right, trace, at, until))


@lru_cache(maxsize=8)
def _mistaken(shape: Shape, samples: Sequence[int]) -> tuple[tuple[str, _Rules], ...]:
    """Each mistake with the rules that it makes."""
    return tuple((one, _rules(replace(shape, mistake=one), samples)) for one in spellings())


def _taken(trace: Trace, ref: Ref, until: int) -> bool:
    """Whether a number is taken as the right rules make it."""
    index = trace.index_of(ref) if until else None
    return index is not None and index <= until


def _all_taken(trace: Trace, refs: Sequence[Ref], until: int) -> bool:
    """The same of all; of a column of many the last one is made last."""
    return all(_taken(trace, ref, until) for ref in (refs.ends if isinstance(refs, Keys) else refs))


def _made(rules: _Rules, right: _Rules, trace: Trace, ref: Ref, until: int) -> float:
    """A number as rules make it: one after the other, for a deep network no call within a call.

    What no mistake has touched yet is in the record.
    """
    seen: set[Ref] = set()
    touched: dict[Ref, float] = {}

    def value(key: Ref) -> float:
        if key in touched:
            return touched[key]
        return rules.power(trace, key) if rules.counts_otherwise and key.kind in _POWERS else trace.value(key)

    waiting = [ref]
    while waiting:
        used = rules.made(waiting[-1])
        if not _all_taken(trace, used, until) and (
            missing := [key for key in used if key not in seen and not _taken(trace, key, until)]
        ):
            waiting += missing
            continue
        target = waiting.pop()
        seen.add(target)
        if rules.differs(target, right) or (touched and not touched.keys().isdisjoint(used)):
            arrays = None if touched or rules.counts_otherwise else trace.values
            touched[target] = evaluate(rules[target], value, arrays)
    return value(ref)


class _Rules:
    """The formulas of a plan by the number that they make, each made once. KeyError for what it does not make.

    right: those of the right rules. A mistake changes few of them, and what it does not change is made there, for all.
    """

    def __init__(self, plan: Plan, samples: Sequence[int], right: _Rules | None) -> None:
        self._plan, self._samples, self._right = plan, samples, right
        self._rows: dict[int, int] = right._rows if right else {sample: row for row, sample in enumerate(samples)}
        self._alike = right is not None and plan.makes_the_same(right._plan)
        self._trees: dict[Ref, Expr] = {}
        self._of: dict[Ref, Sequence[Ref]] = {}
        self._differs: dict[Ref, bool] = {}

    def __getitem__(self, ref: Ref) -> Expr:
        found = self._trees.get(ref)
        if found is None:
            right = self._unchanged(ref)
            found = self._trees[ref] = right[ref] if right else _formula(self._plan, ref, self._samples)
        return found

    def _unchanged(self, ref: Ref) -> _Rules | None:
        """The right rules where they say the same of a number."""
        try:
            same = self._right is not None and self._plan.rule(ref) == self._right._plan.rule(ref)
        except KeyError:
            return None
        return self._right if same else None

    def differs(self, ref: Ref, other: _Rules) -> bool:
        """Whether others make a number by another formula, or not at all."""
        found = self._differs.get(ref)
        if found is None:
            changed = not self._unchanged(ref) and (not other.makes(ref) or self[ref] != other[ref])
            found = self._differs[ref] = changed or self.counts_it_otherwise(ref)
        return found

    @property
    def counts_otherwise(self) -> bool:
        """Whether the powers of β are those of another iteration."""
        return self._right is not None and self._plan.book.count != self._right._plan.book.count

    def counts_it_otherwise(self, ref: Ref) -> bool:
        """Whether a number is made of such powers."""
        return self.counts_otherwise and any(key.kind in _POWERS for key in names(self[ref]))

    def power(self, trace: Trace, ref: Ref) -> float:
        """A power of β as these rules count the iteration."""
        return trace.problem.rate(ref.kind, trace.iteration + self._plan.book.count)

    def made(self, ref: Ref) -> Sequence[Ref]:
        """The numbers in a formula that the plan makes as well."""
        found = self._of.get(ref)
        if found is None:
            right = self._unchanged(ref) if self._alike else None
            found = self._of[ref] = right.made(ref) if right else self._made_of(names(self[ref]))
        return found

    def _made_of(self, used: Sequence[Ref]) -> Sequence[Ref]:
        if isinstance(used, Keys):
            return used.kept(self.makes)
        return tuple(key for key in used if self.makes(key))

    def makes(self, ref: Ref) -> bool:
        """Whether the plan makes a number."""
        if ref.sample >= 0:
            ref = ref._replace(sample=self._rows[ref.sample])
        return self._plan.index(ref) is not None


@lru_cache(maxsize=512)
def _rules(shape: Shape, samples: Sequence[int]) -> _Rules:
    right = _rules(replace(shape, mistake=""), samples) if shape.mistake else None
    return _Rules(Plan(shape), samples, right)


def _formula(plan: Plan, ref: Ref, samples: Sequence[int]) -> Expr:
    """The formula of a number; Δw from that of the new weight where the move is folded into it."""
    try:
        return plan.formula(ref, samples)
    except KeyError:
        if ref.kind != "change":
            raise
    new, weight = plan.formula(ref._replace(kind="new"), samples), Name(ref._replace(kind="weight"))
    return _negative(new.b) if isinstance(new, Sub) and new.a == weight else Sub(new, weight)


def _negative(tree: Expr) -> Expr:
    """−η·g rather than −(η·g)."""
    return Mul(_negative(tree.a), tree.b) if isinstance(tree, Mul) else Neg(tree)
