"""Prose and labels in the ASCII look: the same words without signs that plain terminals lack.

Formulas and figures are spelled in ASCII by the core; this is for the text around them. Needs no NumPy.
"""

from __future__ import annotations

_ASCII = (
    ("∂E/∂", "dE/d"), ("δ_", "delta_"), ("δ", "delta"), ("Δw", "step_w"), ("Δb", "step_b"), ("Δ", "step "),
    ("⁺", "_new"), ("β₁ᵏ", "beta1^k"), ("β₂ᵏ", "beta2^k"), ("β₁", "beta1"), ("β₂", "beta2"), ("m̂", "mhat"),
    ("v̂", "vhat"), ("ᵏ", "^k"), ("η", "eta"), ("μ", "mu"), ("ρ", "rho"), ("ε", "eps"), ("σ′", "sigmoid'"),
    ("σ", "sigmoid"), ("Σ", "sum "), ("½", "1/2"), ("¼", "1/4"), ("²", "^2"), ("ⁿ", "^n"), ("√", "sqrt"),
    ("·", "*"), ("×", "x"), ("−", "-"), ("–", "-"), ("—", "-"), ("→", "->"), ("←", "<-"), ("↓", "down"),
    ("↑", "up"), ("▼", "v"), ("▲", "^"), ("≈", "~"), ("≤", "<="), ("≥", ">="), ("≫", ">>"), ("…", "..."),
    ("“", '"'), ("”", '"'), ("‘", "'"), ("’", "'"), ("◆", "*"), ("●", "X"), ("○", "o"),
    ("✓", "v"), ("✗", "x"), ("′", "'"), ("✕", "+"), ("┊", "|"), ("″", "''"), ("κ", "kappa"), ("λ", "lambda"),
    ("₁", "1"), ("₂", "2"), ("±", "+-"),
)  # fmt: skip


def ascii_look(text: str) -> str:
    """Prose or a label without signs that plain terminals lack; Korean stays Korean."""
    text = text.replace(" · ", " | ")
    for sign, plain in _ASCII:
        text = text.replace(sign, plain)
    return text
