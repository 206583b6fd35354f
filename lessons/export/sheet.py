"""Three ways to set an iteration down: plain text, Markdown, and a LaTeX article that compiles by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar, Protocol

from nntutor.core.engine.trace import Trace
from nntutor.core.problems.network import Problem
from nntutor.lessons.export.steps import Matrix, Shown, Speech, latex_number
from nntutor.lessons.language.cells import cells

WIDTH = 79


class Sheet(Protocol):
    """One of the formats that people read."""

    def __init__(self, speech: Speech) -> None: ...
    def head(self, problem: Problem) -> Iterator[str]: ...
    def iteration(self, trace: Trace) -> Iterator[str]: ...
    def phase(self, name: str) -> Iterator[str]: ...
    def step(self, shown: Shown) -> Iterator[str]: ...
    def matrix(self, matrix: Matrix, name: str) -> Iterator[str]: ...
    def close(self) -> Iterator[str]: ...
    def result(self, symbol: str, value: str, name: str) -> Iterator[str]: ...
    def note(self, sentence: str) -> Iterator[str]: ...
    def foot(self) -> Iterator[str]: ...


class Text:
    """Plain text: three rows a step, as on the screen."""

    def __init__(self, speech: Speech) -> None:
        self.speech = speech

    def head(self, problem: Problem) -> Iterator[str]:
        if problem.title:
            yield f"{problem.title}\n"
        if problem.source:
            yield f"{self.speech.say('cli.source', source=problem.source)}\n"
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


class Markdown:
    """Markdown: a table a phase; formulas in code, so that no sign in them means anything else."""

    _SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|])")

    def __init__(self, speech: Speech) -> None:
        self.speech = speech

    def escaped(self, phrase: str) -> str:
        return self._SPECIAL.sub(r"\\\1", " ".join(phrase.split()))

    def head(self, problem: Problem) -> Iterator[str]:
        yield f"# {self.escaped(problem.title or self.speech.say('course.title'))}\n\n"
        if problem.source:
            yield f"{self.escaped(self.speech.say('cli.source', source=problem.source))}\n\n"
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


_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")


class Tex:
    """A LaTeX article that compiles by itself."""

    _ESCAPES: ClassVar[dict[str, str]] = {
        "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_",
        "%": r"\%", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "½": r"$\tfrac12$", "−": "$-$",
        "×": r"$\times$", "·": r"$\cdot$", "∂": r"$\partial$", "δ": r"$\delta$", "η": r"$\eta$", "μ": r"$\mu$",
        "β": r"$\beta$", "ρ": r"$\rho$", "ε": r"$\varepsilon$", "σ": r"$\sigma$", "₁": "$_1$", "₂": "$_2$",
        "…": r"\ldots{}",
    }  # fmt: skip

    def __init__(self, speech: Speech) -> None:
        self.speech = speech
        self._open = False

    def escaped(self, phrase: str) -> str:
        return "".join(self._ESCAPES.get(letter, letter) for letter in " ".join(phrase.split()))

    def head(self, problem: Problem) -> Iterator[str]:
        title = problem.title or self.speech.say("course.title")
        source = (
            f"\\noindent {self.escaped(self.speech.say('cli.source', source=problem.source))}\n\n"
            if problem.source
            else ""
        )
        korean = self.speech.words.language == "ko" or bool(_HANGUL.search(title + source))
        yield "\\documentclass[10pt,a4paper]{article}\n\\usepackage[margin=15mm]{geometry}\n"
        yield "\\usepackage{amsmath}\n"
        if korean:
            yield "% Korean needs the package kotex (in TeX Live: texlive-lang-korean).\n\\usepackage{kotex}\n"
        yield "\\allowdisplaybreaks\n\\setlength{\\parindent}{0pt}\n"
        yield f"\\title{{{self.escaped(title)}}}\n\\author{{}}\n\\date{{}}\n\\begin{{document}}\n\\maketitle\n"
        yield f"{source}\\noindent {self.escaped(self.speech.about(problem))}\n"

    def iteration(self, trace: Trace) -> Iterator[str]:
        title = self.speech.heading(trace)
        yield f"\n\\section*{{{self.escaped(title)}}}\n"

    def phase(self, name: str) -> Iterator[str]:
        yield f"\\subsection*{{{self.escaped(name)}}}\n"

    def step(self, shown: Shown) -> Iterator[str]:
        # Rows of one align end with \\ except the last: each row is written after the next is known to follow.
        yield "" if self._open else "{\\small\n\\begin{align*}\n"
        yield " \\\\[3pt]\n" if self._open else ""
        self._open = True
        symbol, noun = shown.symbol, self.escaped(shown.noun)
        if shown.compact:
            yield f"{symbol} &= {shown.formula(40)} = {shown.value}"
            return
        yield f"{symbol} &= {shown.formula(56)} && \\text{{{shown.step.index}: {noun}}} \\\\\n"
        if book := shown.textbook(48):
            yield f" &\\quad (\\text{{{self.escaped(self.speech.say('export.textbook', formula=''))}}} {book}) \\\\\n"
        figures = shown.figures(88)
        if figures != shown.value:
            yield f" &= {figures} \\\\\n"
        yield f" &{shown.equals} {shown.value}"

    def matrix(self, matrix: Matrix, name: str) -> Iterator[str]:
        rows = [" & ".join(latex_number(shown) for shown in row) for row in matrix.rows]
        if matrix.more_columns:
            rows = [rf"{row} & \cdots" for row in rows]
        if matrix.more_rows:
            rows.append(r"\vdots")
        more = [
            self.speech.words.say(f"export.more_{what}", count=count)
            for what, count in (("rows", matrix.more_rows), ("columns", matrix.more_columns))
            if count
        ]
        label = self.escaped(name + (f" ({', '.join(more)})" if more else ""))
        body = " \\\\\n".join(rows)
        yield f"\\[ \\text{{{label}: }} \\begin{{bmatrix}}\n{body}\n\\end{{bmatrix}} \\]\n"

    def close(self) -> Iterator[str]:
        if self._open:
            self._open = False
            yield "\n\\end{align*}}\n"

    def result(self, symbol: str, value: str, name: str) -> Iterator[str]:
        yield f"\n$ {symbol} = {latex_number(value)} $ \\quad {self.escaped(name)}\n\n"

    def note(self, sentence: str) -> Iterator[str]:
        yield f"\n\\textbf{{{self.escaped(sentence)}}}\n\n"

    def foot(self) -> Iterator[str]:
        yield "\\end{document}\n"
