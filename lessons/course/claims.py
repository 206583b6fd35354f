"""The words with which a text claims something of numbers: a sign, a direction, larger, equal, right, lands, diverges.

A sentence with such a word and a number in it has to follow the record (see `conditions`), or an author answers for it
with `{{if always}}`: true whatever the numbers are. For the linter; the program does not need it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nntutor.core.notation.symbols import SYMBOL
from nntutor.lessons.course.conditions import HERE, MARK, OWN, UNBROKEN, Choice, Parts, free_of, parsed

_HOLE, _COUNT = "◦", "№"
_ENGLISH = (
    "positive", "negative", "too (?:high|low|large|small|big|much|little)",
    "(?<!made )(?<!set )(?<!add )(?<!adds )(?<!adding )(?<!added )up(?! to)", "(?<!bring )down",
    "(?:larg|small|bigg|great|high|low|steep|flatt|short|long)er", "(?:largest|smallest|highest|lowest)",
    "r(?:ises|ising|ose)", "f(?:alls|alling|ell|allen)", "(?:climb|drop|grow|shrink|increase|decrease)s",
    "gr[eo]wn?", "shr[au]nk", "equals?", r"the same(?=[.,;:)]|$| as\b| number| value)", "lands?",
    "(?:con|di)verge[sd]?", "swings?", "creeps?", r"(?<!the )(?<!on )right(?![- ](?:hand|away)| the\b)",
    "(?<!how )wrong",
)  # fmt: skip
_KOREAN = (
    "양수", "음수", "(?:큽|작습|높습|낮습|같습|늡|똑같습)니다", "(?:크|작|높|낮|같|똑같)고", "올라", "올랐",
    "내려(?!놓|다[보봅본볼봤])", "커집", "커졌", "작아(?:집|졌)", "줄어", "줄었", "늘어", "늘었", "수렴", "발산",
    "맞았", "틀렸", rf"(?<!{_HOLE}행이 )맞습니다", "틀립니다", "맞힙",
    "너무 (?:작|크|큰|멀|느)", "(?<!하나)뿐입니다",
)  # fmt: skip
WORDS = {
    "en": re.compile(rf"\b(?:{'|'.join(_ENGLISH)})\b", re.IGNORECASE),
    "ko": re.compile("|".join(_KOREAN)),
}
_COUNTED = {
    "en": re.compile(rf"{_COUNT} (?:[a-z]+ )?(?:moves|iterations)\b"),
    "ko": re.compile(rf"{_COUNT}번(?!째)"),
}
"""Counts of moves and iterations: what is said of them came of nothing else."""
_DATED = {
    "en": re.compile(r"(?<!● )\bnow\b|\bso far\b|\bat the moment\b|\bfirst line shows\b|●(?! now\b)", re.IGNORECASE),
    "ko": re.compile(r"(?<!표시가 )지금|이제|첫 줄|●(?! 표시가 지금)"),
}
"""Words for what is on the screen at the stop; a run leads on from there, and the text stays."""
_POINTING = {
    "en": re.compile(
        r"\b(?:rows above|above it|at hand is|table has the|last line|weights yet|can tell yet)\b", re.IGNORECASE
    ),
    "ko": re.compile(r"위의 \w+ 줄|바로 위|차례가 된|표의 (?:비율|마지막)|학습하지 않은|아직은 아무도"),
}
"""… and for where something stands there, or that it has not come so far: with a number or without."""
_SYMBOL = re.compile(rf"(?<![A-Za-z])(?:{SYMBOL.pattern})(?![A-Za-z])")
_END = re.compile(r"[.!?]\s*$")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=다\.)")


def unconditioned(text: str, language: str) -> Iterator[tuple[str, str]]:
    """(word, sentence) for each sentence that claims something of a number outside of any condition.

    Questions claim nothing. ConditionError for conditions that cannot be read.
    """
    for sentence in _SENTENCE.split(_outside(parsed(text))):
        word = WORDS[language].search(MARK.sub(_HOLE, sentence).replace("**", ""))
        if word and not sentence.endswith("?") and (MARK.search(sentence) or _SYMBOL.search(sentence)):
            yield word[0], sentence.strip()


def counted(text: str, language: str) -> Iterator[str]:
    """The sentences that count moves or iterations also where a number has been changed on the way."""
    for sentence in _SENTENCE.split(_marked(free_of(parsed(text), OWN, UNBROKEN))):
        if _COUNTED[language].search(sentence):
            yield sentence.strip()


def dated(text: str, language: str) -> Iterator[str]:
    """The sentences that say what is so now, or where it stands, also where the place has gone on."""
    for sentence in _SENTENCE.split(_marked(free_of(parsed(text), HERE))):
        dated = _HOLE in sentence and _DATED[language].search(sentence)
        if dated or (_POINTING[language].search(sentence) and not sentence.endswith("?")):
            yield sentence.strip()


def _marked(text: str) -> str:
    """A text with signs for its holes, conditions left out."""
    return MARK.sub(lambda mark: "" if mark[1].startswith("if ") else _COUNT if mark[1].isdecimal() else _HOLE, text)


def _outside(parts: Parts) -> str:
    """What is said in any case; where a condition stands, a sign."""
    return "".join(_sign(part) if isinstance(part, Choice) else part for part in parts)


def _sign(choice: Choice) -> str:
    """… and, where each branch ends a sentence, the end of the first."""
    ends = [_END.search(_outside(branch.body)) for branch in choice.branches]
    return f"…{ends[0][0]}" if ends[0] and all(ends) else "…"
