"""How many examples the laws are held to.

`quick`: the same few on every machine, so that no change fails by chance. `thorough`, chosen with
NNTUTOR_EXAMPLES=thorough: a thousand, others each time; what it finds is printed with the line that repeats it.
"""

import os
from collections.abc import Iterator

import links
import pytest
import terminals
from hypothesis import HealthCheck, settings
from links import Server

from nntutor.core.problems.network import Problem
from nntutor.lessons.course import builtin

settings.register_profile(
    "quick",
    deadline=None,
    derandomize=True,
    max_examples=40,
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


@pytest.fixture
def two_two_two() -> Problem:
    """The well-known example that lessons 5 to 9 run."""
    return builtin.open("two-two-two")


@pytest.fixture(autouse=True)
def _no_program_is_left_running() -> Iterator[None]:
    yield
    terminals.sweep()


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
