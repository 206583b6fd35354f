"""Prose and labels in the ASCII look: the same words without signs that plain terminals lack.

Formulas and figures are spelled in ASCII by the core; this is for the text around them. Needs no NumPy.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from nntutor.core.notation.style import Style, sign

MARKS = {
    "▼": "v", "▲": "^", "▸": ">", "●": "X", "○": "o", "•": ".", "✕": "+", "✓": "v", "✗": "x", "┊": "|",
    "“": '"', "”": '"', "≥": ">=", "ⁿ": "^n", **{mark: sign(mark, Style.ASCII) for mark in "−≈"},
}  # fmt: skip
"""What is drawn as it is written: a picture and the prose that speaks of it have the same sign."""
_SIGNS = (
    ("ᵏ", "^k"), ("σ′", "sigmoid'"), *((mark, sign(mark, Style.ASCII)) for mark in "σ²√…"), *MARKS.items(),
    ("Σ", "sum "), ("½", "1/2"), ("¼", "1/4"), ("·", "*"), ("×", "x"), ("–", "-"), ("—", "-"), ("→", "->"),
    ("←", "<-"), ("↓", "down"), ("↑", "up"), ("≤", "<="), ("≫", ">>"), ("‘", "'"), ("’", "'"), ("◆", "*"),
    ("′", "'"), ("″", "''"), ("κ", "kappa"), ("λ", "lambda"), ("₁", "1"), ("₂", "2"), ("±", "+-"), ("β", "beta"),
)  # fmt: skip
"""Signs of formulas as the core spells them, marks, and what only prose has or says in words."""
_ROOT = re.compile("√([A-Za-z0-9α-ω]+\u0302?)")
"""What stands below a root without parentheses: `sqrtv` would be a name."""


@cache
def _spellings() -> tuple[tuple[str, str], ...]:
    """What is replaced by what, in this order. Symbols as the table of kinds spells them, longer ones first: δ_ and
    δ alone, ∂E/∂, ⁺, η."""
    from nntutor.core.notation.kinds import KINDS
    from nntutor.core.notation.symbols import short

    symbols = {
        sign: plain
        for name, kind in KINDS.items()
        for sign, plain in (
            *zip(kind.unicode.split("%s"), kind.ascii.split("%s"), strict=True),
            (short(name), short(name, Style.ASCII)),
        )
        if sign != plain
    }
    longer_first = sorted(symbols.items(), key=lambda pair: -len(pair[0]))
    return (("η (eta)", "eta"), ("Δw", "step_w"), ("Δb", "step_b"), ("Δ", "step"), *longer_first, *_SIGNS)


@lru_cache(maxsize=4096)  # a screen spells the same names and words again at every step
def ascii_look(text: str) -> str:
    """Prose or a label without signs that plain terminals lack; Korean stays Korean."""
    text = _ROOT.sub(r"√(\1)", text.replace(" · ", " | ")).replace("½(", "½·(")
    for mark, plain in _spellings():
        text = text.replace(mark, plain)
    return text
