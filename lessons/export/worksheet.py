"""A sheet of fresh problems with blanks, or with every step of their answers, in Markdown or LaTeX."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from nntutor.lessons.course.practice import Exercise
from nntutor.lessons.export import posed
from nntutor.lessons.export.latex import breaking, opened
from nntutor.lessons.export.latex_letters import escaped
from nntutor.lessons.export.markdown import Markdown
from nntutor.lessons.export.posed import Posed
from nntutor.lessons.export.steps import Shown
from nntutor.lessons.language.speech import Speech

_FORMULA, _FIGURES = 56, 72
_MOST_GIVEN = 8
"""Given numbers in a row."""


class Page(Protocol):
    """One of the formats of a sheet."""

    def head(self, title: str, seed: str) -> Iterator[str]: ...
    def problem(self, number: int, title: str, about: str) -> Iterator[str]: ...
    def given(self, numbers: list[tuple[str, str]]) -> Iterator[str]: ...
    def blank(self, symbol: str, digits: str) -> Iterator[str]: ...
    def step(self, shown: Shown) -> Iterator[str]: ...
    def foot(self) -> Iterator[str]: ...


def pieces(format: str, speech: Speech, problems: Iterable[Exercise], seed: int, solutions: bool) -> Iterator[str]:
    """The sheet in "md" or "tex", piece by piece; speech in the style of the format."""
    page: Page = _Tex(speech) if format == "tex" else _Markdown(speech)
    say = speech.say
    yield from page.head(say("sheet.solutions" if solutions else "sheet.title"), say("sheet.seed", seed=seed))
    for number, made in enumerate(problems, 1):
        yield from page.problem(number, posed.heading(speech, made), posed.about(speech, made))
        yield from page.given(list(posed.given(speech, made)))
        if solutions:
            for shown in posed.worked(speech, made):
                yield from page.step(shown)
            continue
        for asked in made.asked:
            yield from page.blank(Posed(speech, asked).symbol, say("sheet.digits", digits=asked.digits))
    yield from page.foot()


class _Markdown:
    def __init__(self, speech: Speech) -> None:
        self._escaped = Markdown(speech).escaped

    def head(self, title: str, seed: str) -> Iterator[str]:
        yield f"# {self._escaped(title)}\n\n{self._escaped(seed)}\n"

    def problem(self, number: int, title: str, about: str) -> Iterator[str]:
        yield f"\n## {number}. {self._escaped(title)}\n\n{self._escaped(about)}\n\n"

    def given(self, numbers: list[tuple[str, str]]) -> Iterator[str]:
        yield f"{', '.join(f'`{symbol} = {figure}`' for symbol, figure in numbers)}\n\n"

    def blank(self, symbol: str, digits: str) -> Iterator[str]:
        yield f"- `{symbol} =` \\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_ ({self._escaped(digits)})\n"

    def step(self, shown: Shown) -> Iterator[str]:
        yield f"- `{shown.symbol} = {shown.formula(_FORMULA)}`"
        figures = shown.figures(_FIGURES)
        yield f" `= {figures}`" if figures != shown.value else ""
        yield f" `{shown.equals} {shown.value}`\n"

    def foot(self) -> Iterator[str]:
        return iter(())


class _Tex:
    def __init__(self, speech: Speech) -> None:
        self._language = speech.words.language

    def head(self, title: str, seed: str) -> Iterator[str]:
        yield from opened(escaped(title), self._language)
        yield f"{escaped(seed)}\n"

    def problem(self, number: int, title: str, about: str) -> Iterator[str]:
        yield f"\n\\subsection*{{{number}. {escaped(title)}}}\n{escaped(about)}\\par\\smallskip\n"

    def given(self, numbers: list[tuple[str, str]]) -> Iterator[str]:
        row = r",\quad ".join(rf"\mbox{{${symbol} = {figure}$}}" for symbol, figure in numbers)
        yield f"{{\\raggedright {row}\\par}}\n"

    def blank(self, symbol: str, digits: str) -> Iterator[str]:
        yield f"\\step{{{symbol}}}{{= \\underline{{\\hspace{{5cm}}}}}}{{{escaped(digits)}}}\n"

    def step(self, shown: Shown) -> Iterator[str]:
        yield f"\\step{{{shown.symbol}}}{{= {breaking(shown.formula(_FORMULA))}}}{{{escaped(shown.noun)}}}\n"
        figures = shown.figures(_FIGURES)
        yield f"\\row{{= {breaking(figures)}}}\n" if figures != shown.value else ""
        yield f"\\row{{{shown.equals} {shown.value}}}\n"

    def foot(self) -> Iterator[str]:
        yield "\\end{document}\n"
