"""The plane: which point is at hand, and what is said where there is no room for a picture."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import screens

from nntutor.core.notation.symbols import Ref
from nntutor.lessons.language import words
from nntutor.lessons.language.cells import cells
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.charts.plane import Spot, plane_rows
from nntutor.tui.drawing.pages import page
from nntutor.tui.drawing.views import table
from nntutor.tui.state.study import Study

CORNERS = [Spot(0, 0, "(0,0)", False), Spot(0, 1, "(0,1)", True), Spot(1, 1, "(1,1)", True)]


@pytest.mark.parametrize("size", [(30, 3), (13, 20), (5, 1), (0, 4), (30, 0)])
def test_a_plane_without_room_names_its_points_with_their_classes(size: tuple[int, int]) -> None:
    width, height = size
    rows = plane_rows(CORNERS, [], None, (-1, 2), (-1, 2), width, height, Look())
    line = "".join(piece.text for row in rows for piece in row)
    assert len(rows) == min(height, 1)
    named = [one for one in ("○(0,0)", "●(0,1)", "●(1,1)") if one in line]
    left = f"  … {len(CORNERS) - len(named)} …" if len(named) < len(CORNERS) else ""
    assert line.strip() == (" ".join(named) + left).strip() or not (height and width)
    assert cells(line) <= width


def test_the_point_at_hand_and_no_other_stands_in_brackets() -> None:
    def drawn(spots: list[Spot]) -> str:
        return "".join(
            piece.text for row in plane_rows(spots, [], None, (-1, 2), (-1, 2), 40, 12, Look()) for piece in row
        )

    assert "[" not in drawn(CORNERS)
    assert "[●]" in (marked := drawn([*CORNERS, Spot(1, 0, "(1,0)", True, here=True)])) and marked.count("[") == 1


@pytest.mark.parametrize(("classes", "mark"), [([True, True], "●2"), ([True, False, True], "●2○1"), ([False], "○")])
def test_points_that_stand_on_one_another_are_counted_class_by_class(classes: list[bool], mark: str) -> None:
    """●3 stood for two rows that want a 1 and one that wants a 0: just those that no line can part."""
    spots = [Spot(0, 0, "", positive) for positive in classes]
    rows = plane_rows(spots, [], None, (-1, 1), (-1, 1), 40, 12, Look())
    text = "".join(piece.text for row in rows for piece in row)
    assert re.findall("[●○][●○0-9]*", text) == [mark]


def test_a_plane_tells_nothing_of_a_hidden_weight() -> None:
    session = replace(screens.of_lesson("xor", size=(120, 40)), colours=256)
    assert session.study is not None
    study = replace(session.study, view="plane")

    def styles(study: Study) -> set[str]:
        return {piece.style for row in page.rows(replace(session, study=study)) for piece in row}

    asked = replace(study, hidden=frozenset({Ref("weight", 1, 1, 1)}))
    assert any(style.startswith("heat") for style in styles(study))
    text = "".join(screens.lines(replace(session, study=asked)))
    drawn = table.drawn("plane", asked, words.load("en"), 60, 13, Look(shaded=True))
    assert "✓" not in text and "✗" not in text
    assert not any(piece.style.startswith("heat") for row in drawn for piece in row)
