"""What `trace --format tex` writes, compiled: every lesson, every problem, wide ones, and titles of any letters.

    bench/latex.py [pdflatex | xelatex | lualatex]

Needs TeX Live with texlive-lang-korean, which the tests do not. Prints each document that does not compile or in which
a line is wider than the page, and how many there were.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from nntutor.core.files.problem import parse
from nntutor.core.problems.network import Problem
from nntutor.core.rules.optimizers import OPTIMIZERS
from nntutor.lessons.course import builtin, load
from nntutor.lessons.export import write
from nntutor.lessons.export.iterations import iterations
from nntutor.lessons.language import words

ONE = parse("[[layer]]\nunits = 1\n[[sample]]\ninput = [1]\ntarget = [0]\n", "one")
TITLES = (
    "√2 ≤ θ → ½ — “a”", "反向传播 逆伝播 역전파", "👩‍💻 ❤️ 🇰🇷", "m̂ é ấ ĵ ķ ą", "عربى עברית नमस्ते ไทย", "ᄒᆞᆫ ㄱㅎ 힣",
    " ".join(map(chr, range(1, 128))), "".join(map(chr, range(0x80, 0x180))), "word " * 80,
)  # fmt: skip


def wide(sizes: tuple[int, ...], optimizer: str) -> Problem:
    """A softmax over many outputs, of numbers that are long when they are printed."""
    layers = "".join(f'[[layer]]\nunits = {units}\ninitial = "xavier"\n' for units in sizes[1:])
    inputs = [-0.123456789 * (place + 1) for place in range(sizes[0])]
    targets = [1.0, *[0.0] * (sizes[-1] - 1)]
    head = f'error = "softmax-ce"\n[optimizer]\nname = "{optimizer}"\nlearning_rate = 0.000012345\n'
    return parse(f"{head}{layers}[[sample]]\ninput = {inputs}\ntarget = {targets}\n", "wide")


def documents() -> Iterator[tuple[str, Problem, str]]:
    """Name, problem, mistake."""
    for lesson in load.lessons():
        yield from ((f"{lesson.id}-{run.id}", builtin.of_run(run), run.mistake) for run in lesson.runs)
    yield from ((f"problem-{name}", builtin.open(name), "") for name in builtin.names())
    yield from ((f"wide-{name}", wide((6, 5, 4), name), "") for name in OPTIMIZERS)
    yield from ((f"wide-{sizes[-1]}", wide(sizes, "sgd"), "") for sizes in ((3, 3, 25), (40, 40, 10)))
    yield from ((f"title-{n}", replace(ONE, title=title, source=title), "") for n, title in enumerate(TITLES))


def compiled(engine: str, folder: Path, text: str) -> str:
    """What is wrong with a document, or nothing."""
    (folder / "a.tex").write_text(text, encoding="utf-8")
    command = [engine, "-interaction=nonstopmode", "-halt-on-error", "a.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    log = done.stdout.decode("utf-8", "replace")
    return "; ".join(
        re.findall(r"^!.*|^Overfull \\hbox \(.*?\)", log, re.MULTILINE)[:3] or ["fails"] * bool(done.returncode)
    )


def main(engine: str) -> int:
    count = wrong = 0
    with TemporaryDirectory() as folder:
        for name, problem, mistake in documents():
            for language, steps in (("en", True), ("ko", True), ("en", False)):
                out = io.StringIO()
                write.write(out, "tex", problem, iterations(problem, 1, 1, mistake), words.load(language), steps=steps)
                if fault := compiled(engine, Path(folder), out.getvalue()):
                    wrong += 1
                    print(f"{name}, {language}, {'steps' if steps else 'whole'}: {fault}", flush=True)
                count += 1
    print(f"{count} documents with {engine}, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:] or ["pdflatex"]))
