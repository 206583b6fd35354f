"""Every formula as it is printed, in the three spellings: the order and the signs that books have.

The laws hold what a formula gives; how it is written, `t − o` and not `o − t` where both give the same, is held here.
Made anew by `python tests/test_kept_formulas.py`; look at each line of the difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import product
from pathlib import Path

from nntutor.core.engine.timeline import Timeline
from nntutor.core.files.problem import parse
from nntutor.core.notation.spelling import text, tokens
from nntutor.core.notation.style import Style
from nntutor.core.rules.activations import ACTIVATIONS
from nntutor.core.rules.losses import LOSSES
from nntutor.core.rules.optimizers import OPTIMIZERS

FILE = Path(__file__).parent / "kept" / "formulas.txt"
PROBLEM = """
error = "{error}"
batch = {batch}
[optimizer]
name = "{optimizer}"
[[layer]]
activation = "{hidden}"
weights = [[0.1, -0.2], [0.3, 0.4]]
[[layer]]
activation = "{last}"
weights = [[0.5, 0.6], [-0.7, 0.8]]
[[sample]]
input = [1.0, 0.5]
target = [0.0, 1.0]
[[sample]]
input = [0.25, 1.0]
target = [1.0, 0.0]
"""


def settings() -> Iterator[tuple[str, str, str, int]]:
    """(error, activation of the hidden units, optimizer, samples of an iteration), each of them once at least."""
    yield from ((error, "sigmoid", "sgd", 1) for error in LOSSES)
    yield from (("mse", hidden, "sgd", 2) for hidden in ACTIVATIONS)
    yield from (("half-squared", "tanh", optimizer, 1) for optimizer in OPTIMIZERS)


def kept() -> Iterator[str]:
    """The formula of the first step of each kind in each layer; only what no setting before has shown."""
    seen: set[str] = set()
    for error, hidden, optimizer, batch in settings():
        last = LOSSES[error].last or hidden
        problem = parse(PROBLEM.format(error=error, hidden=hidden, optimizer=optimizer, batch=batch, last=last), "kept")
        yield f"=== {error}, {hidden}, {optimizer}, {batch}"
        trace = Timeline.start(problem).trace
        for step in trace:
            if step.ref.unit > 1 or step.ref.input > 1 or max(step.ref.sample, 0) > 0:
                continue
            for shown in (step.formula, step.full, *([step.textbook] if step.textbook is not None else [])):
                for style, cases in product((Style.UNICODE, Style.ASCII, Style.LATEX), (False, True)):
                    symbol = trace.symbol(step.ref, style)
                    spelled = tokens(shown, partial(trace.symbol, style=style), style, cases=cases)
                    line = f"{symbol} = {text(spelled)}"
                    if line not in seen:
                        seen.add(line)
                        yield line


def test_a_formula_is_written_as_it_was_found_right() -> None:
    for now, then in zip(kept(), FILE.read_text(encoding="utf-8").splitlines(), strict=True):
        assert now == then


if __name__ == "__main__":
    FILE.write_text("\n".join(kept()) + "\n", encoding="utf-8")
