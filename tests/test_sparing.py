"""What is written to the terminal: as few bytes as will do, and the cells that Textual's own writing would give."""

from __future__ import annotations

import io

import pyte
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from terminals import Glass, seen
from textual.strip import Strip

from nntutor.lessons.language.cells import cells
from nntutor.tui.drawing.canvas.rows import Piece, changed_spans
from nntutor.tui.terminal.sparing import Part, cropped, written
from nntutor.tui.terminal.themes import PALETTES, styles

WIDE, HIGH = 40, 4

console = Console(file=io.StringIO(), force_terminal=True, color_system="256", legacy_windows=False)
inks = st.sampled_from([("standard", 0), *((theme, colours) for theme in PALETTES for colours in (16, 256))]).flatmap(
    lambda one: st.sampled_from([None, *styles(*one).values()])
)
texts = st.sampled_from([" ", "   ", " " * 12, "w1", "─", "h1 = 0.5", "a  b", " " * 10 + "x"])
strips = st.lists(st.tuples(texts, inks), min_size=1, max_size=5)
parts = st.lists(
    st.tuples(st.integers(0, WIDE - 1), st.integers(0, HIGH - 1), strips), min_size=1, max_size=6
)  # fmt: skip
PAINTED = [(0, 0, [("x" * WIDE, Style(reverse=True, underline=True))])]


def part(x: int, y: int, segments: list[tuple[str, Style | None]]) -> Part:
    row = Strip([Segment(*one) for one in segments]).crop(0, WIDE - x)
    return Part(x, y, list(row), x + row.cell_length == WIDE)


def usual(one: Part) -> str:
    """As Textual writes it: to the place, then each segment in its style from nothing to nothing."""
    return f"\x1b[{one.y + 1};{one.x + 1}H" + Strip(one.segments).render(console)


def shown(data: str) -> list[list[pyte.screens.Char]]:
    glass = Glass(WIDE, HIGH)
    pyte.ByteStream(glass).feed(data.encode())
    return [[seen(glass.buffer[y][x]) for x in range(WIDE)] for y in range(HIGH)]


@given(parts)
@example(PAINTED)
@example([(0, 1, [("a", Style(bold=True)), (" " * 12, None)])])
@example([(0, 0, [("ab", Style(color="red", bgcolor="blue")), ("  ", Style(bgcolor="green")), ("c", None)])])
def test_what_is_written_gives_the_cells_that_were_meant(found: list[tuple[int, int, list[tuple[str, Style]]]]) -> None:
    wanted = [part(*one) for one in found]
    before = usual(part(*PAINTED[0]))
    assert shown(before + written(wanted, console) + "\x1b[4;1Hz") == shown(
        before + "".join(map(usual, wanted)) + "\x1b[4;1Hz"
    )


@given(parts)
def test_no_more_is_written_than_usual(found: list[tuple[int, int, list[tuple[str, Style]]]]) -> None:
    wanted = [part(*one) for one in found]
    assert len(written(wanted, console)) <= len("".join(map(usual, wanted)))


def test_from_one_ground_to_the_next_only_the_ground_is_written() -> None:
    heat = styles("standard", 256)
    row = [Segment("ab", heat["heat1"]), Segment("  ", heat["heat2"]), Segment("cd", heat["heat3"])]
    assert written([Part(0, 0, row, False)], console) == (
        "\x1b[1H\x1b[38;5;231;48;5;25mab\x1b[48;5;24m  \x1b[48;5;60mcd\x1b[m"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  12  v_w1", "  14  v\u0302_w1"),  # the mark comes
        ("  14  v\u0302_w1", "  12  v_w1"),  # and goes
        ("m\u0302 = 1", "m\u0302 = 2"),  # stays
        ("v\u0302_w1", "v\u0302·w1"),  # stays above what the change begins behind
        ("은 v_w1", "은 v\u0302  "),  # is the last of its row
    ],
)
def test_the_mark_above_a_letter_is_painted_with_it(before: str, after: str) -> None:
    before, after = before + "   ", after + "   "  # rows are as wide as the page
    row = [Segment(after)]
    spans = changed_spans((Piece(before),), (Piece(after),))
    changed = [Part(x, 0, cropped(row, x, end), False) for x, end in spans]
    painted = usual(part(0, 0, [(before, None)])) + written(changed, console)
    assert shown(painted) == shown(usual(part(0, 0, [(after, None)])))


@given(
    st.lists(
        st.tuples(st.sampled_from(["w1", "은닉", "v\u0302_", "\u0302", " " * 9, "─", "a"]), inks),
        min_size=1,
        max_size=7,
    ),
    st.data(),
)
def test_a_row_in_two_parts_is_the_row(found: list[tuple[str, Style | None]], data: st.DataObject) -> None:
    """Wherever it is parted between two letters, within a piece, between two, or at a mark."""
    row = [Segment("x"), *(Segment(*one) for one in found)]
    letters = "".join(segment.text for segment in row)
    end = cells(letters)
    cut = data.draw(st.sampled_from([cells(letters[:at]) for at in range(len(letters) + 1)]))
    whole = [Part(0, 0, row, False)]
    parted = [Part(0, 0, cropped(row, 0, cut), False), Part(cut, 0, cropped(row, cut, end), False)]
    assert shown(written(parted, console)) == shown(written(whole, console))
    texts = ["".join(segment.text for segment in cropped(row, start, stop)) for start, stop in ((0, cut), (cut, end))]
    assert "".join(texts) == letters and [cells(text) for text in texts] == [cut, end - cut]
