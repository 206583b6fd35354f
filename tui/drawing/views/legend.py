"""The legend of a race."""

from __future__ import annotations

from dataclasses import dataclass

from nntutor.core.notation.symbols import short
from nntutor.lessons.language.cells import cells
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, row_cells, shortened

# What racers are called by. E is the error; of the others none stands, in small on the way, for a number of a race.
MARKS = "ABCDFHJLPQRUYZ"


@dataclass(frozen=True)
class Racer:
    """One run of a race: its mark, name and rate, how many moves it has made, E there, and its style in the picture."""

    mark: str
    name: str
    rate: str
    moves: int
    error: float
    here: bool
    style: str = ""


def racer_rows(
    lines: list[Racer], samples_seen: int, words: Words, width: int, look: Look, samples: bool, ways: bool
) -> list[Row]:
    """The legend of a race, two racers a row where they fit; the one at hand in brackets.

    ways: whether the picture shows ways, with letters on them.
    """
    eta = short("rate_eta", look.style)
    parts = []
    for line in lines:
        text = f"{line.mark} {line.name} {eta} {line.rate} E {look.figure(line.error, digits=3)}"
        if samples:
            text += f" {words.say('race.moves', count=line.moves)}"
        parts.append((f"[{text}]" if line.here else f" {text} ", line))
    wide = [max(cells(text) for text, _ in parts[at::2]) + 1 for at in range(min(2, len(parts)))]
    if sum(wide) >= width:
        wide = [max(wide)]
    head = words.say("race.touched" if samples else "race.iterations", count=samples_seen)
    first: Row = (Piece(f" {head}", "bold"),)
    letters: Row = (*first, Piece(f"   {words.say('race.letters')}", "dim"))
    rows: list[Row] = [letters if ways and row_cells(letters) <= width else first]
    for start in range(0, len(parts), len(wide)):
        columns = zip(parts[start : start + len(wide)], wide, strict=False)
        rows.append(tuple(piece for part, cells_of in columns for piece in _part(*part, cells_of)))
    return [shortened(row, width, look) for row in rows]


def _part(text: str, racer: Racer, wide: int) -> Row:
    """The letter in the colour of its way, the rest bright where it is the one at hand."""
    letter = len(racer.mark) + 1
    gap = Piece(" " * (wide - cells(text)))
    return Piece(text[:letter], racer.style), Piece(text[letter:], "bold" if racer.here else ""), gap
