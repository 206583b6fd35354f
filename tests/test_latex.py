"""LaTeX: what `trace --format tex` writes compiles whatever a title is, and its formulas break where the page ends.

No TeX is needed here: these are the laws that make it so. `bench/latex.py` compiles.
"""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nntutor.core import foreign
from nntutor.core.files.problem import parse
from nntutor.core.notation.style import Style
from nntutor.lessons.course import builtin
from nntutor.lessons.export import latex_letters, write
from nntutor.lessons.export.iterations import iterations
from nntutor.lessons.export.steps import measured
from nntutor.lessons.language import words

WIDE = """
error = "softmax-ce"
[[layer]]
units = 30
activation = "tanh"
initial = "xavier"
[[layer]]
units = 25
initial = "xavier"
activation = "identity"
[[sample]]
input = [0.1]
target = [%s1]
""" % ("0, " * 24)


def unbroken(formula: str) -> list[str]:
    """The pieces of a LaTeX formula between which a line may end: outside braces, after a sign."""
    pieces, depth = [""], 0
    for token in re.findall(r"\\[A-Za-z]+|.", formula):
        depth += {"{": 1, "}": -1}.get(token, 0)
        pieces[-1] += token
        if depth == 0 and token in (*"+-=", r"\cdot", r"\allowbreak"):
            pieces.append("")
    return pieces


# deep-he has the formulas of deep, which are the most, and weights of as many digits.
@pytest.mark.parametrize("name", [*(name for name in builtin.names() if name != "deep-he"), "wide"])
def test_no_piece_of_a_latex_formula_is_wider_than_the_page(name: str) -> None:
    out = io.StringIO()
    problem = parse(WIDE, "wide") if name == "wide" else builtin.open(name)
    write.write(out, "tex", problem, iterations(problem), words.load("en"))
    rows = re.findall(r"^\\(?:step|row)\{(.*)\}$", out.getvalue(), re.MULTILINE)
    assert rows
    for row in rows:
        formula = row.rpartition("}{")[0] if "}{=" in row else row
        # A line of the page holds about 110 letters of this size.
        assert max(measured(piece, Style.LATEX) for piece in unbroken(formula.partition("}{=")[2] or formula)) <= 80, (
            row
        )


@given(st.text(max_size=60))
@example("".join(map(chr, range(32, 0x400))))
@example("√2 ≤ θ → ½ — “a” --- <b> |c| é ñ ǰ 역전파 反 😀 m\u0302")
def test_any_text_is_latex_that_compiles(text: str) -> None:
    """Of signs that mean something only those of commands that every engine's fonts have; `bench/latex.py` compiles."""
    shown = latex_letters.escaped(foreign.clean(text, 2000))
    bare = re.sub(r"\\letter\{[0-9A-F]{4,6}\}\{(.)\}", "", shown, flags=re.DOTALL)
    assert re.fullmatch(r"[\x20-\x7e\u3131-\u3163가-힣]*", bare)
    known = {*latex_letters._TEXT.values(), *(f"${one}$" for one in latex_letters._MATH.values())}
    for sign in sorted(known, key=len, reverse=True):
        bare = bare.replace(sign, "") if "\\" in sign or "$" in sign else bare
    bare = re.sub(r"\\[`'^~=u.\"rHvdcb]\{(?:[A-Za-z]|\\[ij])\}|-\{\}", "", bare)
    assert not re.search(r"[\\$&#_%~^<>|]|[^`']\{", bare), bare


def test_what_only_some_engines_can_set_is_declared() -> None:
    for title, declared in (("√2 ≤ θ", False), ("역전파", False), ("反向", True), ("😀", True)):
        out = io.StringIO()
        problem = replace(builtin.open("xor"), title=title)
        write.write(out, "tex", problem, iterations(problem), words.load("en"))
        assert (r"\newcommand{\letter}" in out.getvalue()) is declared
        assert (r"\usepackage{kotex}" in out.getvalue()) is (title == "역전파")
