"""What an optimizer makes of each weight: gradient, state, move."""

from __future__ import annotations

from nntutor.core.engine.trace import Trace
from nntutor.core.notation.symbols import Ref, short, spelled
from nntutor.lessons.language.cells import at_right, padded
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.hues import MADE, hue
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, shortened, squeezed
from nntutor.tui.drawing.views.paths import told
from nntutor.tui.state.study import Study

_LEAST = 8  # cells of a column


def moves(study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
    """Weight by weight: before the move, the gradient, what the optimizer keeps, the move, after it, the move in η."""
    trace, step = study.trace, study.timeline.step
    made = [name for name in trace.plan.book.made if name not in ("new", "change")]
    kinds = ["weight", "grad", *made]
    refs = [
        Ref("weight", number, unit, source)
        for number, layer in enumerate(trace.plan.shape.layers, 1)
        for unit in range(1, layer.units + 1)
        for source in layer.sources
    ]
    if not refs:
        return told(words.say("run.none"), width)
    delta, eta = short("change", look.style), short("rate_eta", look.style)
    # The new weight stands in the formula as well: where there is little room its column is the one to go.
    after = [spelled("new", "w", look.style)] if 5 + _LEAST * (len(kinds) + 3) <= width else []
    names = ["w", "g", *(short(kind, look.style) for kind in made), delta, *after, f"{delta}/{eta}"]
    column = max(_LEAST, min(13, (width - 6) // len(names)))
    digits = min(look.digits, 3 if column < 11 else 6)
    rows: list[Row] = [(Piece(" " * 5), *(Piece(_right(name, column), "dim") for name in names))]
    here = study.at_hand.ref
    first = max(0, next((n for n, ref in enumerate(refs) if ref[1:4] == here[1:4]), 0) - height + 3)
    rate = trace.problem.optimizer.learning_rate
    used = study.at_hand.named

    def figure(value: float | None, one: Ref | None, plus: bool, style: str = "") -> Piece:
        """A number, in brackets where the step makes or uses it."""
        text = "?" if value is None else look.figure(value, plus, digits)
        mark = "" if one is None else MADE if one == here else hue(one) if one in used else ""
        return Piece(_right(f"[{text}]" if mark else text, column), mark or (style if value is not None else ""))

    for ref in refs[first : first + height - 1]:
        numbers = [ref._replace(kind=kind) for kind in kinds]
        change, new = (ref._replace(kind=kind) for kind in ("change", "new"))
        made_it = trace.index_of(change) is not None
        landed = _known(trace, new, step)
        moved = _known(trace, change, step) if made_it else None if landed is None else landed - trace.value(ref)
        share = None if moved is None or not rate else moved / rate
        symbol = padded(trace.symbol(ref, look.style), 4)
        rows.append((
            Piece(f"{look.line('▸')}{symbol}", "bold") if ref[1:4] == here[1:4] else Piece(f" {symbol}"),
            *(figure(_known(trace, one, step), one, trace.signed(one)) for one in numbers),
            figure(moved, change, True, "update"),
            *([figure(landed, new, False, "update")] if after else []),
            figure(share, None, True, "update"),
        ))  # fmt: skip
    return [shortened(squeezed(row, width), width, look) for row in rows[:height]]


def _known(trace: Trace, ref: Ref, step: int) -> float | None:
    """A number where it is known by a step."""
    return trace.value(ref) if trace.known(ref, step) else None


def _right(text: str, width: int) -> str:
    return f" {at_right(text, width - 1)}"
