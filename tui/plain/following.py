"""What may follow a command in its line, as the keys that do it: `edit w5 = 0.3`, `run until 0.01`, `view curve`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import log10

from nntutor.lessons.course import glossary
from nntutor.lessons.export.formats import FORMATS
from nntutor.lessons.language import words
from nntutor.lessons.language.words import CALLED, LANGUAGES, Note, note
from nntutor.tui.plain import choices
from nntutor.tui.plain.choices import CONTINUE
from nntutor.tui.plain.meaning import Meant
from nntutor.tui.plain.spoken import inside
from nntutor.tui.state import edits, views
from nntutor.tui.state.expressions import named
from nntutor.tui.state.panels import Checking
from nntutor.tui.state.runs import RUNS
from nntutor.tui.state.session import DIGITS, Action, Press, Session, Typed
from nntutor.tui.state.study import Study

_LONGEST = 4  # digits of a number that chooses


def _typed(action: str, before: str = "") -> Callable[[Session, str], Meant]:
    """A line that is asked for, answered at once."""
    return lambda session, rest: Meant((Press(action), Typed(before + rest), CONTINUE))


def _edit(session: Session, rest: str) -> Meant:
    return Meant(wrong=alone(session, rest)) if alone(session, rest) else _typed("edit")(session, rest)


def alone(session: Session, text: str) -> Note | None:
    """What is asked where nothing but a symbol has been typed: it would go, unseen, to the number at hand."""
    study = _study(session)
    symbol = named(study, text)
    if symbol is None:
        return None
    if not edits.can_be_set(study, symbol):
        return note("edit.not_given", symbol=study.trace.symbol(symbol))
    return note("plain.edit_to", symbol=study.trace.symbol(symbol), value=edits.value_now(study, symbol))


def _search(session: Session, rest: str) -> Meant:
    return Meant((Press("search"), Typed(rest)))


def _why(session: Session, rest: str) -> Meant:
    study = _study(session)
    operands = [operand.symbol for operand in study.step.operands]
    number = int(rest) if _is_number(rest) else choices.operand(study, rest)
    if not 1 <= number <= len(operands):
        return _no_such(rest, (f"{at} ({symbol})" for at, symbol in enumerate(operands, 1)))
    return Meant((Press("why"), *choices.moved(0, number - 1, len(operands)), CONTINUE))


def _run(session: Session, rest: str) -> Meant:
    study, goal = _study(session), inside(rest, "until")
    ways = choices.ways_to_run(study)
    if goal is not None:
        pick = (*choices.moved(0, len(RUNS), ways), CONTINUE)
        return Meant((Press("run"), *pick, *((Typed(goal), CONTINUE) if goal else ())))
    counts = [str(count) for count in RUNS]
    shown = rest.replace(" ", "").replace(",", "")
    if shown in counts:
        return Meant((Press("run"), *choices.moved(0, counts.index(shown), ways), CONTINUE))
    has_seeds = ways > len(RUNS) + 1
    if has_seeds and inside(rest, "seeds") == "":
        return Meant((Press("run"), *choices.moved(0, ways - 1, ways), CONTINUE))
    others = [words.load(session.language).say(f"spoken.{name}") for name in ("until", *(["seeds"] * has_seeds))]
    return _no_such(rest, [*counts, f"{others[0]} 0.01", *others[1:]])


def _export(session: Session, rest: str) -> Meant:
    """A format, or `run` and one."""
    of_run = inside(rest, "whole")
    wanted = (rest if of_run is None else of_run).lower()
    if wanted not in FORMATS:
        whole = words.load(session.language).say("spoken.whole").split(", ")[0]
        return _no_such(rest, [*FORMATS, f"{whole} csv"])
    extent = () if of_run is None else (Press("run"),)
    return Meant((Press("export"), *extent, *choices.moved(0, FORMATS.index(wanted), len(FORMATS)), CONTINUE))


def _view(session: Session, rest: str) -> Meant:
    study = _study(session)
    all_views = views.views(study)
    names = {view: [view, *(words.load(one).say(f"view_name.{view}") for one in LANGUAGES)] for view in all_views}
    wanted = next((view for view, called in names.items() if rest.lower() in called), None)
    if wanted is None:
        return _no_such(rest, (words.load(session.language).say(f"view_name.{view}") for view in all_views))
    presses = _presses("view", all_views, study.view, wanted)
    return Meant(presses, "" if presses else "look")


def _check(session: Session, rest: str) -> Meant:
    """With ε at a power of ten."""
    try:
        power = round(log10(float(rest)))
    except (ValueError, OverflowError):
        return _no_such(rest, ["0.1", "1e-4", "1e-8"])
    usual = Checking.power
    key = Press("more" if power > usual else "less")
    return Meant((Press("check"), *(key,) * min(abs(power - usual), 20)))


def _digits(session: Session, rest: str) -> Meant:
    if rest not in map(str, DIGITS):
        return _no_such(rest, map(str, DIGITS))
    return Meant(_presses("digits", DIGITS, session.digits, int(rest)))


def _language(session: Session, rest: str) -> Meant:
    names = {one: (one, *(name.lower() for name in CALLED[one])) for one in LANGUAGES}
    wanted = next((one for one, called in names.items() if rest.lower() in called), None)
    if wanted is None:
        return _no_such(rest, LANGUAGES)
    return Meant(_presses("language", LANGUAGES, session.language, wanted))


def _glossary(session: Session, rest: str) -> Meant:
    terms = glossary.terms()
    named = (at for at, term in enumerate(terms) if any(rest.lower() in one.lower() for one in term.name.values()))
    at = int(rest) - 1 if _is_number(rest) else next(named, -1)
    if not 0 <= at < len(terms):
        return _no_such(rest, (term.name[session.language] for term in terms))
    return Meant((Press("glossary"), Press("first"), *(Press("unit_next"),) * at))


def _open(session: Session, rest: str) -> Meant:
    found = choices.lesson(session, rest)
    if found is None:
        return _no_such(rest, (f"{lesson.number} ({lesson.id})" for lesson in session.home.lessons))
    return Meant((*([] if session.study is None else [Press("leave")]), *found))


AFTER: dict[str, Callable[[Session, str], Meant]] = {
    "edit": _edit,
    "goto": _typed("goto"),
    "step": _typed("goto", "step "),
    "search": _search,
    "why": _why,
    "run": _run,
    "export": _export,
    "view": _view,
    "check": _check,
    "digits": _digits,
    "language": _language,
    "glossary": _glossary,
    "open": _open,
}
"""By the command, of the table or of lines alone."""


def _presses(action: str, of: Sequence[object], now: object, wanted: object) -> tuple[Action, ...]:
    """The keys from one of a row of values to another; from none of them, as to the first."""
    at = of.index(now) if now in of else -1
    return (Press(action),) * ((of.index(wanted) - at) % len(of) if at >= 0 else of.index(wanted) + 1)


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) <= _LONGEST


def _no_such(text: str, names: Iterable[str]) -> Meant:
    return Meant(wrong=note("plain.no_such", text=text, names=", ".join(names)))


def _study(session: Session) -> Study:
    assert session.study is not None
    return session.study
