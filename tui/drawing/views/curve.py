"""E by iteration, as far as the learner has run; beside a race, of every racer."""

from __future__ import annotations

from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.keyline import run_name
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Row
from nntutor.tui.drawing.charts.curves import curve_rows
from nntutor.tui.drawing.views.paths import is_planar, told
from nntutor.tui.drawing.views.race import race_curves
from nntutor.tui.state import views
from nntutor.tui.state.study import Study


def curve(study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
    if study.view == "race" and study.running is None and is_planar(study.trace):
        # Beside the ways of a race: it has the letters and hues of all.
        return race_curves(study, words, width, height, look)
    timeline = study.timeline
    # The prose may have looked ahead; the curve shows what the learner has run.
    known = timeline.errors if study.running is not None else views.seen_errors(study)
    # The iteration at hand is known only once its E has been made.
    error = study.trace.find("E")
    here = timeline.iteration
    if error is not None and not study.trace.known(error, timeline.step) and len(known) <= here:
        known = known[: here - 1]
    if study.running is None and len(known) < 2:
        return told(words.say("views.one_point"), width)[:height]
    return curve_rows(known, here, width, height, look, _title(study, words), words.say("views.log_scale"))


def _title(study: Study, words: Words) -> str:
    """What is drawn; in a race, whose."""
    if study.lesson is not None and "race" in study.lesson.views:
        return words.say("views.error_curve_of", run=run_name(words, study.run))
    return words.say("views.error_curve")
