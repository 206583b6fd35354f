"""Korean particles after a symbol, a number or a sign: which of two forms agrees with how it is read.

w5 is read 더블유 오, so it takes 는; h1 is read 에이치 일, so it takes 은. What counts is the last thing read: whether
it ends in a consonant, and for 으로/로 whether that is ㄹ. Needs no NumPy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

_LETTERS = (
    "0영 1일 2이 3삼 4사 5오 6육 7칠 8팔 9구 ₀영 ₁일 ₂이 ₃삼 ₄사 ₅오 ₆육 ₇칠 ₈팔 ₉구 "
    "a에이 b비 c시 d디 e이 f에프 g지 h에이치 i아이 j제이 k케이 l엘 m엠 n엔 o오 p피 q큐 r알 s에스 t티 u유 v브이 w더블유 "
    "x엑스 y와이 z제트 α알파 β베타 γ감마 δ델타 Δ델타 ε엡실론 η에타 θ세타 κ카파 λ람다 μ뮤 π파이 ρ로 σ시그마 Σ시그마"
)
READ = {
    **{pair[0]: pair[1:] for pair in _LETTERS.split()},
    "%": "퍼센트", "²": "제곱", "³": "세제곱", "ᵏ": "제곱", "ⁿ": "제곱", "½": "이분의 일", "¼": "사분의 일",
    "⁺": "플러스", "+": "플러스", "−": "마이너스", "-": "마이너스", "\N{COMBINING CIRCUMFLEX ACCENT}": "햇",
    "′": "프라임", "″": "프라임", "∂": "라운드", "✓": "체크", "✗": "엑스", "→": "화살표", "←": "화살표",
    "net": "넷", "out": "아웃", "exp": "엑스피", "slope": "슬로프", "tanh": "하이퍼볼릭 탄젠트", "step": "스텝",
    "size": "사이즈", "new": "뉴", "bug": "버그", "max": "맥스", "ln": "엘엔", "inf": "무한대", "nan": "엔에이엔",
    "ReLU": "렐루", "SiLU": "실루", "Adam": "아담",
    "RMSProp": "알엠에스프롭", "AdaGrad": "아다그라드", "Nesterov": "네스테로프", "He": "허",
    "PyTorch": "파이토치", "autograd": "오토그라드", "optim": "옵팀", "Sequential": "시퀀셜", "Linear": "리니어",
    "MLPRegressor": "엠엘피 리그레서", "NLLLoss": "엔엘엘로스", "MSELoss": "엠에스이로스",
    "LogSoftmax": "로그 소프트맥스", "RMSprop": "알엠에스프롭", "forward": "포워드", "decay": "디케이",
    "ce": "시이", "csv": "시에스브이", "value": "밸류", "shift": "시프트", "@": "골뱅이",
    "NumPy": "넘파이", "en": "이엔", "ko": "케이오", "nntutor": "엔엔튜터", "HOME": "홈",
}  # fmt: skip
"""How signs, letters and words are read; other words of capitals are read letter by letter."""

_FINALS, _FIRST, _LAST = 28, 0xAC00, 0xD7A3  # The Unicode Standard, 3.12
_RIEUL = 8
# Closing signs are not read: what stands before them is.
_UNREAD = " )]}*_`\"'”’"
# After a consonant, after a vowel: what a form begins with. 으로/로 goes by ㄹ too.
_STEMS = (
    ("이었", "였"), ("이어", "여"), ("으로", "로"), ("은", "는"), ("을", "를"), ("과", "와"), ("이나", "나"),
    ("이라", "라"), ("이란", "란"), ("이랑", "랑"), ("이고", "고"), ("이며", "며"), ("이면", "면"), ("이든", "든"),
    ("이니", "니"), ("이지", "지"), ("이므로", "므로"), ("이기", "기"), ("이", "가"),
)  # fmt: skip
# Endings that may follow such a stem; with others it is no particle (나 of 나오다, 이 of 이것).
_TAILS = {
    "이었": r"[가-힣]*", "이어": r"(?:야|야만|서|서는|도)", "으로": r"(?:는|도|만|부터|써|서|서는|서의|의)?",
    "과": r"(?:의|는|도)?", "이나": r"(?:마)?", "이라": r"(?:고|고는|고도|는|면|도|서|야|야만|니)?",
}  # fmt: skip
# Of the copula both forms are right after a vowel (4이고, 4고), and the long one is what is written.
_EITHER = frozenset({"이고", "이며", "이면", "이든", "이니", "이지", "이므로", "이기"})
# A hole, or a fact of the words: what it will be is not known here.
_FILLED = re.compile(r"\{(?:\{\}|[a-z_]+)\}+[)\]”’]*$")
PAIR = re.compile(r"([가-힣]+)/([가-힣]+)")


def reading(text: str) -> str | None:
    """The last thing read aloud of a text, in Korean: 오 of w5; None where nobody knows how it is read."""
    text = text.rstrip(_UNREAD)
    if not text:
        return None
    word = re.search(r"[A-Za-z]+$", text)
    if word and word[0] in READ:
        return READ[word[0]]
    if word and len(word[0]) > 1 and not word[0].isupper():
        return None
    last = text[-1].lower() if text[-1].isascii() else text[-1]
    return READ.get(last) or (last if _FIRST <= ord(last) <= _LAST else None)


def _final(read: str) -> int:
    """The final consonant of what is read, in Unicode's order; 0 where it ends in a vowel."""
    return (ord(read[-1]) - _FIRST) % _FINALS


