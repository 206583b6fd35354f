"""How one iteration's numbers and formulas are said in one look: symbols, figures, formulas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nntutor.core.engine.trace import Trace
from nntutor.core.notation.figures import figure
from nntutor.core.notation.style import Style
from nntutor.core.notation.symbols import short
from nntutor.core.problems.network import PENALTIES, Problem
from nntutor.core.rules.losses import LOSSES
from nntutor.core.rules.optimizers import RATE_FIELDS
from nntutor.lessons.language import titles
from nntutor.lessons.language.ascii import ascii_look
from nntutor.lessons.language.remarks import remark
from nntutor.lessons.language.words import Note, Words

_LEFT_OUT = re.compile(r"(?:…|\.\.\.) (\d+) more (?:…|\.\.\.)")


@dataclass(frozen=True)
class Speech:
    """The words of a language in one look."""

    words: Words
    style: Style

    def plain(self, phrase: str) -> str:
        return ascii_look(phrase) if self.style is Style.ASCII else phrase

    def say(self, key: str, **facts: object) -> str:
        return self.plain(self.words.say(key, **facts))

    def note(self, note: Note) -> str:
        """A note as a sentence: figures, and notes within it."""
        key, facts = note
        return self.say(key, **{name: self._fact(fact) for name, fact in facts.items()})

    def _fact(self, fact: object) -> object:
        if isinstance(fact, float):
            return figure(fact, style=self.style)
        return self.note(fact) if isinstance(fact, tuple) else fact

    def layer(self, layer: int, last: int) -> str:
        if layer == last:
            return self.say("views.output_layer")
        return self.say("views.hidden_layer") if last == 2 else self.say("views.hidden_layer_n", layer=layer)

    def title(self, problem: Problem) -> str:
        """What a problem calls itself, or nothing."""
        return titles.title(problem, self.words.language)

    def source(self, problem: Problem) -> str:
        """Where it says that it comes from, or nothing."""
        source = titles.source(problem, self.words.language)
        return self.say("cli.source", source=source) if source else ""

    def remark(self, problem: Problem) -> str:
        """What is remarked on a problem, or nothing."""
        found = remark(problem)
        return "" if found is None else self.note(found)

    def about(self, problem: Problem) -> str:
        """Sizes, error, optimizer and order of samples, in one line."""
        optimizer = problem.optimizer
        plain = Style.ASCII if self.style is Style.ASCII else Style.UNICODE
        known = [(kind, getattr(optimizer, at)) for kind, at in RATE_FIELDS.items() if at in optimizer.rule.rates]
        known += [(kind, rate) for kind in PENALTIES if (rate := problem.rate(kind, 1))]
        rates = ", ".join(f"{short(kind, plain)} {figure(value, style=plain)}" for kind, value in known)
        name = method(problem, whole=problem.batch == "full" or not problem.passes)
        batch = problem.batch if isinstance(problem.batch, str) else "mini"
        if not problem.passes:
            what = f"run_name.{problem.surface}" if problem.surface else "batch_name.given"
            return self.plain(f"{self.words.say(what)} · {self.words.say(f'optimizer_name.{name}')}, {rates}")
        return self.plain(
            " · ".join(
                (
                    "-".join(map(str, problem.network.sizes)),
                    ", ".join((self.words.say(f"error_name.{problem.error}"), *self._reductions(problem))),
                    f"{self.words.say(f'optimizer_name.{name}')}, {rates}",
                    self.words.say(f"batch_name.{batch}", size=problem.batch_size),
                )
            )
        )

    def _reductions(self, problem: Problem) -> Iterator[str]:
        """What is summed or averaged otherwise than the name of the error lets one think."""
        if problem.over_outputs not in ("", LOSSES[problem.error].over_outputs):
            yield self.words.say(f"reduction.outputs_{problem.over_outputs}")
        if problem.over_samples != "mean":
            yield self.words.say(f"reduction.samples_{problem.over_samples}")

    def heading(self, trace: Trace) -> str:
        """ "iteration 1 · samples 0, 1, 2": samples by their index in the data, as symbols and JSON count them."""
        iteration = self.say("cli.iteration", iteration=trace.iteration)
        if not trace.samples:
            return iteration
        many = len(trace.samples) > 12
        shown = list(map(str, trace.samples[:4] if many else trace.samples))
        if many:
            shown += ["…", str(trace.samples[-1])]
        samples = self.say("cli.samples", samples=", ".join(shown))
        return self.plain(f"{iteration} · {samples}")

    def left_out(self, piece: str) -> str:
        """Where terms are left out, that and how many."""
        found = _LEFT_OUT.search(piece)
        if found is None:
            return piece
        said = self.words.say("cli.more_terms", count=found[1])
        dots = {Style.LATEX: r"\cdots", Style.ASCII: "..."}.get(self.style, "…")
        said = rf"\text{{ {said} }}" if self.style is Style.LATEX else f" {said} "
        return _LEFT_OUT.sub(lambda _: dots + said + dots, piece)


def method(problem: Problem, whole: bool = True) -> str:
    """What changes the weights, a name under `[optimizer_name]`: Rosenblatt's rule goes down no slope. whole: every
    iteration has all samples, or it does not matter which."""
    name = problem.optimizer.name
    if name != "sgd":
        return name
    return "rosenblatt" if problem.error == "perceptron" else "sgd_full" if whole else name
