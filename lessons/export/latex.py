"""An iteration as a LaTeX document that compiles as it is, with formulas that break where the page ends."""

from __future__ import annotations

from collections.abc import Iterator

from nntutor.core.engine.trace import Trace
from nntutor.core.notation.style import Style
from nntutor.core.problems.network import Problem
from nntutor.lessons.export.latex_letters import HANGUL, PREAMBLE, escaped
from nntutor.lessons.export.steps import Matrix, Shown, latex_number, measured
from nntutor.lessons.language.speech import Speech

# A formula in the text breaks at its signs; within \left and \right, or in a display, it would not.
_ROWS = r"""\setlength{\parindent}{0pt}
% \step{symbol}{formula}{name} and, below it, \row{formula}; what breaks goes on a little to the right.
\newdimen\before
\newcommand{\place}[2]{\hangindent=\dimexpr\before+2em\relax\hangafter=1
  \hbox to\before{\hss$\displaystyle#1$}$\displaystyle{}#2$}
\newcommand{\step}[3]{\par\addvspace{6pt}\setbox0=\hbox{$\displaystyle#1$}\before=5em
  \ifdim\wd0>\before\before=\wd0\fi\noindent\place{#1}{#2}%
  \unskip\nobreak\hfill\penalty50\hskip1.5em\hbox{}\nobreak\hfill\mbox{#3}\par}
\newcommand{\row}[1]{\nobreak\noindent\place{}{#1}\par}
"""


def opened(title: str, language: str, source: str = "") -> Iterator[str]:
    """An article up to its title, which is escaped, as is whatever else of foreign letters comes in it."""
    yield "\\documentclass[10pt,a4paper]{article}\n\\usepackage[margin=15mm]{geometry}\n"
    yield "\\usepackage{amsmath}\n"
    if language == "ko" or HANGUL.search(title + source):
        yield "% Korean needs the package kotex (in TeX Live: texlive-lang-korean).\n\\usepackage{kotex}\n"
    yield PREAMBLE if "\\letter" in title + source else ""
    yield _ROWS
    yield f"\\title{{{title}}}\n\\author{{}}\n\\date{{}}\n\\begin{{document}}\n\\maketitle\n"


class Tex:
    """A LaTeX article that compiles by itself."""

    def __init__(self, speech: Speech) -> None:
        self.speech = speech
        self._open = False

    def head(self, problem: Problem) -> Iterator[str]:
        title = escaped(self.speech.title(problem) or self.speech.say("course.title"))
        source = escaped(self.speech.source(problem))
        yield from opened(title, self.speech.words.language, source)
        yield f"{{\\raggedright {source}\\par}}\n" if source else ""
        yield f"{escaped(self.speech.about(problem))}\n"

    def iteration(self, trace: Trace) -> Iterator[str]:
        yield f"\n\\section*{{{escaped(self.speech.heading(trace))}}}\n"

    def phase(self, name: str) -> Iterator[str]:
        yield f"\\subsection*{{{escaped(name)}}}\n"

    def step(self, shown: Shown) -> Iterator[str]:
        yield "" if self._open else "{\\small\\raggedright\n"
        self._open = True
        if shown.compact:
            yield f"\\step{{{shown.symbol}}}{{= {breaking(shown.formula(40))} = {shown.value}}}{{}}\n"
            return
        name = f"{shown.step.index}: {escaped(shown.noun)}"
        yield f"\\step{{{shown.symbol}}}{{= {breaking(shown.formula(56))}}}{{{name}}}\n"
        if book := shown.textbook(48):
            said = escaped(self.speech.say("export.textbook", formula=""))
            yield f"\\row{{\\quad (\\text{{{said}}} {breaking(book)})}}\n"
        figures = shown.figures(88)
        if figures != shown.value:
            yield f"\\row{{= {breaking(figures)}}}\n"
        yield f"\\row{{{shown.equals} {shown.value}}}\n"

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
        label = escaped(name + (f" ({', '.join(more)})" if more else ""))
        body = " \\\\\n".join(rows)
        yield f"\n{label}:\\nopagebreak\n{{\\small\\[ \\begin{{bmatrix}}\n{body}\n\\end{{bmatrix}} \\]}}\n"

    def close(self) -> Iterator[str]:
        if self._open:
            self._open = False
            yield "}\n"

    def result(self, symbol: str, value: str, name: str) -> Iterator[str]:
        yield f"\n$ {symbol} = {latex_number(value)} $ \\quad {escaped(name)}\n\n"

    def note(self, sentence: str) -> Iterator[str]:
        yield f"\n\\textbf{{{escaped(sentence)}}}\n\n"

    def foot(self) -> Iterator[str]:
        yield "\\end{document}\n"


_ORDINARY = ((r"\left(", "("), (r"\right)", ")"), (r"\left|", r"\lvert "), (r"\right|", r"\rvert "))
_LARGE = ((r"\left", r"\bigl"), (r"\right", r"\bigr"))


_WIDEST = 60
"""About how many letters a fraction may be wide; no line ends in one."""


def breaking(formula: str) -> str:
    """The formula with signs around its parts between which a line may end."""
    formula = _without_wide_fractions(formula).replace(", ", r",\allowbreak ")
    for sign, other in _LARGE if r"\frac" in formula else _ORDINARY:
        formula = formula.replace(sign, other)
    return formula


def _without_wide_fractions(formula: str) -> str:
    """Wide fractions as quotients of two parentheses."""
    before, sign, rest = formula.partition(r"\frac")
    if not sign:
        return formula
    above, rest = _group(rest)
    below, rest = _group(rest)
    above, below, rest = map(_without_wide_fractions, (above, below, rest))
    if max(measured(part, Style.LATEX) for part in (above, below)) <= _WIDEST:
        return rf"{before}\frac{{{above}}}{{{below}}}{rest}"
    return rf"{before}\left({above}\right) / \left({below}\right){rest}"


def _group(text: str) -> tuple[str, str]:
    """What stands in the braces with which a text begins, and the rest."""
    depth = 0
    for at, letter in enumerate(text):
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if depth == 0:
            return text[1:at], text[at + 1 :]
    raise ValueError(text)
