"""What can be done about what was found: one rule a line, a name and when it holds.

The name is a key below `advice` in the words. A rule is here only where the learner can do something; facts that
are merely so stand in the report. Order: what keeps the tutor from starting, what spoils its drawing, the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from nntutor.lessons.language.words import Words
from nntutor.tui.doctor.facts import Facts

SLOW = 150.0
"""Milliseconds; a longer way to the screen and back is felt at every key."""
WIDTH, HEIGHT = 80, 24

_FOR_DARK = ("standard", "safe")
"""Themes that are not readable on a light background."""

Rule = Callable[[Facts], bool]


def _utf8(name: str) -> bool:
    return "utf8" in name.lower().replace("-", "")


def _cells(facts: Facts, glyphs: str, width: int) -> bool:
    """Whether one of these glyphs is drawn that wide."""
    return any(facts.widths.get(glyph) == width for glyph in glyphs)


def _few(facts: Facts) -> bool:
    """Whether there are fewer colours than the terminal is likely to have: the Linux console has no more."""
    return facts.colours == 16 and facts.term != "linux"


def _in_tmux(facts: Facts) -> bool:
    return "tmux" in facts.multiplexers or facts.term.startswith("tmux")


def _in_screen(facts: Facts) -> bool:
    return not _in_tmux(facts) and ("screen" in facts.multiplexers or facts.term.startswith("screen"))


def _slow(facts: Facts) -> bool:
    return facts.milliseconds is not None and facts.milliseconds[0] > SLOW


def _far(facts: Facts) -> bool:
    """Whether mosh could help: over SSH, and what answered was not tmux or screen on this side of it."""
    return facts.ssh and not facts.mosh and not facts.multiplexers


RULES: dict[str, Rule] = {
    "ssh_without_terminal": lambda facts: facts.ssh and not facts.terminal and not facts.moves,
    "term": lambda facts: facts.terminal and not facts.moves,
    "encoding": lambda facts: not _utf8(facts.encoding) or facts.look.why == "encoding",
    "locale_plain": lambda facts: facts.look.why == "locale",
    "locale_missing": lambda facts: not facts.installed,
    "tmux_utf8": lambda facts: not facts.look.ascii and "tmux" in facts.multiplexers and not _utf8(facts.locale),
    "screen_utf8": lambda facts: not facts.look.ascii and "screen" in facts.multiplexers and not _utf8(facts.locale),
    "not_utf8": lambda facts: _cells(facts, "→가", 3),
    "wide_ascii": lambda facts: facts.look.why == "wide",
    "wide": lambda facts: not facts.look.ascii and _cells(facts, "δ→▶█⠿", 2),
    "hangul": lambda facts: facts.korean and _cells(facts, "가", 1),
    "combining": lambda facts: not facts.look.ascii and facts.widths.get("m̂", 1) == 2,
    "silent": lambda facts: facts.answers.asked and not facts.answers.times and facts.locale[:2] in ("ko", "ja", "zh"),
    "size_unknown": lambda facts: facts.terminal and 0 in facts.size,
    "small": lambda facts: 0 not in facts.size and (facts.size[0] < WIDTH or facts.size[1] < HEIGHT),
    "tmux_colours": lambda facts: _few(facts) and _in_tmux(facts),
    "screen_colours": lambda facts: _few(facts) and _in_screen(facts),
    "ssh_colours": lambda facts: _few(facts) and facts.ssh and not _in_tmux(facts) and not _in_screen(facts),
    "term_colours": lambda facts: _few(facts) and not facts.ssh and not _in_tmux(facts) and not _in_screen(facts),
    "apple": lambda facts: facts.program == "Apple_Terminal" and facts.colours > 256,
    "light": lambda facts: facts.light is True and facts.colours > 0 and facts.theme in _FOR_DARK,
    "slow": _slow,
    "mosh": lambda facts: _slow(facts) and _far(facts),
    "unwritable": lambda facts: not facts.writable,
    "keymap": lambda facts: bool(facts.keymap),
    "progress_unreadable": lambda facts: facts.progress == "unreadable",
    "progress_broken": lambda facts: facts.progress == "broken",
    "progress_foreign": lambda facts: facts.progress == "foreign",
    "progress_newer": lambda facts: facts.progress == "newer",
    "progress_link": lambda facts: facts.progress == "link",
}


def findings(facts: Facts) -> tuple[str, ...]:
    """The names of the rules that hold, in their order."""
    return tuple(name for name, holds in RULES.items() if holds(facts))


def sentences(facts: Facts, words: Words) -> Iterator[str]:
    """What to do about each finding; the lines after the first of each are commands to copy."""
    known = {
        "locale": facts.locale,
        "columns": facts.size[0],
        "rows": facts.size[1],
        "milliseconds": f"{facts.milliseconds[0]:.0f}" if facts.milliseconds else "",
        "folder": facts.folder,
        "keymap": facts.keymap,
        "term": facts.term,
    }
    for name in findings(facts):
        yield words.say(f"advice.{name}", **known).strip()
