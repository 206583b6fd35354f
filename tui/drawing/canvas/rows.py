"""Rows of styled text: what every drawing gives and the page paints. Lengths are cells, not characters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby, repeat, zip_longest
from operator import itemgetter
from typing import NamedTuple

from nntutor.lessons.language.cells import JOINED, cells, even, held
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.state.session import Pointed


class Piece(NamedTuple):
    """Text in one style, and what a click on it points at.

    The style is a name ("operand", "dim", …) that the looks turn into colours.
    """

    text: str
    style: str = ""
    click: Pointed | None = None


Row = tuple[Piece, ...]

_WORD = re.compile(r"\S+|\s+")


def row_cells(row: Row) -> int:
    total = 0
    for piece in row:
        total += cells(piece[0])
    return total


def joined(words: Iterable[Piece]) -> Row:
    """Neighbours that are the same but for their text in one piece."""
    return tuple(
        Piece("".join(word.text for word in group), *same) for same, group in groupby(words, key=itemgetter(1, 2))
    )


def first_around(at: int, room: int, count: int) -> int:
    """Where `room` of `count` things begin, so that the one `at` is among them, in the middle where it can be."""
    return max(0, min(at - room // 2, count - room))


def cut(text: str, width: int) -> str:
    """As much of a text as fits into `width` cells."""
    if cells(text) <= width:
        return text
    used = 0
    for place, letter in enumerate(text):
        used += cells(letter)
        if used > width:
            return text[:place]
    return text


def fitted(row: Row, width: int) -> Row:
    """The row cut to at most `width` cells."""
    if row_cells(row) <= width:
        return row
    result = []
    for piece in row:
        text = cut(piece.text, width)
        if text:
            result.append(piece._replace(text=text))
        width -= cells(text)
        if width <= 0:
            break
    return tuple(result)


def shortened(row: Row, width: int, look: Look) -> Row:
    """The row where it has room; else the whole words that have, and how many do not: `… 3 …`. No word is cut."""
    if row_cells(row) <= width:
        return row
    words = [piece._replace(text=word) for piece in row for word in _WORD.findall(piece.text)]
    for kept in range(len(words) - 1, -1, -1):
        left_out = sum(not word.text.isspace() for word in words[kept:])
        tail = look.more(left_out)
        shown = joined(words[:kept])
        if row_cells(shown) + cells(tail) <= width:
            return (*shown, Piece(tail, "dim"))
    return (Piece(cut(look.more(left_out).strip(), width), "dim"),)


def squeezed(row: Row, width: int) -> Row:
    """A row whose figures are longer than their columns, with narrower gaps: a figure that is cut is another one."""
    over, pieces = row_cells(row) - width, list(row)
    for at in range(len(pieces) - 1, 0, -1):
        text = pieces[at].text
        spare = min(max(0, over), len(text) - len(text.lstrip(" ")) - 1)
        if spare > 0:
            pieces[at], over = pieces[at]._replace(text=text[spare:]), over - spare
    return tuple(pieces)


def kept(rows: list[Row], height: int, look: Look) -> list[Row]:
    """The rows where there is room for them; else the first ones, and how many are left out."""
    if len(rows) <= height:
        return rows
    return [*rows[: height - 1], (Piece(look.more(len(rows) - height + 1), "dim"),)][: max(0, height)]


def headed(title: str, how: str, width: int) -> list[Row]:
    """What a panel is called, and what can be done in it, if there is more to say: beside it, or below where there is
    no room."""
    head = (Piece(f" {title}", "bold"), *((Piece(f"   {how}", "dim"),) if how else ()))
    if row_cells(head) <= width:
        return [head]
    return [
        *[(Piece(f" {line}", "bold"),) for line in wrapped(title, width - 2)],
        *[(Piece(f" {line}", "dim"),) for line in (wrapped(how, width - 2) if how else ())],
    ]


def ended(text: str, width: int, look: Look) -> str:
    """As much of a name as has room, and a sign where it goes on."""
    if cells(text) <= width:
        return text
    return cut(text, width - 1).rstrip() + look.line("…") if width > 0 else ""


def bar(share: float, width: int, look: Look) -> Piece:
    """How much of something is done, from 0 to 1."""
    done = round(width * min(1.0, max(0.0, share)))
    return Piece(look.line("█") * done + ("." if look.ascii else "·") * (width - done))


def changed_spans(before: Row, after: Row) -> list[tuple[int, int]]:
    """The first and one past the last cell of each part in which two rows differ."""
    same = _alike(before, after)
    start, before, after = row_cells(before[:same]), before[same:], after[same:]
    same = _alike(before[::-1], after[::-1])
    if same and row_cells(before[:-same]) == row_cells(after[:-same]):  # the same pieces, and in the same cells
        before, after = before[:-same], after[:-same]
    pairs = zip_longest(_spread(before), _spread(after), fillvalue=_BLANK)
    spans: list[tuple[int, int]] = []
    for at in [at for at, (one, other) in enumerate(pairs, start) if one != other]:
        near = spans and at - spans[-1][1] <= _NEAR
        spans.append((spans.pop()[0] if near else at, at + 1))
    return spans


def _alike(before: Row, after: Row) -> int:
    """With how many pieces that look the same both begin."""
    count = 0
    for one, other in zip(before, after, strict=False):
        if one[:2] != other[:2]:
            break
        count += 1
    return count


_NEAR = 8  # cells between two parts that are painted as one: to go past them would take as many bytes
_BLANK = (" ", "")


def _spread(row: Row) -> list[tuple[str, str]]:
    """What stands in each cell; a wide letter stands in both of its cells."""
    spread: list[tuple[str, str]] = []
    for text, style, _ in row:
        if even(text):
            spread += zip(text, repeat(style))
            continue
        for letter in text:
            width = cells(letter)
            if width == 0 and spread:
                spread[-1] = (spread[-1][0] + letter, style)
                continue
            spread.append((letter, style))
            if width == 2:
                spread.append((letter, f"{style} second half"))
    return spread


def padded_row(row: Row, width: int) -> Row:
    """The row cut or filled up with spaces to exactly `width` cells."""
    row = fitted(row, width)
    missing = width - row_cells(row)
    return (*row, Piece(" " * missing)) if missing else row


def beside(left: list[Row], right: list[Row], width: int, gap: int = 2) -> list[Row]:
    """Two drawings side by side, the left one `width` cells wide."""
    height = max(len(left), len(right))
    left = left + [()] * (height - len(left))
    right = right + [()] * (height - len(right))
    return [(*padded_row(one, width), Piece(" " * gap), *other) for one, other in zip(left, right, strict=True)]


BOLD = "**"


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width` cells, broken at spaces; a word that is longer after a factor, else where it must.

    The marks of bold terms, **so**, take up no cell. In a word that is broken those of a whole term are left out, and
    that of a term which goes on before or after it stands at its beginning.
    """
    return list(_lines(text, max(1, width)))


