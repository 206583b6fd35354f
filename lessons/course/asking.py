"""A question while it is open: tries, hints one after the other, and how it ended.

A frozen value, so that the screen, plain lines and tests go through the same states.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from nntutor.lessons.course.questions import HINTS, Asked, Verdict, judged

OUTCOMES = ("right", "helped", "shown", "skipped")
"""How a question ends: right at once and alone; right later; with the answer shown; not at all."""


@dataclass(frozen=True)
class Asking:
    """tries: answers that were wrong. hints: how many have been given. outcome: one of OUTCOMES, empty while open."""

    asked: Asked
    tries: int = 0
    hints: int = 0
    outcome: str = ""

    def answer(self, text: str) -> tuple[Asking, Verdict]:
        """The question after an answer; one that cannot be read or is too short is no try.

        A wrong one that no mistake explains brings the next hint.
        """
        verdict = judged(self.asked, text)
        match verdict.kind:
            case "right":
                return replace(self, outcome="helped" if self.tries or self.hints else "right"), verdict
            case "mistake":
                return replace(self, tries=self.tries + 1), verdict
            case "wrong":
                return replace(self, tries=self.tries + 1).hint(), verdict
        return self, verdict

    def hint(self) -> Asking:
        """The question after the next hint, the last of which is the answer."""
        hints = min(self.hints + 1, len(HINTS))
        return replace(self, hints=hints, outcome="shown" if hints == len(HINTS) else "")

    def skip(self) -> Asking:
        return replace(self, outcome="skipped")

    @property
    def hinted(self) -> str:
        """The hint that was given last, one of HINTS; empty for none."""
        return HINTS[self.hints - 1] if self.hints else ""
