"""Many seeds trained at once: which are solved, where the others wait."""

from __future__ import annotations

from collections import Counter

import numpy as np

from nntutor.lessons.language.cells import cells
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, cut, fitted
from nntutor.tui.state.study import Study


def seeds(study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
    """One mark for each seed: solved or not yet; and at which errors the others wait."""
    found = study.seeds
    if found is None:
        return [(), (Piece(cut(f"  {words.say('seeds.ask')}", width), "dim"),)]
    full, empty = ("#", ".") if look.ascii else ("●", "·")
    solved = found.solved.astype(bool)
    facts = {"count": int(solved.sum()), "of": len(solved), "iterations": found.state.done}
    across = max(1, min(64, width - 4))
    rows: list[Row] = [(Piece(f" {words.say('seeds.done', **facts)}", "bold"),), ()]
    for start in range(0, len(solved), across):
        marks = "".join(full if one else empty for one in solved[start : start + across])
        rows.append((Piece(f"  {marks}"),))
    waiting = Counter(f"{error:.3f}" for error in found.errors[~solved] if np.isfinite(error))
    if waiting:
        told = f" {words.say('seeds.waiting')}"
        for error, count in waiting.most_common():
            longer = f"{told}  E {error}: {count}"
            told = longer if cells(longer) <= width else told
        rows += [(), (Piece(told),)]
    rows.append((Piece(f" {full} {words.say('seeds.solved')}   {empty} {words.say('seeds.unsolved')}", "dim"),))
    return [fitted(row, width) for row in rows[:height]]
