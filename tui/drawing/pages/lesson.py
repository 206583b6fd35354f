"""A lesson's page, or a problem's: which drawing stands where, at any size.

From the top: the place, the picture (or another view), the step's three rows, the prose, the keys. Where
there is little room the picture goes first; the formula and the prose stay. From 110 columns on two views stand side
by side, each under its name, and the place has a strip of phases; what rows are free go to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from nntutor.core.foreign import clean
from nntutor.lessons.course import load
from nntutor.lessons.language import titles, why
from nntutor.lessons.language.speech import Speech
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.hues import MADE, hue
from nntutor.tui.drawing.canvas.keyline import key_line, look_of, rule, run_name
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, beside, wrapped
from nntutor.tui.drawing.canvas.saying import fitting
from nntutor.tui.drawing.pages.prose import prose_pages
from nntutor.tui.drawing.pages.tabs import tabs_row, title_row
from nntutor.tui.drawing.panels.here import keys_here, panel_rows
from nntutor.tui.drawing.step.diagram import fits
from nntutor.tui.drawing.step.formula import formula_rows
from nntutor.tui.drawing.step.status import status_row
from nntutor.tui.drawing.step.yours import beside as beside_ours
from nntutor.tui.drawing.views import table
from nntutor.tui.state import views
from nntutor.tui.state.session import Session
from nntutor.tui.state.study import Study

_BOTTOM = 9  # rows of formula and prose at 80 × 24
_MOST_BOTTOM = 10
_LEAST_PICTURE = 5
_TWO_COLUMNS = 110
_LEFT, _GAP = 64, 2  # the least cells of the left one of two columns, and what is between them
_LEAST_PROSE = 2
# Tables, the former of one height at every step.
_STILL, _SHORT = ("steps", "moves", "layers", "inequalities"), ("matrices", "runs", "seeds")
_LEAST_BELOW = {"": 8, "network": 10, "steps": 5}  # rows of that one
_UNIT = 11  # rows of a unit in a picture of the network, above which its edges are only longer
_OF_THE_STEP = ("network", "steps", "matrices", "moves")  # the views in which what is asked for has a place
_KEPT = 3  # rows that a message leaves to the place and the formula


@dataclass(frozen=True)
class LessonPage:
    """The page of one place; `words` know the learner's keys."""

    session: Session
    study: Study
    words: Words

    @property
    def look(self) -> Look:
        return look_of(self.session)

    def rows(self) -> list[Row]:
        """The whole screen."""
        session, study = self.session, self.study
        title, name, step = self._title(), self._run(), study.timeline.step
        top = [status_row(study.trace, step, title, name, self.words, session.width, self.look, self.wide)]
        last = self._keys
        panel = panel_rows(session, study, self.words, max(1, session.height - 1 - len(last)))
        bottom, picture = _shared(session.height, 0 if panel is None else len(panel) - 1 + len(last))
        if picture:
            top += [*_sized(self._picture(picture), picture + 1), rule(session.width, self.look)]
        room = bottom + 1 - len(last)
        return [*top, *_sized(self._low(room, panel), room), *last]

    def prose_pages(self) -> int:
        """How many pages the prose at this place takes."""
        return len(self._text[1])

    @property
    def wide(self) -> bool:
        """Whether two views stand side by side."""
        return self.session.width >= _TWO_COLUMNS and _parts(self.session.height)[1] > 0

    def has_picture(self) -> bool:
        """Whether the network fits on the screen as a picture."""
        return self._fits(self.session.width)

    def seen(self) -> tuple[str, ...]:
        """The views that stand there: none on a low screen, else one; on a wide one two, unless the network needs all
        of it."""
        study = self.study
        if not _parts(self.session.height)[1]:
            return ()
        if not self.wide:
            return (study.view,)
        picture = self.has_picture()
        pair = views.side_by_side(study, picture)
        if pair[0] != "network" or self._fits(_left(self.session.width), labelled=True):
            return pair
        return ("network",) if study.view == "network" else views.side_by_side(study, picture=False)

    def _fits(self, width: int, height: int = 0, labelled: bool = False) -> bool:
        """Whether the network has a picture in so many cells; height: 0 for all that a picture has here."""
        return fits(self.study.trace, width - 1, height or _parts(self.session.height)[1], self.look, labelled=labelled)

    def _title(self) -> str:
        study = self.study
        if study.lesson is None:
            return titles.title(study.timeline.original, self.session.language) or clean(study.name)
        title = f"{study.lesson.number} {load.described(study.lesson.id, self.session.language)[0]}"
        visit = self.session.visit
        if visit is None:
            return title
        from nntutor.tui.drawing.pages.practice import in_lesson  # few starts ask again what was skipped

        return in_lesson(visit.practice, self.words, title)

    def _run(self) -> str:
        """What the run at hand is called, where there are several or something in it has been changed.

        A run that is called as its lesson needs no second name.
        """
        study = self.study
        name = run_name(self.words, study.run) if len(study.timelines) > 1 else ""
        if study.lesson is not None and self._title() == f"{study.lesson.number} {name}":
            name = ""
        if study.own(study.run):
            return name
        return self.words.say("status.changed", run=name) if name else self.words.say("status.changed_alone")

    def _picture(self, height: int) -> list[Row]:
        """The view that is chosen, below a line; on a wide screen two of them, below their names."""
        width, left = self.session.width, _left(self.session.width)
        if not self.wide:
            spare = [name for name in views.spare(self.study) if name != self.study.view]
            return [rule(width, self.look), *self._filled(self.study.view, spare, width, height)]
        names = views.drawn_views(self.study, self.has_picture())
        first, *others = self.seen()
        head = tabs_row(first, "".join(others), names, self.words, width, left + _GAP, self.look)
        if not others:
            return [head, *self._view(first, width, height)]
        spare = [name for name in views.spare(self.study) if name in names and name not in (first, *others)]
        widths = {first: left, others[0]: width - left - _GAP}
        # A picture leaves a spare view to the table, which would be empty without one.
        order = sorted(widths, key=lambda name: name == "network")
        filled = {name: self._filled(name, spare, widths[name], height) for name in order}
        return [head, *beside(filled[first], filled[others[0]], left, _GAP)]

    def _filled(self, name: str, spare: list[str], width: int, height: int) -> list[Row]:
        """A view, and below it a spare one, which is taken out, where there is room for one: it stands still."""
        if name not in ("network", *_STILL, *_SHORT):
            return self._view(name, width, height)
        rows = None if name == "network" else self._view(name, width, height)
        taken = _UNIT * max(self.study.trace.names.sizes) if rows is None else len(rows)
        left, most = height - taken - 1, max(_LEAST_BELOW.values())
        left = left if name not in _SHORT else most if left >= most else 0
        roomy = (one for one in spare if left >= _LEAST_BELOW.get(one, _LEAST_BELOW[""]))
        below = next((one for one in roomy if one != "network" or self._fits(width, left)), None)
        if below is None:
            return self._view(name, width, height) if rows is None else rows
        spare.remove(below)
        rows = self._view(name, width, taken) if rows is None else rows
        title = title_row(below, self.words, width, self.look)
        return [*_sized(rows, height - left - 1), title, *self._view(below, width, left)]

    def _view(self, name: str, width: int, height: int) -> list[Row]:
        rows = table.drawn(name, self.study, self.words, width, height, self.look)
        return rows if self.study.hidden and name in _OF_THE_STEP else self._made(rows)

    def _low(self, height: int, panel: list[Row] | None) -> list[Row]:
        """The formula, and below it the prose or what is open over it."""
        if panel is not None:
            return panel if len(panel) + 3 > height else self._above(panel, height)
        formula, pages = self._text
        return [*formula, *pages[min(self.study.page, len(pages) - 1)]]

    @cached_property
    def _text(self) -> tuple[list[Row], list[list[Row]]]:
        """The formula and the pages of the prose below it, where nothing is open over them."""
        height = _parts(self.session.height)[0] + 1 - len(self._keys)
        formula = self._formula_in(_formula_height(height), height - _LEAST_PROSE)
        room = height - len(formula)
        return formula, prose_pages(self.session, self.study, self.words, room) if room > 0 else [[]]

    def _above(self, panel: list[Row], height: int) -> list[Row]:
        """The formula above what is open, an empty row between them where there is room."""
        formula = self._formula_in(height - len(panel))
        return [*formula, *([()] if len(formula) + len(panel) < height else []), *panel]

    def _formula_in(self, height: int, most: int = 0) -> list[Row]:
        trace, step, words = self.study.trace, self.study.step, self.words

        def book(formula: str) -> str:
            return words.say("export.textbook", formula=formula)

        left_out = Speech(words, self.session.style).left_out
        noun = why.noun(words, trace, step)
        own = beside_ours(self.study, words, self.look)
        rows = formula_rows(trace, step, self.session.width, height, self.look, noun, book, left_out, most, own)
        return self._made(rows)

    def _made(self, rows: list[Row]) -> list[Row]:
        """The rows, in which the step's number is one of those that are made while another one is asked for."""
        if self.study.panel is None:
            return rows
        from nntutor.tui.state.panels import Answering  # where no panel is open, none is loaded

        if not isinstance(self.study.panel, Answering):
            return rows
        style = hue(self.study.step.ref)
        return [tuple(piece._replace(style=style) if piece.style == MADE else piece for piece in row) for row in rows]

    @cached_property
    def _keys(self) -> list[Row]:
        """What can be pressed here, or what there is to tell."""
        told, width, height = self._told(), self.session.width, self.session.height
        if not told:
            return [key_line(keys_here(self.session, self.study), self.words, width)]
        return [(Piece(f" {line}", "note"),) for line in told[: max(1, height - _KEPT)]]

    def _told(self) -> list[str]:
        """The lines of what there is to tell."""
        message, note, width = self.session.home.message, self.study.note, self.session.width - 2
        told = [] if note is None else fitting(note, self.words, self.look, width, max(1, self.session.height // 3))
        return [*told, *(wrapped(message, width) if message else [])]


def _left(width: int) -> int:
    """Cells of the left one of two views."""
    return max(_LEFT, width * 4 // 7)


def _parts(height: int) -> tuple[int, int]:
    """Rows for formula and prose, and for the picture (0: none)."""
    bottom = max(_BOTTOM, min(_MOST_BOTTOM, height // 3))
    picture = height - bottom - 4
    if picture < _LEAST_PICTURE:
        return max(1, height - 2), 0
    return bottom, picture


def _shared(height: int, needed: int) -> tuple[int, int]:
    """The same where what is open needs so many rows at the bottom: more than there are it takes from the picture."""
    bottom, picture = _parts(height)
    if not picture or needed <= bottom:
        return bottom, picture
    left = picture + bottom - needed
    return (needed, left) if left >= _LEAST_PICTURE else (max(1, height - 2), 0)


def _formula_height(height: int) -> int:
    return min(max(3, height - 4), 6)


def _sized(rows: list[Row], height: int) -> list[Row]:
    return rows[:height] + [()] * (height - len(rows))
