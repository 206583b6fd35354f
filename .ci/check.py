"""The one check command: format, lint, types (of Windows as well), import contracts, tests.

Works from a bare Python ≥ 3.11 with venv and pip: makes .venv beside this folder, installs the pinned
test dependencies and the project into it, and runs everything from there. `check.py tests` (or format,
lint, types, windows, imports) runs only that.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from importlib import metadata, util
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
    "windows": ["-m", "mypy", "--platform", "win32", "--cache-dir", ".mypy_cache/windows"],  # what is not there
    "imports": [
        "-c",
        "import sys; sys.path.insert(0, '.dev'); "
        "from importlinter.cli import lint_imports_command; lint_imports_command()",
    ],
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
    """The environment, made once, and mended when it is not what the pins and the project's own list say."""
    link()
    wanted = hashlib.sha256(PINS.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    installed = distributions()
    if STAMP.exists() and STAMP.read_text() == wanted and PYTHON.exists() and is_prepared(installed):
        return
    if not PYTHON.exists() or "pip" not in installed:  # an environment made by uv has no pip
        make_environment()
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for arguments in (["-r", str(PINS)], ["--no-deps", "--no-build-isolation", "-e", "."]):
        status = subprocess.run([*pip, *arguments], cwd=ROOT).returncode
        if status:
            sys.exit("check: the installation failed")
    STAMP.write_text(wanted)


def make_environment() -> None:
    advice = "on Debian and Ubuntu: apt-get install python3-venv"
    if util.find_spec("venv") is None or util.find_spec("ensurepip") is None:
        sys.exit(f"check: this Python cannot make an environment (venv, ensurepip); {advice}")
    import venv

    try:
        venv.create(VENV, clear=True, with_pip=True)
    except (subprocess.CalledProcessError, OSError) as error:
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit(f"check: cannot make .venv ({error}); {advice}")


def distributions() -> dict[str, metadata.Distribution]:
    """What is installed in .venv, by its normalized name; read from the folders, no process started."""
    folders = [str(path) for path in (*VENV.glob("lib/python*/site-packages"), VENV / "Lib" / "site-packages")]
    return {normalized(found.metadata["Name"]): found for found in metadata.distributions(path=folders)}


def is_prepared(installed: dict[str, metadata.Distribution]) -> bool:
    """The pinned versions, and this folder itself, not a copy of it.

    The README's start command and uv install into .venv too. A copy left there would be tested in place of the
    files at hand, and nobody would notice.
    """
    for line in PINS.read_text().split():
        name, _, version = line.partition("==")
        found = installed.get(normalized(name))
        if found is None or found.version != version:
            return False
    project = installed.get("nntutor")
    origin = json.loads((project and project.read_text("direct_url.json")) or "{}")
    return bool(origin.get("dir_info", {}).get("editable")) and origin.get("url") == ROOT.as_uri()


def normalized(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def link() -> None:
    """.dev/nntutor, a folder of links as nntutor is installed: type checkers and import contracts follow no other way.

    tui/door is nntutor itself; the three folders stand below it.
    """
    path = ROOT / ".dev" / "nntutor"
    if path.is_symlink():  # as it was while nntutor had no names of its own
        path.unlink()
    path.mkdir(parents=True, exist_ok=True)
    wanted = {file.name: Path("../../tui/door") / file.name for file in (ROOT / "tui" / "door").glob("*.py")}
    wanted |= {folder: Path("../..") / folder for folder in ("core", "lessons", "tui")}
    for found in path.iterdir():
        if not (found.is_symlink() and wanted.get(found.name) == Path(os.readlink(found))):
            shutil.rmtree(found) if found.is_dir() and not found.is_symlink() else found.unlink()
    for name, target in wanted.items():
        if not (path / name).is_symlink():
            (path / name).symlink_to(target, target_is_directory=target.suffix == "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
