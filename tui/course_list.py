"""`nntutor lessons`: the course as a table, with how far the learner has come."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from nntutor.lessons.course import load
from nntutor.lessons.language.cells import cells, padded
from nntutor.lessons.language.words import Words
from nntutor.lessons.learner import waiting
from nntutor.lessons.learner.places import Store


def lines(words: Words) -> Iterator[str]:
    """A head, a line for each lesson below the name of its part, how many are done, and what there is to say."""
    done, begun, told = _progress(words)
    say = words.say
    head = ("", say("cli.lesson"), say("cli.title"), say("cli.minutes"), say("cli.progress"))
    rows = [
        (
            f"{lesson.number}",
            lesson.id,
            load.text(lesson.id, words.language).title,
            f"{lesson.minutes}",
            say("home.done")
            if lesson.id in done
            else say("home.begun", stop=begun[lesson.id] + 1, stops=len(lesson.stops))
            if lesson.id in begun
            else say("home.new"),
        )
        for lesson in load.lessons()
    ]
    widths = [max(map(cells, column)) for column in zip(head, *rows, strict=True)]

    def line(row: tuple[str, ...]) -> str:
        return "  ".join(padded(text, width) for text, width in zip(row, widths, strict=True)).rstrip()

    yield line(head)
    part = -1
    for lesson, row in zip(load.lessons(), rows, strict=True):
        if lesson.part != part:
            part = lesson.part
            yield f"\n{say(f'part.{part}')}"
        yield line(row)
    yield f"\n{say('cli.done_of', done=len(done), total=len(rows))}"
    yield from (f"! {line}" for line in (*map(str, load.broken()), *told))


def _progress(words: Words) -> tuple[frozenset[str], dict[str, int], list[str]]:
    """The lessons that the learner has finished, the stop reached in those that are begun, and what there is to say."""
    if not waiting.exists():
        return frozenset(), {}, []
    from nntutor.tui.desk import Desk

    with closing(Store.open()) as store:
        desk = Desk(store)
        home, told = desk.home(), desk.message(words, over=True)
    return home.done, dict(home.begun), [told] if told else []
