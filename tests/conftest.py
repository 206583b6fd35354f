"""How many examples the laws are held to.

`quick`: the same few on every machine, so that no change fails by chance. `thorough`, chosen with
NNTUTOR_EXAMPLES=thorough: a thousand, others each time; what it finds is printed with the line that repeats it.
"""

import gc
import os
import sqlite3
import sys
from collections.abc import Iterator

import links
import pytest
import terminals
from disks import disk as disk
from hypothesis import HealthCheck, settings
from links import Server
from plain import talk as talk

from nntutor.core.problems.network import Problem
from nntutor.lessons.course import builtin
from nntutor.tui.faults import Faults
from nntutor.tui.state.session import Action, Session

# Who forbids bytecode makes each worker, and each program that a test starts, compile everything anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# What the tests hold grows to millions of objects, and next to none of them is garbage in a ring.
gc.set_threshold(20_000, 20, 50)

settings.register_profile(
    "quick",
    deadline=None,
    derandomize=True,
    max_examples=30,
    stateful_step_count=20,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile(
    "thorough",
    settings.get_profile("quick"),
    derandomize=False,
    max_examples=1000,
    stateful_step_count=40,
    print_blob=True,
)
settings.load_profile(os.environ.get("NNTUTOR_EXAMPLES", "quick"))

# What `pytest -m "not slow"` leaves out, files and single tests: the program on real terminals, over SSH, in
# multiplexers, in a browser and under random input; every lesson played on every screen, written in every format, or
# kept at every step; laws of arithmetic over many networks; what is built and installed.
SLOW = (
    "test_background",
    "test_browser",
    "test_browser_driver",
    "test_core_diagnosis",
    "test_core_laws",
    "test_core_mistakes",
    "test_core_rulebook",
    "test_desk::test_every_lesson_is_opened_again_at_the_step_where_it_was_left",
    "test_doctor::test_over_ssh_it_says_so_and_on_a_slow_line_what_helps",
    "test_drawing",
    "test_ending",
    "test_export::test_a_report_has_every_phase_and_both_errors",
    "test_export::test_every_formula_evaluates_to_its_value",
    "test_keymap::test_a_cut_arrow_is_the_arrow_wherever_a_line_is_typed",
    "test_lint",
    "test_looks::test_every_mark_of_a_lesson_is_a_sign_as_well",
    "test_mouse",
    "test_multiplexers",
    "test_named_changes",
    "test_pictures",
    "test_plain::test_a_lesson_is_taken_from_its_first_stop_to_its_last_by_plain_lines",
    "test_plain::test_every_view_of_a_lesson_has_something_to_say_at_every_stop",
    "test_plain::test_the_line_of_a_step_has_every_number_of_its_formula_and_says_where_it_stands",
    "test_plain_terminal",
    "test_reading",
    "test_scripts",
    "test_slow_lines",
    "test_soak",
    "test_ssh",
    "test_terminal",
    "test_textual_settings::test_the_worst_settings_change_nothing_and_leave_no_file",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        name = f"{item.path.stem}::{getattr(item, 'originalname', item.name)}"
        if item.path.stem in SLOW or name in SLOW or "server" in getattr(item, "fixturenames", ()):
            item.add_marker("slow")


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is trained for remarks and tries comes to its end on a slow or busy machine as well."""
    for module in ("training", "trying"):
        monkeypatch.setattr(f"nntutor.core.diagnosis.{module}.perf_counter", lambda: 0.0)


@pytest.fixture
def two_two_two() -> Problem:
    """The well-known example that lessons 5 to 9 run."""
    return builtin.open("two-two-two")


@pytest.fixture(autouse=True)
def _no_program_is_left_running() -> Iterator[None]:
    yield
    terminals.sweep()


@pytest.fixture(autouse=True)
def _no_database_is_left_open(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Many sessions of the tests end as a killed one does, unclosed; from 3.13 on Python warns of every one."""
    opened: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def remembered(*given: object, **named: object) -> sqlite3.Connection:
        opened.append(connect(*given, **named))  # type: ignore[call-overload]
        return opened[-1]

    monkeypatch.setattr(sqlite3, "connect", remembered)
    yield
    for connection in opened:
        connection.close()


@pytest.fixture(autouse=True)
def mistakes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Exception]]:
    """What the tutor has taken for a mistake of its own, and gone on after; a test that means one clears the list."""
    met: list[Exception] = []
    report = Faults._report

    def noted(self: Faults, error: Exception, action: Action, session: Session) -> str:
        met.append(error)
        return report(self, error, action, session)

    monkeypatch.setattr(Faults, "_report", noted)
    yield met
    if met:
        raise met[0]


@pytest.fixture(autouse=True)
def _nothing_stays_frozen() -> Iterator[None]:
    """The app hides what stands at its first screen from the collector; hypothesis looks there for its generator."""
    yield
    gc.unfreeze()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An OpenSSH server on loopback."""
    if not links.HERE:
        pytest.skip(links.MISSING)
    try:
        with links.serving(tmp_path_factory.mktemp("sshd")) as running:
            yield running
    except links.NoServer as error:
        pytest.skip(f"sshd does not start here: {error}")
