"""The screen as an SVG picture, in the colours of its theme; it loads nothing from elsewhere."""

from __future__ import annotations

import io

from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME, SVG_EXPORT_THEME
from rich.text import Text

from nntutor.core.foreign import visible
from nntutor.tui.drawing.pages import page
from nntutor.tui.state.session import Session
from nntutor.tui.terminal.themes import styles

_FONT = "DejaVu Sans Mono, Noto Sans Mono CJK KR, D2Coding, monospace"
_FORMAT = f"""<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" viewBox="0 0 {{width}} {{height}}">
<style>
.{{unique_id}}-matrix {{{{ font-family: {_FONT}; font-size: {{char_height}}px; line-height: {{line_height}}px; }}}}
.{{unique_id}}-title {{{{ font-size: 18px; font-weight: bold; font-family: {_FONT}; }}}}
{{styles}}
</style>
<defs>
<clipPath id="{{unique_id}}-clip-terminal"><rect x="0" y="0" width="{{terminal_width}}" height="{{terminal_height}}" />\
</clipPath>
{{lines}}
</defs>
{{chrome}}
<g transform="translate({{terminal_x}}, {{terminal_y}})" clip-path="url(#{{unique_id}}-clip-terminal)">
{{backgrounds}}
<g class="{{unique_id}}-matrix">
{{matrix}}
</g>
</g>
</svg>
"""


def svg(session: Session) -> str:
    """What stands on the screen of the session."""
    inks = styles(session.theme, session.colours)
    console = Console(
        file=io.StringIO(), record=True, width=session.width, force_terminal=True, color_system="truecolor",
        legacy_windows=False,
    )  # fmt: skip
    for row in page.rows(session):
        line = Text(no_wrap=True, end="\n")
        for piece in row:
            line.append(visible(piece.text), inks.get(piece.style, inks.get("", "")))
        console.print(line, highlight=False, crop=False, soft_wrap=True)
    theme = DEFAULT_TERMINAL_THEME if session.theme == "light" else SVG_EXPORT_THEME
    return console.export_svg(title="nntutor", theme=theme, code_format=_FORMAT, unique_id="nntutor")
