"""A sheet of fresh problems with blanks, or with every step of their answers, in Markdown or LaTeX."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from nntutor.core.notation.style import Style
from nntutor.lessons.course.bugs import Bug
from nntutor.lessons.course.practice import Exercise
from nntutor.lessons.export.latex import breaking, opened
from nntutor.lessons.export.latex_letters import escaped
from nntutor.lessons.export.markdown import Markdown
from nntutor.lessons.export.steps import Shown
from nntutor.lessons.language.speech import Speech
from nntutor.lessons.posing import posed
from nntutor.lessons.posing.posed import Posed
from nntutor.lessons.posing.posed_bug import PosedBug

_FORMULA, _FIGURES = 56, 72
_LINE = r"\_" * 12


class Page(Protocol):
    """One of the formats of a sheet."""

    def head(self, title: str, seed: str) -> Iterator[str]: ...
    def problem(self, number: int, title: str, about: str) -> Iterator[str]: ...
    def given(self, numbers: list[tuple[str, str]]) -> Iterator[str]: ...
    def blank(self, symbol: str, digits: str) -> Iterator[str]: ...
    def step(self, shown: Shown) -> Iterator[str]: ...
    def line(self, shown: Shown) -> Iterator[str]: ...
    def sentence(self, text: str) -> Iterator[str]: ...
    def foot(self) -> Iterator[str]: ...


def pieces(
    format: str, speech: Speech, problems: Iterable[Exercise | Bug], seed: int, solutions: bool
) -> Iterator[str]:
    """The sheet in "md" or "tex", piece by piece; speech in the style of the format."""
    page: Page = _Tex(speech) if format == "tex" else _Markdown(speech)
    say = speech.say
    yield from page.head(say("sheet.solutions" if solutions else "sheet.title"), say("sheet.seed", seed=seed))
    for number, made in enumerate(problems, 1):
        if isinstance(made, Bug):
            yield from _bug(page, number, PosedBug(speech, made), solutions)
            continue
        yield from page.problem(number, posed.heading(speech, made), posed.about(speech, made))
        yield from page.given(list(posed.given(speech, made)))
        if solutions:
            for shown in posed.worked(speech, made):
                yield from page.step(shown)
            continue
        for asked in made.asked:
            yield from page.blank(Posed(speech, asked).symbol, say("sheet.digits", digits=asked.digits))
    yield from page.foot()


def _bug(page: Page, number: int, said: PosedBug, solutions: bool) -> Iterator[str]:
    """An iteration line by line, and a blank for the first wrong one; or which that is, and what shows it."""
    yield from page.problem(number, said.title, said.about)
    yield from page.given(said.given)
    yield from page.sentence(said.speech.say("bug.ask"))
    for shown in said.lines:
        yield from page.line(shown)
    if not solutions:
        yield from page.sentence(said.speech.say("bug.blank"))
        yield from page.sentence("")
        return
    # Sentences are letters in either format; what is a formula stands in lines of its own.
    style = Style.UNICODE if said.speech.style is Style.LATEX else said.speech.style
    plain = PosedBug(Speech(said.speech.words, style), said.bug)
    yield from page.sentence(plain.ended(found=False))
    for called, shown in said.pair:
        yield from page.sentence(called)
        yield from page.line(shown)
    for sentence in plain.shown:
        yield from page.sentence(sentence)


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
        yield f"- `{symbol} =` {_LINE} ({self._escaped(digits)})\n"

    def step(self, shown: Shown) -> Iterator[str]:
        yield f"- `{shown.symbol} = {shown.formula(_FORMULA)}`"
        figures = shown.figures(_FIGURES)
        yield f" `= {figures}`" if figures != shown.value else ""
        yield f" `{shown.equals} {shown.value}`\n"

    def line(self, shown: Shown) -> Iterator[str]:
        yield f"{shown.step.index}. `{shown.symbol} {shown.chain(_FORMULA, _FIGURES)}`\n"

    def sentence(self, text: str) -> Iterator[str]:
        yield f"\n{self._escaped(text) if text else _LINE}\n\n"

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

    def line(self, shown: Shown) -> Iterator[str]:
        chain = breaking(shown.chain(_FORMULA, _FIGURES))
        yield f"\\step{{{shown.symbol}}}{{{chain}}}{{{shown.step.index}}}\n"

    def sentence(self, text: str) -> Iterator[str]:
        said = escaped(text) if text else r"\underline{\hspace{12cm}}"
        yield f"\\par\\addvspace{{6pt}}{{\\raggedright\\noindent {said}\\par}}\n"

    def foot(self) -> Iterator[str]:
        yield "\\end{document}\n"
