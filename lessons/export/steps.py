"""A step, a matrix and a label in one look and one language, ready to be set down by any report.

Where a formula is too long for a line, terms are left out and their number is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from nntutor.core.engine.step import Step
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.figures import figure, substituted
from nntutor.core.notation.formula import Expr
from nntutor.core.notation.redoing import equals, rounded
from nntutor.core.notation.spelling import Token, text, tokens
from nntutor.core.notation.style import Style
from nntutor.core.notation.symbols import Ref
from nntutor.lessons.language import why
from nntutor.lessons.language.cells import at_right, cells
from nntutor.lessons.language.speech import Speech

DIGITS = 6
"""Significant digits of a result; what goes into it has two more."""
_MOST = (None, 16, 12, 8, 6, 4, 3, 2)
_CORNER = 6
"""Rows and columns of a matrix that are shown; of a larger one the rest is counted."""


@dataclass(frozen=True)
class Shown:
    """A step in one look: symbol, formula, figures, value, and what it is called.

    cases: what is one of two numbers is told as on the screen, 1 if … > 0 else 0; a report keeps to the grammar.
    """

    speech: Speech
    trace: Trace
    step: Step
    compact: bool
    cases: bool = False

    @property
    def style(self) -> Style:
        return self.speech.style

    @property
    def symbol(self) -> str:
        return self.name(self.step.ref)

    @property
    def noun(self) -> str:
        return self.speech.plain(why.noun(self.speech.words, self.trace, self.step))

    def name(self, ref: Ref) -> str:
        symbol = self.trace.symbol(ref, self.style)
        # A power of a symbol that has one already needs a group of its own in LaTeX.
        return f"{{{symbol}}}" if self.style is Style.LATEX and "^" in symbol else symbol

    def amount(self, ref: Ref) -> str:
        shown = figure(self.trace.value(ref), DIGITS + 2, style=self.style)
        if self.style is Style.LATEX:
            shown = latex_number(shown)
            return f"{{({shown})}}" if r"\cdot" in shown and not shown.startswith("-") else shown
        return shown

    @property
    def value(self) -> str:
        shown = figure(self.step.value, DIGITS, style=self.style)
        return latex_number(shown) if self.style is Style.LATEX else shown

    def formula(self, width: int) -> str:
        return self._fitted(self.step.full, self.name, width)

    def figures(self, width: int) -> str:
        return self._fitted(self.step.full, self.amount, width)

    def chain(self, formula: int, figures: int) -> str:
        """Formula, figures and value in one line, each once, in about so many cells each."""
        made = dict.fromkeys((self.formula(formula), self.figures(figures)))
        return "".join(f"= {one} " for one in made if one != self.value) + f"{self.equals} {self.value}"

    def textbook(self, width: int) -> str:
        return "" if self.step.textbook is None else self._fitted(self.step.textbook, self.name, width)

    def _fitted(self, tree: Expr, leaf: Callable[[Ref], str], width: int) -> str:
        spelled = ""
        for most in _MOST:
            shortened = tokens(tree, leaf, self.style, most, self.cases or self.style is Style.LATEX)
            spelled = "".join(self.speech.left_out(piece) for piece in map(_text, shortened))
            if measured(spelled, self.style) <= width:
                break
        return spelled

    @property
    def equals(self) -> str:
        """The sign before the value."""

        def amount(ref: Ref) -> str:
            return figure(self.trace.value(ref), DIGITS + 2, style=Style.ASCII)

        shown = figure(self.step.value, DIGITS, style=Style.ASCII)
        return equals(
            self.step.full, amount, shown, self.style, lambda ref: rounded(self.trace.values(ref), DIGITS + 2)
        )


def _text(token: Token) -> str:
    return token.text


def measured(spelled: str, style: Style) -> int:
    """About how many letters wide a formula is; LaTeX's commands and braces take no room of their own."""
    if style is not Style.LATEX:
        return cells(spelled)
    return len(
        re.sub(
            r"\\(?:left|right|mathrm|text|frac|tfrac|partial)|[{}_^ ]|\\",
            "",
            re.sub(r"\\[a-z]+", "N", spelled),
        )
    )


def latex_number(shown: str) -> str:
    """A figure in LaTeX; one with a power of ten is kept on one line."""
    return {"inf": r"\infty", "-inf": r"-\infty", "nan": r"\mathrm{nan}"}.get(shown, shown)


@dataclass(frozen=True)
class Matrix:
    """The corner of a matrix that is shown, and how many rows and columns are not."""

    rows: tuple[tuple[str, ...], ...]
    more_rows: int
    more_columns: int
    speech: Speech

    @classmethod
    def of(cls, speech: Speech, array: np.ndarray) -> Matrix:
        table = np.atleast_2d(array)
        rows = tuple(
            tuple(figure(float(value), DIGITS, style=speech.style) for value in row[:_CORNER])
            for row in table[:_CORNER]
        )
        return cls(rows, max(0, table.shape[0] - _CORNER), max(0, table.shape[1] - _CORNER), speech)

    def lines(self) -> Iterator[str]:
        width = max(cells(shown) for row in self.rows for shown in row)
        for row in self.rows:
            line = "  ".join(at_right(shown, width) for shown in row)
            yield line + (f"  {self.more('columns', self.more_columns)}" if self.more_columns else "")
        if self.more_rows:
            yield self.more("rows", self.more_rows)

    def more(self, what: str, count: int) -> str:
        return self.speech.plain(f"… {self.speech.words.say(f'export.more_{what}', count=count)}")


def filled(step: Step, trace: Trace, style: Style = Style.UNICODE) -> str:
    """A step's formula with figures of 9 significant digits for its names."""

    def leaf(ref: Ref) -> str:
        figures = substituted(trace.value(ref))
        return figures.replace("−", "-") if style is Style.ASCII else figures

    return text(tokens(step.formula, leaf, style))
