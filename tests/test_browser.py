"""The tutor in a browser: `nntutor serve`, and textual-serve's own server, in a headless Chromium."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import browsers
import pytest
from browsers import Browser, Served, Tab, running

from nntutor.lessons.course import load
from nntutor.lessons.language.words import load as words_of

SAY, SAGT = words_of("en").say, words_of("ko").say
TUTOR = [sys.executable, "-m", "nntutor"]
# What `textual serve` does with a command.
OTHERS = "import sys; from textual_serve.server import Server; Server(sys.argv[1], port=int(sys.argv[2])).serve()"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if browsers.CHROMIUM is None:
        pytest.skip(browsers.MISSING)
    browser = Browser(tmp_path_factory.mktemp("chromium"))
    yield browser
    browser.close()


def serving(home: Path) -> AbstractContextManager[Served]:
    """`nntutor serve`."""
    port = browsers.free_port()
    return running([*TUTOR, "serve", "--port", str(port)], home, port, "Ctrl+c")


@pytest.fixture(scope="module")
def for_all(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("learner") / "home") as one:
        yield one


@pytest.fixture
def served(for_all: Served) -> Served:
    """A server, with the home of a new learner."""
    assert for_all.empty()
    shutil.rmtree(for_all.home, ignore_errors=True)
    return for_all


def title(lesson: str, language: str = "en") -> str:
    return load.described(lesson, language)[0]


def opened(tab: Tab, lesson: str) -> None:
    """From the list of lessons."""
    one = load.find(lesson)
    assert one is not None
    tab.until(title("start"))
    tab.press("Home", *["ArrowDown"] * one.number, "Enter")
    tab.until(count(1, lesson))


def count(stop: int, lesson: str) -> str:
    one = load.find(lesson)
    assert one is not None
    return SAY("status.stop", stop=stop, stops=len(one.stops))


def test_lesson_7_is_taken_in_a_browser_by_keys_alone(chromium: Browser, served: Served) -> None:
    lesson = load.find("hidden-delta")
    assert lesson is not None
    with chromium.tab(served.address) as tab:
        opened(tab, "hidden-delta")
        for stop in range(2, len(lesson.stops) + 1):
            for _ in range(5):  # a text may have several pages
                before = tab.rows()
                tab.press(" ")
                tab.turns(before)
                if tab.comes(count(stop, "hidden-delta"), 1.0):
                    break
            tab.until(count(stop, "hidden-delta"))
        tab.press("q")
        assert SAY("home.done") in tab.until(title("start"))


def test_a_tab_takes_the_mouse_another_size_and_an_input_method(chromium: Browser, served: Served) -> None:
    """In one tab, for each costs the start of a tutor."""
    with chromium.tab(served.address) as tab:
        a_lesson_is_opened_and_a_number_asked_for_with_the_mouse_alone(tab)
        tab.press("Escape")
        tab.gone("esc close")
        tab.press("q")
        opened(tab, "hidden-delta")
        the_whole_screen_is_shown_in_another_size(tab)
        korean_is_shown_and_typed(tab)


def a_lesson_is_opened_and_a_number_asked_for_with_the_mouse_alone(tab: Tab) -> None:
    tab.until(title("start"))
    rows = tab.rows()
    tab.click(30, next(at for at, row in enumerate(rows) if title("forward") in row))
    tab.until(count(1, "forward"))
    rows = tab.rows()
    result = next(at for at, row in enumerate(rows) if row.strip() == "= 0.3775")
    tab.click(rows[result].index("0.3775") + 2, result)
    tab.until("esc close")


def the_whole_screen_is_shown_in_another_size(tab: Tab) -> None:
    tab.resize(1400, 900)
    tab.until(f"[{SAY('view_name.steps')}]")  # a second view, on a wide screen
    wide = tab.size()
    tab.ends_with(SAY("keys.leave"))
    tab.resize(600, 420)
    tab.gone(f"[{SAY('view_name.steps')}]")
    small = tab.size()
    assert small[0] < 80 < 110 <= wide[0] and small[1] < wide[1]
    tab.ends_with(SAY("keys.leave"))


def korean_is_shown_and_typed(tab: Tab) -> None:
    tab.resize(1000, 700)
    tab.press("t")
    tab.until(SAGT("phase.forward"))
    tab.compose("ㅈ")  # the key of w
    tab.until(SAGT("why_panel.title", symbol="net_h1"))
    tab.press("Escape", ":")
    tab.compose("ㄷ", "다", "단")
    tab.until(": 단")
    tab.compose("ㄱ", "계")
    tab.until(": 단계")
    tab.press(*" 5", "Enter")
    tab.until(f"{SAGT('status.step')} 5/39")


def test_two_tabs_are_two_tutors_each_at_its_own_place(chromium: Browser, served: Served) -> None:
    with chromium.tab(served.address) as one, chromium.tab(served.address) as other:
        opened(one, "hidden-delta")
        opened(other, "wall")
        one.press("ArrowRight")
        other.press("ArrowDown")
        assert title("hidden-delta") in one.until(title("hidden-delta"))
        assert title("wall") in other.until(title("wall"))
        assert len(served.tutors()) == 2


def test_a_tab_that_is_closed_ends_its_tutor_and_the_place_is_kept(chromium: Browser, served: Served) -> None:
    with chromium.tab(served.address) as tab:
        opened(tab, "hidden-delta")
        begun = tab.rows()[0]
        tab.press("ArrowRight")  # one key alone: what is read after two of them may be what the first one drew
        tab.changes(begun)
        place = tab.rows()[0]
    assert served.empty()
    with chromium.tab(served.address) as tab:
        tab.until(title("hidden-delta"))
        assert tab.rows()[0] == place


def test_the_page_asks_no_other_server_and_when_the_tutor_has_ended_says_so_and_opens_it_again(
    chromium: Browser, served: Served
) -> None:
    chromium.asked.clear()
    with chromium.tab(served.address) as tab:
        tab.until(title("start"))
        tab.press("q")
        tab.sees(SAY("serve.ended"))
        tab.press("Enter")  # on the link
        opened(tab, "hidden-delta")
    assert len(chromium.asked) > 2
    assert [url for url in chromium.asked if not url.startswith((served.address, "data:"))] == []


# SIGINT ends a server in test_cli.
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_no_tutor_outlives_its_server(chromium: Browser, tmp_path: Path, number: signal.Signals) -> None:
    with serving(tmp_path / "home") as served, chromium.tab(served.address) as tab:
        opened(tab, "hidden-delta")
        os.kill(served.pid, number)
        assert served.wait() == (-number if number == signal.SIGKILL else 128 + number)
        assert served.empty()
        tab.sees(SAY("serve.ended"))
        assert served.said() == ""


def test_textual_serves_own_server_reaches_the_same_tutor(chromium: Browser, tmp_path: Path) -> None:
    port = browsers.free_port()
    command = [sys.executable, "-c", OTHERS, f"{sys.executable} -m nntutor learn hidden-delta", str(port)]
    with running(command, tmp_path / "home", port, "Ctrl+C") as server, chromium.tab(server.address) as tab:
        tab.until(count(1, "hidden-delta"))
        tab.click(2, 10)  # its page takes keys only then
        tab.press(" ")
        tab.until(count(2, "hidden-delta"))
        tab.close()
        assert server.empty()
