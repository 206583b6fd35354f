"""The line in which a number is set: which number is meant, what it is to be, and what would follow."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from itertools import product

import numpy as np

from nntutor.core.engine.edits import is_fit, is_given
from nntutor.core.notation.kinds import PER_OPTIMIZER, PER_WEIGHT
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import PENALTIES
from nntutor.core.problems.settings import NUMBERS, bounds
from nntutor.core.rules.optimizers import RANGES, RATE_FIELDS, in_range
from nntutor.lessons.language import words
from nntutor.lessons.language.words import Note, note
from nntutor.tui.state import edits
from nntutor.tui.state.expressions import named, value_of
from nntutor.tui.state.panels import Editing
from nntutor.tui.state.study import Study

_KINDS = {
    **{name: kind for kind, name in NUMBERS.items()},
    **{name: kind for kind, name in (RATE_FIELDS | PENALTIES).items()},
    "lr": "rate_eta",
}
"""Settings and rates by their names."""

_EXPECTED = {"from 0": "at_least_0", "above 0": "above_0", "from 0 to below 1": "share"}
"""How each range of rates is said."""

_BIAS = re.compile(r"(?:b|bias|바이어스)_?[0-9]*", re.IGNORECASE)
"""A bias as other books write it, who count them by layers."""


@cache
def _settings() -> dict[str, str]:
    """Settings by what each language calls them, as a line that shows one may be typed again."""
    names = product((words.load(language) for language in words.LANGUAGES), NUMBERS.items())
    return {said.say(f"setting_name.{name}"): kind for said, (kind, name) in names}


def at_hand(study: Study) -> Ref | None:
    """The number that a value typed without a symbol is for: the step's weight, else the lesson's main number, else,
    where that is neither a rate or a setting nor in the formula on the screen, the first of the formula."""
    step, main = study.step, edits.main_ref(study)
    weight = step.ref._replace(kind="weight")
    if step.ref.kind in PER_WEIGHT and edits.can_be_set(study, weight):
        return weight
    if main is None or not edits.can_be_set(study, main):
        return None
    shown = [ref for ref in step.named if ref.kind not in RATE_FIELDS and edits.can_be_set(study, ref)]
    everywhere = main.kind in NUMBERS or main.kind in RATE_FIELDS or main in shown
    return main if everywhere or not shown else shown[0]


def editing(study: Study) -> Study:
    """The panel in which a given number is set."""
    return replace(study, panel=Editing(at_hand(study)), note=None)


def another(study: Study, panel: Editing, way: int) -> Study:
    """The panel at another number that can be set; at none, where none is at hand."""
    offered: tuple[Ref | None, ...] = edits.editable(study)
    offered = offered if at_hand(study) is not None else (None, *offered)
    at = offered.index(panel.ref) if panel.ref in offered else 0
    return replace(study, panel=Editing(offered[(at + way) % len(offered)]))


def set_as_typed(study: Study, panel: Editing) -> Study:
    """What the typed line asks for, or what is wrong with it."""
    if not panel.text.strip():
        return replace(study, panel=None)
    wanted = parse_edit(study, panel)
    if isinstance(wanted, Change):
        return edits.edited(replace(study, panel=None), wanted.ref, wanted.value)
    return replace(study, panel=replace(panel, wrong=wanted))


@dataclass(frozen=True)
class Change:
    """A given number or a setting, and what it is to be."""

    ref: Ref
    value: float


def parse_edit(study: Study, panel: Editing) -> Change | Note:
    """What the typed line sets, and to what; or what is wrong with it."""
    text = panel.text.strip()
    head, equals, tail = text.partition("=")
    if not equals:
        if panel.ref is not None:
            return _set_to(study, panel.ref, text)
        value = _number(study, text)
        return note("edit.which", text=text) if isinstance(value, float) else value
    found = _named(study, head.strip())
    return _set_to(study, found, tail.strip()) if isinstance(found, Ref) else found


def _named(study: Study, symbol: str) -> Ref | Note:
    """The number that is called so; a rate, a setting by its name too, and "b" where there is one bias."""
    kind = _KINDS.get(symbol.lower()) or _settings().get(symbol)
    found = Ref(kind) if kind else named(study, symbol)
    layers = enumerate(study.timeline.problem.network.layers, 1)
    biases = [Ref("weight", n, unit) for n, layer in layers for unit in range(1, layer.units + 1)]
    biases = [ref for ref in biases if is_given(study.timeline.problem, ref)]
    if found is None and _BIAS.fullmatch(symbol) and biases:
        first, last = (study.trace.symbol(ref) for ref in (biases[0], biases[-1]))
        return biases[0] if len(biases) == 1 else note("edit.which_bias", first=first, last=last)
    return note("goto.no_symbol", text=symbol) if found is None else found


def _set_to(study: Study, ref: Ref, text: str) -> Change | Note:
    """What sets a number to what is typed."""
    there = (RATE_FIELDS | PENALTIES).keys()
    if ref.kind not in NUMBERS and ref.kind not in there and not is_given(study.timeline.problem, ref):
        in_file = ref.kind == "grad" and study.timeline.problem.given is not None
        return note("edit.in_file" if in_file else "edit.not_given", symbol=study.trace.symbol(ref))
    if ref.kind not in NUMBERS and not edits.can_be_set(study, ref):
        return note("edit.not_used", symbol=study.trace.symbol(ref))
    value = _number(study, text)
    if not isinstance(value, float):
        return value
    if ref.kind in NUMBERS and not edits.can_be(study.timeline.problem, ref, value):
        found = bounds(study.timeline.problem, ref.kind)
        if found is None:
            return note("edit.no_setting", symbol=NUMBERS[ref.kind])
        return note("edit.not_a_setting", text=text, symbol=NUMBERS[ref.kind], least=found[0], most=found[1])
    if not is_fit(study.timeline.problem, ref, value):
        wanted = note(f"expected.{study.timeline.problem.error}")
        return note("edit.unfit", text=text, symbol=study.trace.symbol(ref), wanted=wanted)
    if ref.kind in PER_OPTIMIZER and not in_range(ref.kind, value):
        wanted = note(f"expected.{_EXPECTED[RANGES[ref.kind]]}")
        return note("edit.out_of_range", text=text, symbol=study.trace.symbol(ref), wanted=wanted)
    return Change(ref, value)


def _number(study: Study, text: str) -> float | Note:
    """What an expression is worth; or what is wrong with it."""
    value = value_of(study, text)
    return note("edit.not_a_number", text=text) if isinstance(value, float) and not np.isfinite(value) else value


def preview(study: Study, change: Change) -> Note:
    """What the status line is going to say of an edit; where the way to the place is long, that it is run again."""
    after = edits.edited(study, change.ref, change.value)
    return after.note or note("edit.run_again", iteration=study.timeline.iteration)
