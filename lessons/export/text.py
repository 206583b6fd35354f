"""An iteration as plain text."""

from __future__ import annotations

from collections.abc import Iterator

from nntutor.core.engine.trace import Trace
from nntutor.core.problems.network import Problem
from nntutor.lessons.export.steps import Matrix, Shown
from nntutor.lessons.language.cells import cells
from nntutor.lessons.language.speech import Speech

WIDTH = 79


class Text:
    """Plain text: three rows a step, as on the screen."""

    def __init__(self, speech: Speech) -> None:
        self.speech = speech

    def head(self, problem: Problem) -> Iterator[str]:
        for line in filter(None, (self.speech.title(problem), self.speech.source(problem))):
            yield f"{line}\n"
        yield f"{self.speech.about(problem)}\n"

    def iteration(self, trace: Trace) -> Iterator[str]:
        line = self.speech.heading(trace)
        yield f"\n{line}\n{'=' * cells(line)}\n"

    def phase(self, name: str) -> Iterator[str]:
        yield f"\n{name}\n{'-' * cells(name)}\n"

    def step(self, shown: Shown) -> Iterator[str]:
        start = f"{shown.step.index:>4}  {shown.symbol}"
        margin = " " * cells(start)
        if shown.compact:
            yield f"{start} = {shown.formula(WIDTH + 20 - cells(start) - len(shown.value))} = {shown.value}\n"
            return
        room = WIDTH - cells(margin) - 3
        formula = f"{start} = {shown.formula(room)}"
        gap = WIDTH - cells(formula) - cells(shown.noun)
        yield f"{formula}{' ' * gap + shown.noun if gap > 1 else ''}\n"
        if book := shown.textbook(room - 20):
            yield f"{margin}   ({self.speech.say('export.textbook', formula=book)})\n"
        figures = shown.figures(room)
        if figures != shown.value:
            yield f"{margin} = {figures}\n"
        yield f"{margin} {shown.equals} {shown.value}\n"

    def matrix(self, matrix: Matrix, name: str) -> Iterator[str]:
        yield f"  {name}\n"
        for line in matrix.lines():
            yield f"    {line}\n"

    def close(self) -> Iterator[str]:
        return iter(())

    def result(self, symbol: str, value: str, name: str) -> Iterator[str]:
        yield f"\n{symbol} = {value}  {name}\n"

    def note(self, sentence: str) -> Iterator[str]:
        yield f"\n{sentence}\n"

    def foot(self) -> Iterator[str]:
        return iter(())
