"""Every theme's colours: they can be read on the ground that the theme is for, the number at hand before all others,
and those that mean different things can be told apart by every kind of eye.

Faint lines (`edge`) are not measured: how faint they are is the terminal's own. Without colours, see `test_looks.py`.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from colours import DARK, GROUNDS, LIGHT, SEEN, SOLARIZED, Palette, apart, cube, inks, lab, linear, ratio
from rich.color import Color, ColorType
from rich.style import Style as Painted

from nntutor.core.engine.plan import PHASES
from nntutor.tui.drawing.canvas.hues import AT_HAND
from nntutor.tui.state.session import THEMES
from nntutor.tui.terminal import themes
from nntutor.tui.terminal.themes import HEAT, RUNS, styles

DEPTHS = (16, 256, 1 << 24)
FULL = ratio((0, 0, 0), (255, 255, 255))
AAA, AA, HUE = 7.0, 4.5, 3.0  # WCAG 2.2, success criteria 1.4.6, 1.4.3 and 1.4.11
APART = 15.0  # SEEN_APART can just be told apart (Mahy et al. 1994)
SEEN_APART = 2.3
APART_IN_CUBE = 12.0  # the nearest of 256 lie closer together
FAINT = ("edge", "negative edge")
LINES = ("positive", "negative")
MEANINGS = ("forward", "backward", "update", "result")
EVERYWHERE = [
    pytest.param(theme, depth, palette, id=f"{theme}-{depth}-{name}")
    for theme in THEMES
    for depth in DEPTHS
    for name, palette in GROUNDS[theme].items()
]


def test_the_measures_are_those_of_their_sources() -> None:
    assert round(ratio((0, 0, 0), (255, 255, 255)), 2) == 21.0
    assert 4.53 < ratio((118, 118, 118), (255, 255, 255)) < 4.55  # the well-known least grey of AA on white
    assert np.allclose(lab(linear((255, 0, 0))), [53.24, 80.09, 67.20], atol=0.1)
    # Red and green of equal lightness fall together for one kind of eye and not for all.
    red, green = (175, 95, 0), (95, 135, 0)
    assert apart(red, green) < APART < float(np.linalg.norm(lab(linear(red)) - lab(linear(green))))
    for eye in SEEN.values():
        assert np.allclose(eye.sum(axis=1), 1.0, atol=1e-5)  # grey stays grey


def test_the_themes_of_the_key_are_those_of_the_table() -> None:
    assert tuple(themes.PALETTES) == THEMES
    assert themes.PHASES == PHASES
    for theme, depth in itertools.product(THEMES, (0, *DEPTHS)):
        assert set(styles(theme, depth)) - {""} == set(styles("standard", 0))


@pytest.mark.parametrize("theme", THEMES)
def test_a_theme_asks_for_no_more_colours_than_there_are(theme: str) -> None:
    kinds = {
        16: {ColorType.STANDARD},
        256: {ColorType.STANDARD, ColorType.EIGHT_BIT},
        1 << 24: {ColorType.STANDARD, ColorType.EIGHT_BIT, ColorType.TRUECOLOR},
    }
    for depth, allowed in kinds.items():
        used = {one.type for style in styles(theme, depth).values() for one in (style.color, style.bgcolor) if one}
        assert used and used <= allowed
    assert all(style.color is None and style.bgcolor is None for style in styles(theme, 0).values())


# --- read --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("theme", "depth", "palette"), EVERYWHERE)
def test_letters_can_be_read_and_lines_seen_on_their_ground(theme: str, depth: int, palette: Palette) -> None:
    for name, style in styles(theme, depth).items():
        line = name in LINES or (name in RUNS and depth == 16)
        if name not in FAINT:
            assert not style.dim, name
            assert palette.contrast(style) >= (HUE if line else AA), name
    assert palette.contrast(styles(theme, depth).get("", Painted())) >= AA


@pytest.mark.parametrize(("theme", "depth", "palette"), EVERYWHERE)
def test_the_number_at_hand_has_the_highest_contrast(theme: str, depth: int, palette: Palette) -> None:
    """Of all that have a hue, and above the page's own letters, unless these are black on white or white on black."""
    found = styles(theme, depth)
    page, made = palette.contrast(found.get("", Painted())), found["result"]
    hues = {name for name, style in found.items() if style.color is not None and style.color != made.color}
    for name in hues - set(HEAT) - {"picked"}:
        assert palette.contrast(found[name]) < palette.contrast(made), name
    assert palette.contrast(made) >= page or page == FULL
    assert made.bold and (made.underline or made.color != found["operand"].color)


@pytest.mark.parametrize("palette", list((DARK | LIGHT).values()), ids=[*DARK, *LIGHT])
@pytest.mark.parametrize("depth", DEPTHS)
def test_high_contrast_is_white_on_black_everywhere(depth: int, palette: Palette) -> None:
    for name, style in styles("contrast", depth).items():
        assert style.color is not None and style.bgcolor is not None and not style.dim, name
        assert palette.contrast(style) >= AAA, name


def test_the_standard_colours_cannot_be_read_on_white() -> None:
    """That is what the theme for light backgrounds is for."""
    assert min(LIGHT["xterm-light"].contrast(style) for style in styles("standard", 16).values()) < 1.3


