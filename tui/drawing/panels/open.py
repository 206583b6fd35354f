"""What opens over the prose: why, check, run, go to; and the page of keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nntutor.core.analysis.copies import GRADIENT
from nntutor.core.analysis.gradient_check import Difference, central_difference, check, serving_step
from nntutor.core.notation.figures import figure
from nntutor.core.notation.symbols import Ref
from nntutor.lessons.language.cells import cells
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import CURSOR, Piece, Row, cut, padded, wrapped
from nntutor.tui.drawing.pages.palette import HELP
from nntutor.tui.state import edits, runs
from nntutor.tui.state.panels import Asking, Checking, Choosing, Editing, Helping, Reading, Why
from nntutor.tui.state.runs import RUNS
from nntutor.tui.state.signs import firm, sign
from nntutor.tui.state.study import SEED_ITERATIONS, SEEDS, Running

if TYPE_CHECKING:
    from nntutor.core.engine.trace import Trace
    from nntutor.tui.state.session import Session
    from nntutor.tui.state.study import Study

_CHECK_DIGITS = 12


def covers(study: Study) -> bool:
    """Whether the panel takes the whole screen."""
    return isinstance(study.panel, Helping | Reading)


def panel_rows(session: Session, study: Study, words: Words, height: int) -> list[Row]:
    """The open panel, or the progress of a run, in at most `height` rows."""
    look = Look(session.style, session.digits)
    if study.running is not None:
        return _running(study, words, look)
    match study.panel:
        case Why(picked):
            rows = _why(study, words, look, picked, session.width)
        case Checking():
            rows = _check(study, words, look, study.panel, session.width)
        case Asking():
            rows = _asking(study.panel, words)
        case Choosing(picked):
            rows = _choosing(study, words, picked)
        case Editing():
            rows = _editing(study, words, look, study.panel, session.width)
        case _:
            rows = []
    return rows[:height]


def _title(text: str) -> Row:
    return (Piece(f" {text}", "bold"),)


# --- why -------------------------------------------------------------------------------------------


def _why(study: Study, words: Words, look: Look, picked: int, width: int) -> list[Row]:
    step = study.step
    symbol = study.trace.symbol(step.ref, look.style)
    rows = [_title(words.say("why_panel.title", symbol=symbol))]
    most = 5
    first = min(max(0, picked - most + 1), max(0, len(step.operands) - most))
    for number, operand in enumerate(step.operands[first : first + most], first):
        mark = look.line("▸") if number == picked else " "
        name = study.trace.symbol(operand.ref, look.style)
        value = look.figure(operand.value, digits=look.digits + 2)
        text = f" {mark} {name:<10} = {value:<14} {_made(study, words, operand.ref)}"
        rows.append((Piece(cut(text, width), "picked" if number == picked else ""),))
    more = len(step.operands) - first - most
    hint = words.say("why_panel.jump")
    if more > 0:
        hint = f"{look.line('…')} +{more}   {hint}"
    rows.append((Piece(f" {hint}", "dim"),))
    return rows


def _made(study: Study, words: Words, ref: Ref) -> str:
    trace = study.trace
    maker = trace.maker(ref)
    if maker is not None:
        iteration, step = maker
        if iteration == trace.iteration:
            return words.say("why_panel.made", step=step)
        return words.say("why_panel.made_before", iteration=iteration, step=step)
    return words.say(f"why_panel.{_given(study, ref)}")


def _given(study: Study, ref: Ref) -> str:
    trace = study.trace
    if ref in trace.edited:
        return "given_edit"
    if ref.kind.startswith("rate_"):
        return "given_rate"
    if ref.kind == "target":
        return "given_target"
    if ref.kind == "out":
        return "given_input"
    if ref.kind.endswith("_old"):
        return "given_state"
    if trace.index_of(ref._replace(kind="new")) is None:
        return "given_held"
    return "given_weight" if ref.input else "given_bias"


# --- check -----------------------------------------------------------------------------------------


def _check(study: Study, words: Words, look: Look, panel: Checking, width: int) -> list[Row]:
    trace = study.trace
    shown = central_difference(trace, panel.ref, panel.h)
    symbol = trace.symbol(panel.ref, look.style)
    epsilon = "eps" if look.ascii else "ε"

    def say(key: str, **facts: object) -> str:
        return words.say(f"check.{key}", symbol=symbol, **facts).replace("ε", epsilon)

    def long(value: float, plus: bool = False) -> str:
        return figure(value, _CHECK_DIGITS, plus, look.style)

    gradient = panel.ref._replace(kind=GRADIENT[panel.ref.kind])
    known = trace.known(gradient, study.timeline.step)
    name = trace.symbol(gradient, look.style)
    lines = [
        (say("upper"), long(shown.upper)),
        (say("lower"), long(shown.lower)),
        (say("numeric"), long(shown.numeric, plus=True)),
        (f"{say('gradient')} {name}", long(shown.gradient, plus=True) if known else "?"),
        *((label, long(value, plus=True)) for label, value in _others(study, words, gradient) if known),
        (say("relative"), figure(shown.relative, 2, style=look.style) if known else "?"),
    ]
    wide = max(cells(label) for label, _ in lines) + 2
    chosen = f"{epsilon} = {figure(panel.h, 2, style=look.style)}"
    rows: list[Row] = [(*_title(say("title")), Piece(f"   {chosen}   {say('vary')}", "dim"))]
    rows += [(*padded((Piece(f"   {label}"),), wide + 3), Piece(value)) for label, value in lines]
    if not known:
        return rows
    key, facts = _verdict(trace, panel.ref, shown, look)
    verdict = say(key, **facts)
    if wide + 14 + cells(verdict) <= width:
        return [*rows[:-1], (*padded(rows[-1], wide + 14), Piece(verdict, "bold"))]
    # What is said matters more than the numbers above, of which the last ones go where rows are few.
    return [rows[0], *[(Piece(f" {line}", "bold"),) for line in wrapped(verdict, width - 2)], *rows[1:]]


def _verdict(trace: Trace, ref: Ref, shown: Difference, look: Look) -> tuple[str, dict[str, object]]:
    """What is to be said of the gradient, for which the one difference that is shown may be too rough."""
    found = check(trace, ref)
    kinks = shown.kinks or found.kinks
    if kinks:
        return "kinks", {"units": ", ".join(kinks)}
    if found.verdict == "differs" or shown.near:
        return found.verdict, {}
    best = serving_step(trace, ref)
    if best is not None:
        return "differs_epsilon", {"best": figure(best, 2, style=look.style)}
    return "differs_alone" if found.verdict == "agrees" else found.verdict, {}


def _others(study: Study, words: Words, gradient: Ref) -> list[tuple[str, float]]:
    """The same gradient in the lesson's other runs, made by a rule that may be wrong."""
    if study.view != "runs":
        return []
    others = [timeline for name, timeline in study.timelines.items() if name != study.run]
    return [(words.say("views.run_wrong"), one.trace_of(study.timeline.iteration).value(gradient)) for one in others]