def _closed(read: str, stem: str) -> bool:
    """Whether the form for a consonant follows what is read."""
    final = _final(read)
    return final != 0 and not (stem == "으로" and final == _RIEUL)


def agreeing(word: str, pair: str) -> str:
    """Of a pair such as 은/는 (in either order) the form that agrees with a word; ValueError for what is no pair."""
    match = PAIR.fullmatch(pair)
    for one, other in ((match[1], match[2]), (match[2], match[1])) if match else ():
        for after_consonant, after_vowel in _STEMS:
            if one.startswith(after_consonant) and other == after_vowel + one.removeprefix(after_consonant):
                read = reading(word)
                return one if read is None or after_consonant in _EITHER or _closed(read, after_consonant) else other
    raise ValueError(pair)


@cache
def _particles() -> list[tuple[tuple[str, str], re.Pattern[str], re.Pattern[str]]]:
    """The pairs of stems, and what each form may be; made for who checks texts, not for a start."""
    tails = ((stems, _TAILS.get(stems[0], "")) for stems in _STEMS)
    return [(stems, re.compile(stems[0] + tail), re.compile(stems[1] + tail)) for stems, tail in tails]


def disagreeing(text: str) -> Iterator[tuple[str, str]]:
    """Particles in a text that do not agree with the sign before them: the place, and what was expected there.

    `{{}}` and `{name}` stand for what is filled in: no particle that changes its form may follow them.
    """
    bare = re.sub(r"(?<=[가-힣])\([^(){}]*\)", "", text.replace("**", "").replace("`", ""))  # 가중합(net)은
    for match in re.finditer(r"(\S*[^\s가-힣.,;:!?·…“‘”’][”’]?)([가-힣]+)", bare):
        expected = _expected(match[1], match[2])
        if expected:
            yield match[0], expected


def _expected(word: str, particle: str) -> str:
    """What should stand for a particle after a word; nothing where it agrees, or is none."""
    for (first, second), consonant, vowel in _particles():
        is_first = consonant.fullmatch(particle) is not None
        if not is_first and not vowel.fullmatch(particle):
            continue
        if is_first and first in _EITHER:
            return ""
        stem, rest = (first, second) if is_first else (second, first)
        other = rest + particle.removeprefix(stem)
        both = f"{particle}/{other}" if is_first else f"{other}/{particle}"
        if _FILLED.search(word):
            return f"a hole with both forms, as in {{{{w5|{both}}}}}"
        read = reading(word)
        if read is None:
            return "a word whose reading is known (lessons/language/particles.py)"
        return "" if _closed(read, first) == is_first else f"“{other}”, for it is read {read}"
    return ""
