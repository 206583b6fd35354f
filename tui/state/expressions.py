"""Expressions that a learner types: the numbers at hand, and none that is still to come."""

from __future__ import annotations

import re
import unicodedata

from nntutor.core.errors import FormulaError
from nntutor.core.notation.evaluating import evaluate
from nntutor.core.notation.formula import names
from nntutor.core.notation.parsing import parse
from nntutor.core.notation.symbols import Ref
from nntutor.core.notation.typed import readings
from nntutor.lessons.language.words import Note, note
from nntutor.tui.state.study import Study

_ELSEWHERE = re.compile(r"([wxtho])_?([0-9]+)", re.IGNORECASE)


def value_of(study: Study, text: str) -> float | Note:
    """The value of an expression at the place, finite or not; or what is wrong with it."""
    try:
        formula = parse(text, study.trace.find)
    except FormulaError:
        # A decimal comma, a fraction of one letter: what can be read in one way only.
        spelled = readings(text) if "=" not in text else ()
        return spelled[0].value if len(spelled) == 1 else note("edit.not_a_number", text=text)
    for ref in names(formula):
        if not _is_known(study, ref):
            return note("edit.not_yet", symbol=study.trace.symbol(ref))
    return evaluate(formula, study.trace.value)


def named(study: Study, text: str) -> Ref | None:
    """The number that is called so, in the spelling of other books too: W1, w_1, w₁."""
    found = study.trace.find(text)
    if found is None:
        elsewhere = _ELSEWHERE.fullmatch(unicodedata.normalize("NFKC", text))
        found = study.trace.find(elsewhere[1].lower() + elsewhere[2]) if elsewhere else None
    return found


def _is_known(study: Study, ref: Ref) -> bool:
    return study.trace.known(ref, study.timeline.step) and not study.hides(ref, study.timeline)
