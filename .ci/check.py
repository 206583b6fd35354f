"""The one check command: format, lint, types, import contracts, tests.

Works from a bare Python ≥ 3.11 with venv and pip: makes .venv beside this folder, installs the pinned
test dependencies and the project into it, and runs everything from there. `check.py tests` (or format,
lint, types, imports) runs only that.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
PINS = ROOT / "tests" / "requirements.txt"
STAMP = VENV / "installed"

STAGES: dict[str, list[str]] = {
    "format": ["-m", "ruff", "format", "--check", "."],
    "lint": ["-m", "ruff", "check", "."],
    "types": ["-m", "mypy"],
    "imports": ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
    "tests": ["-m", "pytest"],
}


def main(wanted: list[str]) -> int:
    unknown = [name for name in wanted if name not in STAGES]
    if unknown:
        print(f"check: no stage “{unknown[0]}”; there are {', '.join(STAGES)}", file=sys.stderr)
        return 2
    if sys.version_info < (3, 11):  # noqa: UP036 — this file may meet any Python
        print("check: Python 3.11 or newer is needed", file=sys.stderr)
        return 2
    prepare()
    for name in wanted or STAGES:
        print(f"--- {name}", flush=True)
        status = subprocess.run([str(PYTHON), *STAGES[name]], cwd=ROOT).returncode
        if status:
            print(f"check: {name} failed", file=sys.stderr)
            return status
    return 0


def prepare() -> None:
    """The environment, made once and again when the pins or the project's own list change."""
    link()
    wanted = hashlib.sha256(PINS.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == wanted and PYTHON.exists():
        return
    if not PYTHON.exists():
        try:
            venv.create(VENV, with_pip=True)
        except (subprocess.CalledProcessError, OSError) as error:
            sys.exit(f"check: cannot make .venv ({error}); on Debian and Ubuntu install python3-venv first")
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for arguments in (["-r", str(PINS)], ["--no-deps", "--no-build-isolation", "-e", "."]):
        status = subprocess.run([*pip, *arguments], cwd=ROOT).returncode
        if status:
            sys.exit(status)
    STAMP.write_text(wanted)


def link() -> None:
    """.dev/nntutor -> ..: type checkers cannot follow an editable install with renamed folders."""
    path = ROOT / ".dev" / "nntutor"
    if not path.is_symlink():
        path.parent.mkdir(exist_ok=True)
        path.symlink_to("..", target_is_directory=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
