"""Many seeds trained at once: which are solved, where the others wait."""

from __future__ import annotations

from collections import Counter

import numpy as np

from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, kept, shortened, wrapped
from nntutor.tui.drawing.views.paths import told
from nntutor.tui.state.study import Study


def seeds(study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
    """One mark for each seed: solved or not yet; and at which errors the others wait."""
    found = study.seeds_here
    if found is None:
        return told(words.say("seeds.ask"), width)
    full, empty = look.line("●"), "." if look.ascii else "·"
    solved = found.solved.astype(bool)
    facts = {"count": int(solved.sum()), "of": len(solved), "iterations": found.state.done}
    across = max(1, min(64, width - 4))
    rows: list[Row] = [(Piece(f" {words.say('seeds.done', **facts)}", "bold"),), ()]
    for start in range(0, len(solved), across):
        marks = "".join(full if one else empty for one in solved[start : start + across])
        rows.append((Piece(f"  {marks}"),))
    rows.append((Piece(f" {full} {words.say('seeds.solved')}   {empty} {words.say('seeds.unsolved')}", "dim"),))
    waiting = Counter(f"{error:.3f}" for error in found.errors[~solved] if np.isfinite(error))
    if waiting:
        each = "".join(
            f"  E\N{NO-BREAK SPACE}{error}:\N{NO-BREAK SPACE}{count}" for error, count in waiting.most_common()
        )
        rows += [(), *[(Piece(f" {line}"),) for line in wrapped(words.say("seeds.waiting") + each, width - 1)]]
    return [shortened(row, width, look) for row in kept(rows, height, look)]