def test_solarized_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    """Of its sixteen the bright ones are greys, so nothing is asked there; of 256 a theme is the same as elsewhere."""
    for theme, palette in SOLARIZED.items():
        for depth in DEPTHS[:2]:
            found = {name: palette.contrast(styles(theme, depth)[name]) for name in (*AT_HAND, "dim", *LINES)}
            print(f"{theme}, {depth}: " + ", ".join(f"{name} {value:.1f}" for name, value in found.items()))
    assert capsys.readouterr().out.count("result") == 2 * len(THEMES)
    for theme in ("standard", "safe"):
        made = SOLARIZED[theme].contrast(styles(theme, 256)["result"])
        assert made > AAA and made == max(SOLARIZED[theme].contrast(styles(theme, 256)[name]) for name in AT_HAND)


# --- told apart --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("theme", "depth", "palette"), EVERYWHERE)
def test_phases_and_signs_have_hues_of_their_own(theme: str, depth: int, palette: Palette) -> None:
    found = styles(theme, depth)
    if theme == "contrast":
        return
    assert found["error"] == found["forward"]
    assert len({palette.of(found[name]) for name in MEANINGS}) == len(MEANINGS)
    assert palette.of(found["positive"])[0] != palette.of(found["negative"])[0]
    if depth > 16:
        names = (*MEANINGS, *LINES, "dim")
        assert len({palette.of(found[name]) for name in names}) == len(names)


@pytest.mark.parametrize("theme", ["standard", "safe", "light"])
@pytest.mark.parametrize(("depth", "least"), [(256, APART_IN_CUBE), (1 << 24, APART_IN_CUBE)])
def test_meanings_stay_apart_for_every_kind_of_colour_vision(theme: str, depth: int, least: float) -> None:
    found = inks(theme, depth)
    named = [name for name in (*MEANINGS, "warning") if name in found]
    for one, other in (*itertools.combinations(named, 2), LINES):
        assert apart(found[one], found[other]) >= least, (one, other, apart(found[one], found[other]))


@pytest.mark.parametrize("palette", [DARK["xterm"], DARK["console"]])
def test_of_sixteen_colours_the_safe_ones_stay_apart_as_well(palette: Palette) -> None:
    found = {name: palette.of(style)[0] for name, style in styles("safe", 16).items()}
    for one, other in (("forward", "backward"), ("forward", "result"), ("backward", "result"), LINES):
        assert apart(found[one], found[other]) >= 2 * APART, (one, other)


def test_the_safe_colours_are_those_of_okabe_and_ito() -> None:
    published = {"e69f00", "56b4e9", "009e73", "f0e442", "0072b2", "d55e00", "cc79a7", "000000"}
    exact = {name: style for name, style in styles("safe", 1 << 24).items() if name not in (*HEAT, *RUNS, "picked")}
    for name, style in exact.items():
        if style.color is not None and style.color.triplet is not None:
            assert style.color.triplet.hex.lstrip("#") in published, name
        if style.color is not None and name not in ("dim", "edge"):
            # Of the fixed ones the nearest stands for it that can be seen.
            wanted = lab(linear(DARK["xterm"].of(style)[0]))
            stands = styles("safe", 256)[name].color
            assert stands is not None
            seen = [one for one in map(cube, range(16, 232)) if ratio(one, (0x1E, 0x1E, 0x1E)) >= HUE]
            distance = [np.linalg.norm(lab(linear(one)) - wanted) for one in (DARK["xterm"].colour(stands, ""), *seen)]
            assert distance[0] <= min(distance[1:]) + 1e-9, name


@pytest.mark.parametrize(("theme", "least"), [("standard", 20.0), ("safe", 20.0), ("light", 25.0)])
def test_six_runs_stay_apart_for_every_kind_of_colour_vision(theme: str, least: float) -> None:
    for depth in DEPTHS[1:]:
        found = inks(theme, depth)
        for one, other in itertools.combinations(RUNS, 2):
            assert apart(found[one], found[other]) >= least, (one, other)
    assert len({found.color for name, found in styles(theme, 16).items() if name in RUNS}) == len(RUNS)


@pytest.mark.parametrize("theme", ["standard", "safe", "light"])
def test_heat_goes_from_blue_to_orange(theme: str) -> None:
    for depth in DEPTHS[1:]:
        cells = [styles(theme, depth)[name] for name in HEAT]
        assert all(cell.bgcolor is not None and cell.color is not None for cell in cells)
        colours = [DARK["xterm"].of(cell)[1] for cell in cells]
        blues = [float(lab(linear(colour))[2]) for colour in colours]  # b* is below 0 for blue, above for yellow
        assert blues[3] < 0 < blues[4] and min(blues) == blues[0] and max(blues[-2:]) == max(blues)
        for near, far in zip(colours, colours[::-1], strict=True):
            assert apart(near, far) >= APART
        assert all(apart(one, other) > SEEN_APART for one, other in itertools.pairwise(colours))
    for other, depth in ((theme, 16), (theme, 0), ("contrast", 256)):
        page = styles(other, depth).get("", Painted())
        assert all(styles(other, depth)[name] == page for name in HEAT)


def test_no_colour_of_the_first_eight_is_bold() -> None:
    """Some terminals make it the bright one, which on white is too pale."""
    for theme in THEMES:
        for name, style in styles(theme, 16).items():
            assert not (style.bold and style.color is not None and (style.color.number or 0) < 8), (theme, name)
            assert style.bgcolor is None or isinstance(style.bgcolor, Color)
