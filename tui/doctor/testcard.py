"""A card for the learner's own eyes: colours, attributes, glyphs and a piece of a lesson, in both looks.

What a program believes of a terminal and what the terminal draws are two things; this shows the second. A row
of glyphs ends with a bar, so that a glyph of another width than is counted on moves a bar out of its column.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from nntutor.core.notation.style import Style
from nntutor.lessons.language.ascii import ascii_look
from nntutor.lessons.language.cells import cells, padded, paragraph
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Row, beside

_FORMULAS = ("δ_h1 ∂E/∂w5 Δw5", "w5⁺ ½ x² √ η σ μ", "β₁ᵏ·−≈… m̂ v̂")
_DRAWN = ("─━│╱╲ → ← ▶ ▲ ▼", "█ … “ ”")
_FREE = ("┌┬┐├┼┤└┴┘", "▁▂▃▄▅▆▇█", "⠁⠃⠇⡇⣇⣧⣷⣿")
_HANGUL = "한국어 역전파"
_RAMP = 36
_ATTRIBUTES = (("bold", "1"), ("underline", "4"), ("reverse", "7"), ("dim", "2"))
_PICTURE = (38, 4)


def colours(count: int, width: int) -> Iterator[str]:
    """The palette and the ramps that a terminal of so many colours has; nothing for none."""
    if count >= 16:
        for first, bright in ((0, 0), (8, 60)):
            shown = (f"\x1b[{40 + bright + n}m  \x1b[0;{30 + bright + n}m{first + n:2}\x1b[0m" for n in range(8))
            yield _labelled("16" if not first else "", "".join(shown))
    room = min(_RAMP, width - 7)
    if count >= 256:
        for indices in (range(16, 232, 6), range(232, 256)):
            yield _labelled("256" if indices.start == 16 else "", _painted(f"5;{n}" for n in indices[:room]))
    if count > 256:
        steps = (255 * n // (room - 1) for n in range(room))
        yield _labelled("2^24", _painted(f"2;{255 - step};{128 - abs(step - 128)};{step}" for step in steps))


def _labelled(label: str, shown: str) -> str:
    return f"  {label:>4} {shown}"


def _painted(backgrounds: Iterator[str]) -> str:
    return "".join(f"\x1b[48;{background}m " for background in backgrounds) + "\x1b[0m"


def attributes(words: Words) -> str:
    """Each word in the attribute that it names."""
    return "  " + "  ".join(f"\x1b[{code}m{words.say(f'doctor.{name}')}\x1b[0m" for name, code in _ATTRIBUTES)


def glyphs(width: int, ascii_only: bool, korean: bool) -> Iterator[str]:
    """Rows of glyphs up to a bar, and what stands for them in the ASCII look; or that alone."""
    look = Look(Style.ASCII)
    pairs = [
        *((text, ascii_look(text)) for text in _FORMULAS),
        *((text, look.line(text)) for text in _DRAWN),
        *((text, "") for text in _FREE),
    ]
    if ascii_only:
        pairs = [(plain, "") for _, plain in pairs if plain]
    if korean or not ascii_only:
        pairs.append((_HANGUL, ""))
    room = max(cells(text) for text, _ in pairs)
    yield f"  {'1234567890' * 4:.{room}}|"
    for text, plain in pairs:
        row = f"  {padded(text, room)}|"
        if cells(row) + 2 + len(plain) <= width:
            yield f"{row}  {plain}".rstrip()
        else:
            yield from (row, f"    {plain}")


def picture(width: int, ascii_only: bool) -> Iterator[str]:
    """A network and a formula as a lesson shows them, computed now; both looks side by side where there is room."""
    one, other = (_step(Look(style, 3)) for style in (Style.UNICODE, Style.ASCII))
    across = _PICTURE[0]
    if ascii_only:
        rows = other
    elif width >= 2 * across + 4:
        rows = beside(one, other, across)
    else:
        rows = [*one, *other]
    for row in rows:
        yield f"  {''.join(piece.text for piece in row)}".rstrip()


def _step(look: Look) -> list[Row]:
    """The delta of the smallest network that ships."""
    # In a pipe there is no picture, and NumPy is not loaded; nor need it be well for the rest to be said.
    from nntutor.core.engine.timeline import Timeline
    from nntutor.lessons.course import builtin
    from nntutor.tui.drawing.step.diagram import diagram
    from nntutor.tui.drawing.step.formula import formula_rows

    trace = Timeline.start(builtin.open("one-unit")).trace
    step = next(trace.step(at) for at in range(1, len(trace) + 1) if trace.step(at).ref.kind == "delta")
    return [*(diagram(trace, step, *_PICTURE, look) or ()), *formula_rows(trace, step, *_PICTURE, look)]


def lines(words: Words, width: int, ascii_only: bool, colour_count: int, terminal: bool) -> Iterator[str]:
    """The whole card; without a terminal no escape sequence, and no picture, for which NumPy would be loaded."""
    both = "" if ascii_only else f" {words.say('doctor.card_both')}"
    yield from paragraph(words.say("doctor.card") + both, width)
    if terminal:
        yield from chain(colours(colour_count, width), [attributes(words)])
    yield from glyphs(width, ascii_only, words.language == "ko")
    if terminal:
        yield from picture(width, ascii_only)