# --- run and go to -----------------------------------------------------------------------------------


def _choosing(study: Study, words: Words, picked: int) -> list[Row]:
    row = [Piece(f" {words.say('run.ask')} ", "")]
    for number, count in enumerate(RUNS):
        row += [Piece("  "), _choice(f"{count:,}".replace(",", " "), number == picked)]
    further = [words.say("run.goal")]
    if runs.has_seeds(study):
        further.append(words.say("run.seeds", seeds=SEEDS, count=SEED_ITERATIONS))
    for number, word in enumerate(further, len(RUNS)):
        row += [Piece("  "), _choice(word, number == picked)]
    return [_title(words.say("run.title")), tuple(row), (Piece(f" {words.say('run.how')}", "dim"),)]


def _choice(text: str, picked: bool) -> Piece:
    return Piece(f"[{text}]", "picked") if picked else Piece(f" {text} ")


def _running(study: Study, words: Words, look: Look) -> list[Row]:
    running = study.running
    assert running is not None
    if running.seeds:
        return _seeding(study, running, words, look)
    newest, errors = study.timeline.newest, study.timeline.errors
    error = look.figure(float(errors[-1])) if len(errors) else "?"
    share = 1.0
    if running.goal is None:
        share = (newest - running.begun) / max(1, running.target - running.begun)
    done = round(40 * min(1.0, max(0.0, share)))
    bar = look.line("█") * done + look.line("·") * (40 - done)
    goal = [] if running.goal is None else [(Piece(f" {words.say('run.until', error=look.figure(running.goal))}"),)]
    return [
        _title(words.say("run.going", iteration=newest, error=error)),
        *([(Piece(f" {bar}"),)] if running.goal is None else goal),
    ]


def _seeding(study: Study, running: Running, words: Words, look: Look) -> list[Row]:
    assert study.seeds is not None
    done = study.seeds.state.done
    begun = running.target - SEED_ITERATIONS
    share = round(40 * min(1.0, max(0.0, (done - begun) / SEED_ITERATIONS)))
    count = int(study.seeds.solved.sum())
    return [
        _title(words.say("seeds.going", iteration=done, count=count, of=SEEDS)),
        (Piece(f" {look.line('█') * share}{look.line('·') * (40 - share)}"),),
    ]


