"""What stands below each other is laid out in cells: a Korean letter takes two, a combining mark none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import screens
from hypothesis import given
from hypothesis import strategies as st
from test_following import at

from nntutor.lessons.course import load
from nntutor.lessons.language.cells import at_right, cells, padded, paragraph
from nntutor.lessons.language.words import LANGUAGES
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Row
from nntutor.tui.drawing.charts.bars import Bar, bars_rows

ROOT = Path(screens.__file__).parent.parent
LABELS = st.text(alphabet="h1_출력층m̂w⁺", min_size=1, max_size=6)


@given(LABELS, st.integers(0, 20))
def test_a_text_is_filled_up_to_a_width_in_cells(text: str, width: int) -> None:
    for filled in (padded(text, width), at_right(text, width)):
        assert cells(filled) == max(width, cells(text)) and filled.strip() == text.strip()


@given(st.integers(1, 40))
def test_a_paragraph_has_every_word_and_breaks_no_formula_that_has_room(width: int) -> None:
    text = "½(t − o)² gives o − t, (t − o)² gives 2(o − t); so w3 = 0.25 is right"
    lines = paragraph(text, width, "  ")
    assert " ".join(" ".join(lines).split()) == text
    assert all(line.startswith("  ") for line in lines)
    if width >= 2 + 11:
        assert all(cells(line) <= width for line in lines)
        assert all(any(whole in line for line in lines) for whole in ("2(o − t);", "(t − o)²", "o − t,", "w3 = 0.25"))


def test_a_paragraph_of_nothing_has_no_line() -> None:
    assert paragraph("", 20) == paragraph(" \n", 20) == []


@given(st.lists(LABELS, min_size=2, max_size=6), st.lists(st.floats(1e-6, 1), min_size=6, max_size=6))
def test_bars_begin_in_one_column_and_their_figures_end_in_another(labels: list[str], sizes: list[float]) -> None:
    bars = [Bar(label, size, 0.5, shown=True) for label, size in zip(labels, sizes, strict=False)]
    rows = bars_rows(bars, 60, 12, Look(), "title", "0.25", sizes[: len(bars)], "움직인 거리")[1:]
    assert len({cells(row[0].text) for row in rows}) == 1
    assert {_width(row) for row in rows} == {_width(rows[0])}
    for row, size in zip(rows, sizes, strict=False):
        assert "…" not in "".join(piece.text for piece in row), "no figure has gone for want of room"
        assert Look(digits=2).figure(size) in row[-1].text


def _width(row: Row) -> int:
    return cells("".join(piece.text for piece in row).rstrip())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_figures_of_layers_stand_below_each_other_at_every_stop(language: str) -> None:
    for name in ("vanishing", "relu"):
        lesson = load.find(name)
        assert lesson is not None
        for stop in lesson.stops:
            if stop.view != "layers" or stop.iteration > 200:
                continue
            session = at(screens.of_lesson(name, language), stop.id)
            lines = [line for line in screens.lines(session)[2:15] if re.match(r"[ ▸](h\d+|out|출력) ", line)]
            assert len(lines) > 3 and not any("…" in line for line in lines)
            begun = {cells(re.split(r"[█┊]|\?", line)[0]) for line in lines if "█" in line}
            assert len(begun) <= 1, lines


def test_no_drawing_fills_up_by_letters() -> None:
    for file in (ROOT / "tui" / "drawing").rglob("*.py"):
        found = re.findall(r"\.[lr]just\(|\.center\(|\{[^{}\n]*:[<>^][^{}\n]*\{", file.read_text(encoding="utf-8"))
        assert not found, (file, found)