@lru_cache(maxsize=1024)  # a page of help is laid out at each key, and each time from its first paragraph on
def _lines(text: str, width: int) -> tuple[str, ...]:
    lines: list[str] = []
    line, used = "", 0
    for word in _words(text, width):
        taken = _shown(word)
        if taken > width:
            mark, word = BOLD * (word.count(BOLD) % 2), word.replace(BOLD, "")
            while cells(word) > width:
                lines += [line] if line else []
                line = ""
                head = _to_a_factor(cut(word, width)) or word[0]
                lines.append(mark + head)
                mark, word = "", word[len(head) :].lstrip()
            taken = _shown(word)
        if not line:
            line, used = word, taken
        elif used + 1 + taken <= width:
            line, used = f"{line} {word}", used + 1 + taken
        else:
            lines.append(line)
            line, used = word, taken
    return tuple(one.replace(JOINED, " ") for one in ([*lines, line] if line else lines))


def _to_a_factor(head: str) -> str:
    """As far as its last factor is whole, where it is a product: a number in two parts would be read as two."""
    return head[: max(map(head.rfind, "·*/")) + 1] or head


def _words(text: str, width: int) -> Iterator[str]:
    """What is read in one piece, as long as a line has room for it."""
    for word in held(text).split(" "):
        yield from [word] if _shown(word) <= width else word.split(JOINED)


def _shown(text: str) -> int:
    return cells(text) - len(BOLD) * text.count(BOLD)
