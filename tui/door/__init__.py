"""The public names of nntutor, loaded when one of them is used: `import nntutor` itself loads nothing.

What each of them is and does: docs/python.md. Everything else below nntutor may change from one version to the next.
"""

from __future__ import annotations

TYPE_CHECKING = False  # so that not even typing is loaded
if TYPE_CHECKING:
    from nntutor.functions import (
        Check,
        Diagnosis,
        Layer,
        Network,
        NntutorError,
        Operand,
        Optimizer,
        Problem,
        ProblemError,
        Ref,
        Result,
        Samples,
        Step,
        Timeline,
        Trace,
        Training,
        check,
        diagnose,
        parse,
        problem_of,
        problems,
        read,
        trace,
        train,
        verify,
        write,
    )

    __version__: str

__all__ = [
    "Check",
    "Diagnosis",
    "Layer",
    "Network",
    "NntutorError",
    "Operand",
    "Optimizer",
    "Problem",
    "ProblemError",
    "Ref",
    "Result",
    "Samples",
    "Step",
    "Timeline",
    "Trace",
    "Training",
    "__version__",
    "check",
    "diagnose",
    "parse",
    "problem_of",
    "problems",
    "read",
    "trace",
    "train",
    "verify",
    "write",
]


def __getattr__(name: str) -> object:
    """A public name, asked for the first time (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name == "__version__":
        from importlib.metadata import version

        found: object = version("nntutor")
    else:
        from nntutor import functions

        found = getattr(functions, name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