def _editing(study: Study, words: Words, look: Look, panel: Editing, width: int) -> list[Row]:
    """The number that is being set, what it is now, and what would follow."""
    head = (*_title(words.say("edit.title")), Piece(f"   {words.say('edit.how')}", "dim"))
    if "=" in panel.text:
        line: Row = (Piece(" "), Piece(panel.text), CURSOR)
    else:
        symbol = study.trace.symbol(panel.ref, look.style)
        now = look.figure(study.trace.value(panel.ref), digits=look.digits + 2)
        line = (Piece(f" {symbol} = ", "key"), Piece(panel.text), CURSOR)
        line = (*line, Piece(f"   {words.say('edit.now', value=now)}", "dim"))
    rows: list[Row] = [head, line]
    if panel.wrong is not None:
        key, facts = panel.wrong
        return [*rows, *[(Piece(f" {line}", "warning"),) for line in wrapped(words.say(key, **facts), width - 2)]]
    if not panel.text.strip():
        return rows
    wanted = edits.meant(study, panel)
    if isinstance(wanted[0], str):
        return rows
    followed = edits.following(study, wanted[0], float(str(wanted[1])))
    if followed is None:
        return rows
    arrow = look.line("→")
    told = "   ".join(f"{name} {look.figure(before)} {arrow} {look.figure(after)}" for name, before, after in followed)
    return [*rows, (Piece(f" {words.say('edit.follows')} "), Piece(cut(told, width - 12), "result"))]


def _asking(panel: Asking, words: Words) -> list[Row]:
    title, example = ("goto.ask", "goto.example") if panel.what == "goto" else ("run.goal_ask", "run.goal_example")
    rows: list[Row] = [
        (*_title(words.say(title)), Piece(f"   {words.say(example)}", "dim")),
        (Piece(" : ", "key"), Piece(panel.text), CURSOR),
    ]
    if panel.wrong is not None:
        key, facts = panel.wrong
        rows.append((Piece(f" {words.say(key, **facts)}", "warning"),))
    return rows


# --- keys ------------------------------------------------------------------------------------------

# What the key line shows, by what is open: (action, word).
_STUDY = (
    ("continue", "continue"), ("step back", "step"), ("why", "why"), ("view", "view"), ("run", "run"),
    ("edit", "edit"), ("check", "check"), ("phase_next", "phase"), ("help", "keys"), ("leave", "leave"),
)  # fmt: skip


def keys_here(session: Session, study: Study) -> list[tuple[str, str]]:
    """(key, word) pairs for the place."""
    close = (firm(session, "escape"), "close")
    if study.running is not None:
        return [(firm(session, "escape"), "stop")]
    updown, go = firm(session, "unit_previous", "unit_next"), firm(session, "continue")
    match study.panel:
        case Why():
            return [(updown, "choose"), (go, "open"), (firm(session, "trail"), "back"), close]
        case Checking():
            return [(sign(session, "more", "less"), "epsilon"), close]
        case Choosing():
            return [(firm(session, "back", "step"), "choose"), (go, "run"), close]
        case Editing():
            return [(updown, "choose"), (go, "set"), close]
        case Asking():
            return [(go, "continue"), close]
        case Helping():
            return [(updown, "more"), close]
    shown = [(sign(session, *actions.split()), word) for actions, word in _STUDY]
    if study.trail:
        shown.insert(2, (firm(session, "trail"), "back_trail"))
    if study.lesson is not None and study.lesson.main is not None:
        shown.insert(2, (sign(session, "more", "less"), "main"))
    return shown


def _help_rows(session: Session, words: Words) -> list[Row]:
    shown_keys = [(sign(session, *actions), word) for actions, word in HELP]
    wide = max(14, *(cells(shown) + 3 for shown, _ in shown_keys))
    rows: list[Row] = []
    for shown, word in shown_keys:
        if not shown:
            continue
        lines = wrapped(words.say(f"help.{word}"), max(10, session.width - wide - 2)) or [""]
        rows.append((*padded((Piece(f" {shown}", "key"),), wide), Piece(lines[0])))
        rows += [(Piece(" " * wide), Piece(line)) for line in lines[1:]]
    return [
        *rows,
        (),
        *[(Piece(f" {line}", "dim"),) for line in wrapped(words.say("help.footer"), session.width - 2)],
    ]


def help_last_top(session: Session, words: Words) -> int:
    return max(0, len(_help_rows(session, words)) - (session.height - 3))


def whole_page(session: Session, words: Words) -> list[Row]:
    """The page of keys, or the glossary."""
    from nntutor.tui.drawing.pages.glossary import glossary_page
    from nntutor.tui.drawing.pages.page import key_line

    study = session.study
    assert study is not None
    if isinstance(study.panel, Reading):
        return glossary_page(session, study.panel.top, words)
    assert isinstance(study.panel, Helping)
    look = Look(session.style, session.digits)
    room = max(1, session.height - 3)
    top = min(study.panel.top, help_last_top(session, words))
    shown = _help_rows(session, words)[top : top + room]
    rule: Row = (Piece(look.line("─") * session.width, "edge"),)
    rows = [_title(words.say("help.title")), rule, *shown, *[()] * (room - len(shown))]
    return [*rows, key_line(keys_here(session, study), words, session.width)]
