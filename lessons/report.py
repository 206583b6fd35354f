"""Iterations as people read them: plain text, Markdown, and a LaTeX article.

One walk over an iteration (what is said, in which order) and three ways to set it down. Where a formula is too
long for a line, terms are left out and their number is said; JSON is the format that leaves out nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np

from nntutor.core.figures import figure
from nntutor.core.formula import Expr, Token, evaluate, tokens
from nntutor.core.network import Problem
from nntutor.core.optimizers import RATE_FIELDS
from nntutor.core.symbols import Ref, Style
from nntutor.core.trace import Step, Trace
from nntutor.lessons import why
from nntutor.lessons.cells import cells
from nntutor.lessons.look import ascii_look
from nntutor.lessons.words import Words

DIGITS = 6
"""Significant digits of a result; what goes into it has two more."""
COMPACT = 400
"""An iteration of more steps than this gets one line a step."""
WIDTH = 79
_MOST = (None, 16, 12, 8, 6, 4, 3, 2)
_LEFT_OUT = re.compile(r"(?:…|\.\.\.) (\d+) more (?:…|\.\.\.)")
_CORNER = 6
"""Rows and columns of a matrix that are shown; of a larger one the rest is counted."""


def pieces(
    format: str, problem: Problem, traces: Iterable[Trace], words: Words, style: Style, steps: bool
) -> Iterator[str]:
    """The report in "text", "md" or "tex", piece by piece."""
    speech = Speech(words, Style.LATEX if format == "tex" else style)
    kinds: dict[str, Callable[[Speech], Sheet]] = {"text": Text, "md": Markdown, "tex": Tex}
    sheet = kinds[format](speech)
    yield from sheet.head(problem)
    for trace in traces:
        yield from sheet.iteration(trace)
        yield from _steps(sheet, speech, trace) if steps else _whole(sheet, speech, trace)
        yield from sheet.result(
            "E", figure(trace.error_after, DIGITS, style=speech.style), speech.say("cli.error_after")
        )
        if trace.diverged:
            yield from sheet.note(speech.say("cli.diverged", iteration=trace.iteration))
    yield from sheet.foot()


def _steps(sheet: Sheet, speech: Speech, trace: Trace) -> Iterator[str]:
    phase = ""
    compact = len(trace) > COMPACT
    for step in trace:
        if step.phase != phase:
            if phase:
                yield from sheet.close()
            phase = step.phase
            yield from sheet.phase(speech.say(f"phase.{phase}"))
        yield from sheet.step(Shown(speech, trace, step, compact))
    yield from sheet.close()


def _whole(sheet: Sheet, speech: Speech, trace: Trace) -> Iterator[str]:
    last = len(trace.problem.network.layers)
    for layer in range(1, last + 1):
        yield from sheet.phase(speech.layer(layer, last))
        for kind, word in _WHOLE:
            try:
                array = trace.array(kind, layer)
            except KeyError:
                continue
            yield from sheet.matrix(Matrix.of(speech, array), speech.say(word))
        yield from sheet.close()
    if trace.problem.error == "softmax-ce":
        yield from sheet.matrix(Matrix.of(speech, trace.array("prob")), speech.say("kind.probability"))
    yield from sheet.result("E", figure(trace.error, DIGITS, style=speech.style), speech.say("kind.error"))


# What of a layer is shown as a whole, and what it is called.
_WHOLE = (
    ("weight", "views.weights"), ("bias", "views.bias"), ("net", "views.net"), ("out", "views.out"),
    ("delta", "views.delta"), ("grad", "views.gradients"), ("bias_grad", "export.bias_gradients"),
    ("new", "views.new_weights"), ("bias_new", "export.new_bias"),
)  # fmt: skip


# --- what is said ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Speech:
    """The words of a language in one look."""

    words: Words
    style: Style

    def plain(self, phrase: str) -> str:
        return ascii_look(phrase) if self.style is Style.ASCII else phrase

    def say(self, key: str, **facts: object) -> str:
        return self.plain(self.words.say(key, **facts))

    def layer(self, layer: int, last: int) -> str:
        if layer == last:
            return self.say("views.output_layer")
        return self.say("views.hidden_layer") if last == 2 else self.say("views.hidden_layer_n", layer=layer)

    def about(self, problem: Problem) -> str:
        """Sizes, error, optimizer and order of samples, in one line."""
        optimizer = problem.optimizer
        plain = Style.ASCII if self.style is Style.ASCII else Style.UNICODE
        rates = ", ".join(
            f"{self.rate(kind)} {figure(getattr(optimizer, field), style=plain)}"
            for kind, field in RATE_FIELDS.items()
            if field in optimizer.rule.rates
        )
        name = "sgd_full" if optimizer.name == "sgd" and problem.batch == "full" else optimizer.name
        batch = problem.batch if isinstance(problem.batch, str) else "mini"
        return self.plain(
            " · ".join(
                (
                    "-".join(map(str, problem.network.sizes)),
                    self.words.say(f"error_name.{problem.error}"),
                    f"{self.words.say(f'optimizer_name.{name}')}, {rates}",
                    self.words.say(f"batch_name.{batch}", size=problem.batch_size),
                )
            )
        )

    def rate(self, kind: str) -> str:
        names = {
            "rate_eta": "η",
            "rate_mu": "μ",
            "rate_beta1": "β₁",
            "rate_beta2": "β₂",
            "rate_rho": "ρ",
            "rate_eps": "ε",
        }
        return self.plain(names[kind])

    def samples(self, trace: Trace) -> str:
        """ "samples 0, 1, 2": by their index in the data, as symbols and JSON count them."""
        shown = [str(sample) for sample in trace.samples]
        if len(shown) > 12:
            shown = [*shown[:4], "…", shown[-1]]
        return self.say("cli.samples", samples=self.plain(", ".join(shown)))

    def left_out(self, piece: str) -> str:
        """Where terms are left out, that and how many."""
        found = _LEFT_OUT.search(piece)
        if found is None:
            return piece
        said = self.words.say("cli.more_terms", count=found[1])
        dots = {Style.LATEX: r"\cdots", Style.ASCII: "..."}.get(self.style, "…")
        said = rf"\text{{ {said} }}" if self.style is Style.LATEX else f" {said} "
        return _LEFT_OUT.sub(lambda _: dots + said + dots, piece)


# --- one step ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A step in one look: symbol, formula, figures, value, and what it is called."""

    speech: Speech
    trace: Trace
    step: Step
    compact: bool

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
            return rf"\left({shown}\right)" if r"\cdot" in shown and not shown.startswith("-") else shown
        return shown

    @property
    def value(self) -> str:
        shown = figure(self.step.value, DIGITS, style=self.style)
        return latex_number(shown) if self.style is Style.LATEX else shown

    def formula(self, width: int) -> str:
        return self._fitted(self.step.full, self.name, width)

    def figures(self, width: int) -> str:
        return self._fitted(self.step.full, self.amount, width)

    def textbook(self, width: int) -> str:
        return "" if self.step.textbook is None else self._fitted(self.step.textbook, self.name, width)

    def _fitted(self, tree: Expr, leaf: Callable[[Ref], str], width: int) -> str:
        spelled = ""
        for most in _MOST:
            shortened = tokens(tree, leaf, self.style, most)
            spelled = "".join(self.speech.left_out(piece) for piece in map(_text, shortened))
            if measured(spelled, self.style) <= width:
                break
        return spelled

    @property
    def equals(self) -> str:
        """The sign before the value: "=" where redoing the shown arithmetic gives the shown value, else "≈"."""

        def rounded(ref: Ref) -> float:
            return float(f"{self.trace.value(ref):.{DIGITS + 2}g}")

        again = evaluate(self.step.full, rounded)
        if f"{again:.{DIGITS}g}" == f"{self.step.value:.{DIGITS}g}":
            return "="
        return {Style.LATEX: r"\approx", Style.ASCII: "~"}.get(self.style, "≈")


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
    return {"inf": r"\infty", "-inf": r"-\infty", "nan": r"\mathrm{nan}"}.get(shown, shown)


# --- one matrix --------------------------------------------------------------------------------------


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
            line = "  ".join(shown.rjust(width) for shown in row)
            yield line + (f"  {self.more('columns', self.more_columns)}" if self.more_columns else "")
        if self.more_rows:
            yield self.more("rows", self.more_rows)

    def more(self, what: str, count: int) -> str:
        return self.speech.plain(f"… {self.speech.words.say(f'export.more_{what}', count=count)}")


# --- three ways to set it down -----------------------------------------------------------------------


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
        line = self.speech.plain(
            f"{self.speech.words.say('cli.iteration', iteration=trace.iteration)} · {self.speech.samples(trace)}"
        )
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
        title = f"{self.speech.words.say('cli.iteration', iteration=trace.iteration)} · {self.speech.samples(trace)}"
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
        title = f"{self.speech.words.say('cli.iteration', iteration=trace.iteration)} · {self.speech.samples(trace)}"
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
