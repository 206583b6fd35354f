"""Colours as numbers: what terminals show for a style, how well it can be read, how far two colours are apart.

Palettes are those that the terminals are shipped with. A style that names no colour has the terminal's own two.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from rich.color import Color
from rich.style import Style

from nntutor.tui.terminal.themes import styles

Shown = tuple[int, int, int]


def _shown(colour: str) -> Shown:
    return tuple(bytes.fromhex(colour))  # type: ignore[return-value]


@dataclass(frozen=True)
class Palette:
    """The sixteen colours, and in what letters and on what ground a terminal begins."""

    sixteen: str
    ink: str
    paper: str

    def colour(self, colour: Color | None, otherwise: str) -> Shown:
        """What a terminal shows: of its sixteen, of the 256 that are the same everywhere, or the exact colour."""
        if colour is None or colour.is_default:
            return _shown(otherwise)
        if colour.number is None:
            assert colour.triplet is not None
            return tuple(colour.triplet)
        if colour.number < 16:
            return _shown(self.sixteen.split()[colour.number])
        return cube(colour.number)

    def of(self, style: Style) -> tuple[Shown, Shown]:
        """Letters and ground of a style."""
        pair = self.colour(style.color, self.ink), self.colour(style.bgcolor, self.paper)
        return pair[::-1] if style.reverse else pair  # type: ignore[return-value]

    def contrast(self, style: Style) -> float:
        return ratio(*self.of(style))


def cube(number: int) -> Shown:
    """One of the fixed colours of 256: xterm's 256colres.pl, which others have taken over."""
    if number >= 232:
        return (8 + 10 * (number - 232),) * 3
    steps = ((number - 16) // 36, (number - 16) // 6 % 6, (number - 16) % 6)
    return tuple(0 if step == 0 else 55 + 40 * step for step in steps)  # type: ignore[return-value]


# xterm: XTerm-col.ad, with the colours of X11's rgb.txt. Its own two are black and white either way round (-rv).
_XTERM = (
    "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff"
)
# The Linux console, as the VGA of a PC: default_red, default_grn and default_blu in drivers/tty/vt/vt.c.
_CONSOLE = (
    "000000 aa0000 00aa00 aa5500 0000aa aa00aa 00aaaa aaaaaa 555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff"
)
# Visual Studio Code: terminalColorRegistry.ts; the ground is the editor's, of Dark+ and of Light+.
_CODE_DARK = (
    "000000 cd3131 0dbc79 e5e510 2472c8 bc3fbc 11a8cd e5e5e5 666666 f14c4c 23d18b f5f543 3b8eea d670d6 29b8db e5e5e5"
)
_CODE_LIGHT = (
    "000000 cd3131 00bc00 949800 0451a5 bc05bc 0598bc 555555 666666 cd3131 14ce14 b5ba00 0451a5 bc05bc 0598bc a5a5a5"
)
# Solarized: ethanschoonover.com/solarized, the table of its sixteen values.
_SOLARIZED = (
    "073642 dc322f 859900 b58900 268bd2 d33682 2aa198 eee8d5 002b36 cb4b16 586e75 657b83 839496 6c71c4 93a1a1 fdf6e3"
)

DARK = {
    "xterm": Palette(_XTERM, "ffffff", "000000"),
    "console": Palette(_CONSOLE, "aaaaaa", "000000"),
    "code": Palette(_CODE_DARK, "cccccc", "1e1e1e"),
}
LIGHT = {
    "xterm-light": Palette(_XTERM, "000000", "ffffff"),
    "console-light": Palette(_CONSOLE, "000000", "ffffff"),
    "code-light": Palette(_CODE_LIGHT, "333333", "ffffff"),
}
SOLARIZED = {
    "standard": Palette(_SOLARIZED, "839496", "002b36"),
    "safe": Palette(_SOLARIZED, "839496", "002b36"),
    "light": Palette(_SOLARIZED, "657b83", "fdf6e3"),
    "contrast": Palette(_SOLARIZED, "839496", "002b36"),
}
"""Measured, and nothing is asked of it: of its sixteen, the bright ones are greys."""
GROUNDS = {"standard": DARK, "safe": DARK, "light": LIGHT, "contrast": DARK | LIGHT}
"""What a theme is for: its name, and the terminals where it is to be read."""

# How the three kinds of colour blindness see, on linear RGB: Machado, Oliveira, Fernandes, "A Physiologically-based
# Model for Simulation of Color Vision Deficiency", IEEE TVCG 15 (2009), table 1, severity 1.0.
SEEN = {
    "all": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
# sRGB to XYZ, and the white D65: IEC 61966-2-1.
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(colour: Shown) -> np.ndarray:
    share = np.array(colour) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def ratio(one: Shown, other: Shown) -> float:
    """The contrast ratio of WCAG 2.2 ("contrast ratio" and "relative luminance" in its glossary)."""
    low, high = sorted(float(linear(colour) @ XYZ[1]) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def lab(light: np.ndarray) -> np.ndarray:
    """CIE L*a*b* of linear RGB."""
    share = XYZ @ np.clip(light, 0, 1) / XYZ.sum(axis=1)
    x, y, z = np.where(share > (6 / 29) ** 3, np.cbrt(share), share / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def apart(one: Shown, other: Shown) -> float:
    """ΔE*ab (CIE 1976) of two colours for those to whom they are nearest."""
    return min(float(np.linalg.norm(lab(eye @ linear(one)) - lab(eye @ linear(other)))) for eye in SEEN.values())


def inks(theme: str, depth: int, palette: Palette = DARK["xterm"]) -> dict[str, Shown]:
    """The colours of the styles that name one, as letters are drawn in them."""
    found = styles(theme, depth)
    return {name: palette.of(style)[0] for name, style in found.items() if style.color is not None}
