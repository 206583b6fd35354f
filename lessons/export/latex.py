"""An iteration as a LaTeX document that compiles as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from nntutor.core.engine.trace import Trace
from nntutor.core.problems.network import Problem
from nntutor.lessons.export.steps import Matrix, Shown, latex_number
from nntutor.lessons.language.speech import Speech

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
        title = self.speech.title(problem) or self.speech.say("course.title")
        source = self.speech.source(problem)
        source = f"\\noindent {self.escaped(source)}\n\n" if source else ""
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
