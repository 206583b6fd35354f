"""Text as LaTeX sets it, whatever its letters: by commands that every engine's own fonts have.

Left are letters of other scripts and pictures, which only XeLaTeX and LuaLaTeX can set, and only from a font that has
them: they stand as \\letter{number}{letter}, which `PREAMBLE` defines so that it compiles everywhere.
"""

from __future__ import annotations

import re
import unicodedata

FONT = "Noto Serif CJK KR"
PREAMBLE = (
    "% Letters in \\letter are set by XeLaTeX and LuaLaTeX, from this font where it is installed; else as numbers.\n"
    "\\usepackage{iftex}\n\\ifPDFTeX\n\\newcommand{\\letter}[2]{\\texttt{U+#1}\\allowbreak}\n\\else\n"
    f"\\usepackage{{fontspec}}\n\\IfFontExistsTF{{{FONT}}}{{\\newfontfamily\\foreign{{{FONT}}}}}"
    "{\\newcommand{\\foreign}{}}\n"
    '\\newcommand{\\letter}[2]{{\\foreign\\iffontchar\\font"#1 #2\\else\\texttt{U+#1}\\fi}\\allowbreak}\n\\fi\n'
)
HANGUL = re.compile("[\u3131-\u3163\uac00-\ud7a3]")
"""What kotex sets with every engine: syllables and typed jamo, but not the parts that syllables are made of."""

# Other capitals look like those of Latin and have no command of their own.
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ζ": "zeta", "η": "eta", "θ": "theta", "ι": "iota",
    "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "ς": "varsigma",
    "σ": "sigma", "τ": "tau", "υ": "upsilon", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta",
    "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Υ": "Upsilon", "Φ": "Phi", "Ψ": "Psi",
    "Ω": "Omega",
}  # fmt: skip
_MATH = {
    "−": "-", "×": r"\times", "·": r"\cdot", "÷": r"\div", "±": r"\pm", "∂": r"\partial", "∇": r"\nabla",
    "√": r"\surd", "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "≈": r"\approx", "≡": r"\equiv", "∼": r"\sim",
    "≪": r"\ll", "≫": r"\gg", "∝": r"\propto", "→": r"\to", "←": r"\leftarrow", "↑": r"\uparrow",
    "↓": r"\downarrow", "↔": r"\leftrightarrow", "⇒": r"\Rightarrow", "⇐": r"\Leftarrow", "⇔": r"\Leftrightarrow",
    "∞": r"\infty", "∑": r"\sum", "∏": r"\prod", "∫": r"\int", "∈": r"\in", "∉": r"\notin", "∀": r"\forall",
    "∃": r"\exists", "∧": r"\wedge", "∨": r"\vee", "∪": r"\cup", "∩": r"\cap", "⊂": r"\subset", "⊕": r"\oplus",
    "⊗": r"\otimes", "⋯": r"\cdots", "ℓ": r"\ell", "ϵ": r"\epsilon", "ϕ": r"\phi", "φ": r"\varphi",
    "ε": r"\varepsilon", "ϑ": r"\vartheta", "ο": "o", "µ": r"\mu", "½": r"\tfrac12", "¼": r"\tfrac14", "¾": r"\tfrac34",
    "°": r"{}^\circ", "′": "'", "″": "''", "•": r"\bullet", "¬": r"\neg", "◦": r"\circ", "ᵏ": "^k", "ⁿ": "^n",
    "⁺": "^+", "⁻": "^-", "«": r"\ll", "»": r"\gg",
    **{letter: rf"\{name}" for letter, name in _GREEK.items()},
    **{letter: rf"\mathrm{{{plain}}}" for letter, plain in zip("ΑΒΕΖΗΙΚΜΝΟΡΤΧ", "ABEZHIKMNOPTX", strict=True)},
    **{letter: f"^{n}" for n, letter in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
    **{letter: f"_{n}" for n, letter in enumerate("₀₁₂₃₄₅₆₇₈₉")},
}  # fmt: skip
_TEXT = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_", "%": r"\%",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "`": r"\textasciigrave{}", "<": r"\textless{}",
    ">": r"\textgreater{}", "|": r"\textbar{}", '"': "''", "/": r"/\allowbreak{}", "–": r"\textendash{}",
    "—": r"\textemdash{}", "“": "``{}", "”": "''{}", "‘": "`{}", "’": "'", "…": r"\ldots{}", "ß": r"\ss{}",
    "æ": r"\ae{}", "Æ": r"\AE{}", "œ": r"\oe{}", "Œ": r"\OE{}", "ø": r"\o{}", "Ø": r"\O{}", "ł": r"\l{}",
    "Ł": r"\L{}", "ı": r"\i{}", "§": r"\S{}", "¶": r"\P{}", "£": r"\pounds{}", "©": r"\copyright{}", "¡": "!`{}",
    "¿": "?`{}", "®": r"\textregistered{}", "™": r"\texttrademark{}",
}  # fmt: skip
_ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": ".",
    "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0323": "d", "\u0327": "c", "\u0331": "b",
}  # fmt: skip
_DOTLESS = {"i": r"\i", "j": r"\j"}
_PIECE = re.compile("[A-Za-z][\u0300-\u036f](?![\u0300-\u036f])|.", re.DOTALL)


def escaped(phrase: str) -> str:
    """A phrase as LaTeX text: it compiles, and shows what stands there."""
    phrase = _PIECE.sub(lambda piece: _set(piece[0]), " ".join(phrase.split()))
    return re.sub("-(?=-)", "-{}", phrase)  # two would be drawn as a dash


def _set(piece: str) -> str:
    if piece in _TEXT:
        return _TEXT[piece]
    if piece in _MATH:
        return f"${_MATH[piece]}$"
    if piece.isascii() or HANGUL.fullmatch(piece):
        return piece
    parts = unicodedata.normalize("NFD", piece)
    base, mark = parts[0], parts[1:]
    if base.isascii() and base.isalpha() and mark in _ACCENTS:
        return rf"\{_ACCENTS[mark]}{{{_DOTLESS.get(base, base)}}}"
    return "".join(rf"\letter{{{ord(letter):04X}}}{{{letter}}}" for letter in piece)
