"""One hypothesis profile for all: the same examples on every machine, few enough for a quick suite."""

from collections.abc import Iterator

import pytest
import terminals
from hypothesis import HealthCheck, settings

from nntutor.core.network import Problem
from nntutor.lessons import shipped

settings.register_profile(
    "nntutor",
    deadline=None,
    derandomize=True,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("nntutor")


@pytest.fixture
def two_two_two() -> Problem:
    """The well-known example that lessons 5 to 9 run."""
    return shipped.open("two-two-two")


@pytest.fixture(autouse=True)
def _no_program_is_left_running() -> Iterator[None]:
    yield
    terminals.sweep()
