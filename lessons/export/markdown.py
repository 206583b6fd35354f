"""An iteration as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nntutor.core.engine.trace import Trace
from nntutor.core.problems.network import Problem
from nntutor.lessons.export.steps import Matrix, Shown
from nntutor.lessons.language.speech import Speech


class Markdown:
    """Markdown: a table a phase; formulas in code, so that no sign in them means anything else."""

    _SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|&~$])")

    def __init__(self, speech: Speech) -> None:
        self.speech = speech

    def escaped(self, phrase: str) -> str:
        return self._SPECIAL.sub(r"\\\1", " ".join(phrase.split()))

    def head(self, problem: Problem) -> Iterator[str]:
        yield f"# {self.escaped(self.speech.title(problem) or self.speech.say('course.title'))}\n\n"
        if source := self.speech.source(problem):
            yield f"{self.escaped(source)}\n\n"
        yield f"{self.escaped(self.speech.about(problem))}\n"

    def iteration(self, trace: Trace) -> Iterator[str]:
        title = self.speech.heading(trace)
        yield f"\n## {self.escaped(self.speech.plain(title))}\n"
        self._table = False

    def phase(self, name: str) -> Iterator[str]:
        yield f"\n### {self.escaped(name)}\n\n"
        self._table = False

    def step(self, shown: Shown) -> Iterator[str]:
        if not self._table:
            self._table = True
            columns = [self.speech.say(f"export.{key}") for key in ("step", "what", "formula", "figures", "value")]
            yield f"| {' | '.join(columns)} |\n| ---: | --- | --- | --- | ---: |\n"
        width = 120
        formula = f"`{shown.symbol} = {shown.formula(width)}`"
        if book := shown.textbook(width):
            formula += f" ({self.speech.say('export.textbook', formula=f'`{book}`')})"
        figures = f"`{shown.figures(width)}`"
        row = (str(shown.step.index), self.escaped(shown.noun), formula, figures, f"`{shown.value}`")
        yield f"| {' | '.join(row)} |\n"

    def matrix(self, matrix: Matrix, name: str) -> Iterator[str]:
        yield f"{self.escaped(name)}\n\n```text\n"
        for line in matrix.lines():
            yield f"{line}\n"
        yield "```\n\n"

    def close(self) -> Iterator[str]:
        return iter(())

    def result(self, symbol: str, value: str, name: str) -> Iterator[str]:
        yield f"\n`{symbol} = {value}` {self.escaped(name)}\n"

    def note(self, sentence: str) -> Iterator[str]:
        yield f"\n**{self.escaped(sentence)}**\n"

    def foot(self) -> Iterator[str]:
        return iter(())
