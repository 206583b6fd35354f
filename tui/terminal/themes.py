"""What the names of styles look like: four themes, each for as many colours as the terminal has.

`standard` takes the sixteen colours of the terminal's own palette, because the learner (or the console) has
chosen them to be readable, and because they cost the fewest bytes on a slow line. They are readable on black;
`light` is for a white background, `contrast` brings its own black and white, `safe` tells its colours apart for
every kind of colour blindness. No meaning rests on a colour alone, so without colours the same names are bold,
underlined or reversed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.color import Color as Background
from textual.filter import LineFilter

Styles = Mapping[str, Style]

HEAT = tuple(f"heat{level}" for level in range(8))
"""A cell of a plane, from an answer of 0 to one of 1. Where there are no fixed colours, its shade alone tells it."""
RUNS = tuple(f"run{number}" for number in range(1, 7))
"""The runs of a race; each bears its letter as well."""

_BOLD, _DIM, _LINE, _REVERSE = Style(bold=True), Style(dim=True), Style(underline=True), Style(reverse=True)
_PLAIN: Styles = {
    "dim": _DIM,
    "edge": _DIM,
    "negative edge": _DIM,
    "bold": _BOLD,
    "title": _BOLD,
    "key": _BOLD,
    "operand": _BOLD,
    "result": _BOLD + _LINE,
    "positive": Style(),
    "negative": Style(),
    "picked": _REVERSE,
    "note": _BOLD,
    "warning": _BOLD,
    **dict.fromkeys((*HEAT, *RUNS), Style()),
}
# Blue to orange, which every kind of eye tells apart; in the middle what is nearest to a page of that kind.
_DARK_HEAT, _LIGHT_HEAT = (32, 25, 24, 60, 95, 94, 130, 172), (33, 75, 117, 189, 224, 222, 215, 208)
# Of the sixteen and of 256.
_DARK_RUNS = ((14, 111), (11, 184), (10, 43), (9, 167), (13, 135), (7, 136))
_LIGHT_RUNS = ((4, 18), (1, 125), (5, 93), (0, 16), (12, 62), (8, 58))


def _colour(colours: int, palette: int, cube: int, exact: str) -> Color:
    """One of the terminal's sixteen, of the fixed ones of 256, or, where it is named, the exact one."""
    if colours < 256:
        return Color.from_ansi(palette)
    return Color.parse(exact) if exact and colours > 256 else Color.from_ansi(cube)


def _ink(colours: int, palette: int, cube: int, exact: str = "") -> Style:
    return Style.from_color(_colour(colours, palette, cube, exact))


def _heat(colours: int, cubes: Sequence[int]) -> Styles:
    """Cells filled with a colour; the shade that stands in them is of the same one, so only the colour is seen."""
    inks = (Color.from_ansi(cube) for cube in cubes)
    return {name: Style.from_color(ink, ink) for name, ink in zip(HEAT, inks, strict=True)} if colours >= 256 else {}


def _runs(colours: int, inks: Sequence[tuple[int, int]]) -> Styles:
    return {name: _ink(colours, *ink) for name, ink in zip(RUNS, inks, strict=True)}


def _standard(colours: int) -> Styles:
    cyan, yellow, magenta = (Style(color=f"bright_{name}") for name in ("cyan", "yellow", "magenta"))
    return {
        **_heat(colours, _DARK_HEAT),
        **_runs(colours, _DARK_RUNS),
        "operand": cyan + _BOLD,
        "result": yellow + _BOLD,
        "positive": cyan,
        "negative": magenta,
        "key": cyan,
        "note": yellow,
        "warning": yellow + _BOLD,
    }


def _light(colours: int) -> Styles:
    """Dark blue and dark red. Red is never bold: some terminals make that their bright red, too pale on white."""
    blue, red, brown = _ink(colours, 4, 25), _ink(colours, 1, 124), _ink(colours, 1, 130)
    return {
        **_faint(colours, 240),
        **_heat(colours, _LIGHT_HEAT),
        **_runs(colours, _LIGHT_RUNS),
        "operand": blue + _BOLD,
        "result": red + _LINE,
        "positive": blue,
        "negative": brown,
        "key": blue,
        "note": red,
        "warning": red + _LINE,
    }


def _contrast(colours: int) -> Styles:
    """White on black, in every cell. Of 256, these two are exact, and cost fewer bytes than spelled out."""
    page = Style.from_color(_colour(colours, 15, 231, ""), _colour(colours, 0, 16, ""))
    plain = dict.fromkeys(("", "dim", "edge", "negative edge"), Style())
    marks = {**_PLAIN, **plain, "note": _BOLD + _LINE, "warning": _BOLD + _REVERSE}
    return {name: page + mark for name, mark in marks.items()}


def _safe(colours: int) -> Styles:
    """The palette of Okabe and Ito (Color Universal Design, 2002) on black; of 16 colours the pair blue and yellow."""
    sky, yellow = _ink(colours, 14, 74, "#56b4e9"), _ink(colours, 11, 227, "#f0e442")
    purple, vermillion = _ink(colours, 14, 175, "#cc79a7"), _ink(colours, 11, 166, "#d55e00")
    green, orange = _ink(colours, 11, 36, "#009e73"), _ink(colours, 11, 214, "#e69f00")
    return {
        **_faint(colours, 248),
        **_heat(colours, _DARK_HEAT),
        **_runs(colours, _DARK_RUNS),
        "operand": sky + _BOLD,
        "result": yellow + _BOLD,
        "positive": purple,
        "negative": vermillion,
        "key": sky,
        "note": green,
        "warning": orange + _BOLD,
    }


def _faint(colours: int, grey: int) -> Styles:
    """A grey that can be read; of sixteen colours none surely is one, so there the terminal's own faintness."""
    style = _DIM if colours < 256 else _ink(colours, 0, grey)
    return {"dim": style, "edge": style}


PALETTES: Mapping[str, Callable[[int], Styles]] = {
    "standard": _standard,
    "light": _light,
    "contrast": _contrast,
    "safe": _safe,
}


@cache
def styles(theme: str, colours: int) -> Styles:
    """The terminal style of each name that the drawing uses; of "", where there is one, the page's own."""
    if not colours:
        return _PLAIN
    inks = PALETTES[theme](colours)
    return {**_PLAIN, "negative edge": inks["negative"] + _DIM, **inks}


class Colourless(LineFilter):
    """Takes every colour off what is about to be written, the default one as well: a vt100 knows none of them."""

    def apply(self, segments: list[Segment], background: Background) -> list[Segment]:
        return [Segment(text, style and style.without_color, control) for text, style, control in segments]
