"""The legend of a race."""

from __future__ import annotations

from dataclasses import dataclass

from nntutor.core.notation.symbols import short
from nntutor.lessons.language.cells import cells
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, ended, shortened

# What racers are called by. E is the error; of the others none stands, in small on the way, for a number of a race.
MARKS = "ABCDFHJLPQRUYZ"
_TALL = 8  # rows of a map and its head from which on the head may have two


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


@dataclass(frozen=True)
class Counted:
    """How many samples, or moves where there are none, each racer has had. most: moves after which ways end, where one
    does before that."""

    count: int
    samples: bool
    most: int = 0

    def said(self, words: Words) -> str:
        said = words.say("race.touched" if self.samples else "race.iterations", count=self.count)
        return f"{said}{words.say('race.no_further', most=self.most)}" if self.most else said


def racer_rows(racers: list[Racer], counted: Counted, words: Words, width: int, room: int, look: Look) -> list[Row]:
    """The legend of a race, the racer at hand in brackets: two a row where they fit, maybe without their moves.

    room: rows that one racer a row may take; where that is too little two stand in a row without their rates, where
    they fit so, and the rate at hand in the first row.
    """
    said = [_parts(one, counted, words, look) for one in racers]
    ways = [[" ".join(one[:most]) for one in said] for most in (4, 3)]
    short_ones = [" ".join((name, error)) for name, _, error, *_ in said]
    columns, texts, rate = 1, ways[-1], ""
    if fitting := [way for way in ways if _fits(way, width)]:
        columns, texts = 2, fitting[0]
    elif (len(racers) + 1) // 2 < room <= len(racers) and _fits(short_ones, width):
        columns, texts = 2, short_ones
        rate = next((f"   [{parts[1]}]" for parts, one in zip(said, racers, strict=True) if one.here), "")
    parts = [(_bracketed([text], racer)[0], racer) for text, racer in zip(texts, racers, strict=True)]
    wide = _widths([text for text, _ in parts], columns)
    rows: list[Row] = [(Piece(f" {counted.said(words)}{rate}", "bold"),)]
    for start in range(0, len(parts), columns):
        row = zip(parts[start : start + columns], wide, strict=False)
        rows.append(tuple(piece for part, cells_of in row for piece in _part(*part, cells_of)))
    return [shortened(row, width, look) for row in rows]


def _widths(texts: list[str], columns: int) -> list[int]:
    """Of each column, with a cell between it and the next."""
    return [max(map(cells, texts[at::columns])) + 1 for at in range(min(columns, len(texts)))]


def _fits(texts: list[str], width: int) -> bool:
    """Whether two columns of them, each in its brackets, have room beside one another."""
    return sum(wide + 2 for wide in _widths(texts, 2)) < width


def map_texts(
    racers: list[Racer], counted: Counted, words: Words, width: int, size: tuple[int, int], look: Look
) -> tuple[Row, list[list[Row]]]:
    """The row above the maps of a race, and what stands above each, of which `size` is cells and rows with its head.

    That is name, rate, E, and moves: in one row, or in two where there are enough. Where there is no room for it the
    rate goes, that at hand into the first row; else as much of the name as has room stays, E, and below it the moves.
    """
    parts = [_parts(one, counted, words, look) for one in racers]
    ways = [[[" ".join(one)] for one in parts]]
    if size[1] >= _TALL:
        ways += [
            [[name, " ".join(rest)] for name, *rest in parts],
            [[name, " ".join(rest)] for name, _, *rest in parts],
        ]
    fitting = [way for way in ways if all(cells(line) + 2 <= size[0] for lines in way for line in lines)]
    texts = fitting[0] if fitting else _cut(parts, size, look)
    here = next(number for number, racer in enumerate(racers) if racer.here)
    rate = parts[here][1] if all(parts[here][1] not in line for line in texts[here]) else ""
    heads = [_head(_bracketed(lines, one), one, size[0]) for lines, one in zip(texts, racers, strict=True)]
    return _signs(counted, rate, words, width, look), heads


def _cut(parts: list[list[str]], size: tuple[int, int], look: Look) -> list[list[str]]:
    """As much of each name as has room, in a row of its own where there are two, and E."""
    if size[1] >= _TALL and all(cells(" ".join(rest)) + 2 <= size[0] for _, _, *rest in parts):
        return [[ended(name, size[0] - 2, look), " ".join(rest)] for name, _, *rest in parts]
    return [[_ended(name, size[0], look, error)] for name, _, error, *_ in parts]


def _signs(counted: Counted, rate: str, words: Words, width: int, look: Look) -> Row:
    """What is counted, and what the signs of the maps are."""
    said = "race.signs_ascii" if look.ascii else "race.signs"
    signs = words.say(said, start=look.line("○"), minimum=look.line("✕"))
    first = Piece(f" {counted.said(words)}   {f'[{rate}]' if rate else ''}".rstrip(), "bold")
    return shortened((first, *[Piece(f"   {signs}", "dim")] * (not counted.most)), width, look)


def _parts(racer: Racer, counted: Counted, words: Words, look: Look) -> list[str]:
    """Mark and name, rate, E; of a race over samples the moves."""
    moves = [words.say("race.moves", count=racer.moves)] if counted.samples else []
    rate = f"{short('rate_eta', look.style)} {racer.rate}"
    return [f"{racer.mark} {racer.name}", rate, f"E {look.figure(racer.error, digits=3)}", *moves]


def _ended(name: str, width: int, look: Look, error: str) -> str:
    return f"{ended(name, width - 3 - cells(error), look)} {error}"


def _bracketed(lines: list[str], racer: Racer) -> list[str]:
    """The lines, in brackets where they are of the racer at hand."""
    first, last = ("[", "]") if racer.here else (" ", " ")
    return [f"{' ' if number else first}{line}{' ' if number < len(lines) - 1 else last}"
            for number, line in enumerate(lines)]  # fmt: skip


def _head(lines: list[str], racer: Racer, width: int) -> list[Row]:
    return [_part(lines[0], racer, width), *[(Piece(line, "bold" if racer.here else ""),) for line in lines[1:]]]


def _part(text: str, racer: Racer, wide: int) -> Row:
    """The letter in the colour of its way, the rest bright where it is the one at hand."""
    letter = len(racer.mark) + 1
    gap = Piece(" " * (wide - cells(text)))
    return Piece(text[:letter], racer.style), Piece(text[letter:], "bold" if racer.here else ""), gap
