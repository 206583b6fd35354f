"""The one check command: format, lint, types (of Windows as well), import contracts, tests.

Works from a bare Python ≥ 3.11 with venv and pip: makes .venv beside this folder, installs the pinned
test dependencies and the project into it, and runs everything from there. `check.py tests` (or format,
lint, types, windows, imports) runs only that. Two more run only when asked for: `fast`, the tests without
the slow ones (tests/conftest.py says which), and `second`, those on another Python that this machine has,
in an environment of its own.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata, util
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PINS = ROOT / "tests" / "requirements.txt"
OWN = f"{sys.version_info[0]}.{sys.version_info[1]}"
VERSIONS = ("3.14", "3.13", "3.12", "3.11")
"""Those that the project says it runs on, newest first."""

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
ASKED: dict[str, list[str]] = {"fast": ["-m", "pytest", "-m", "not slow"]}


def main(wanted: list[str]) -> int:
    environment = Environment(ROOT / ".venv")
    if wanted[:1] == ["--in"] and len(wanted) > 1:
        environment, wanted = Environment(ROOT / wanted[1]), wanted[2:]
    unknown = [name for name in wanted if name not in (*STAGES, *ASKED, "second")]
    if unknown:
        print(f"check: no stage “{unknown[0]}”; there are {', '.join((*STAGES, *ASKED, 'second'))}", file=sys.stderr)
        return 2
    if sys.version_info < (3, 11):  # noqa: UP036 — this file may meet any Python
        print("check: Python 3.11 or newer is needed", file=sys.stderr)
        return 2
    if wanted == ["second"]:
        return second()
    link()
    environment.prepare()
    for name in wanted or STAGES:
        print(f"--- {name}", flush=True)
        command = STAGES.get(name) or ASKED[name]
        status = subprocess.run([str(environment.python), *command], cwd=ROOT).returncode
        if status:
            print(f"check: {name} failed", file=sys.stderr)
            return status
    return 0


# --- the environment ---------------------------------------------------------------------------------


class Environment:
    """A folder with Python, the pinned tools and this project, for the Python that runs this file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        binaries = folder / ("Scripts" if os.name == "nt" else "bin")
        self.python = binaries / ("python.exe" if os.name == "nt" else "python")
        self.stamp = folder / "installed"

    def prepare(self) -> None:
        """Made once, and mended when it is not what the pins and the project's own list say."""
        wanted = hashlib.sha256(PINS.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
        installed = self.distributions()
        if self.is_of_this_python() and self.is_prepared(wanted, installed):
            return
        if not self.is_of_this_python() or "pip" not in installed:  # an environment made by uv has no pip
            self.make()
        pip = [str(self.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        for arguments in (["-r", str(PINS)], ["--no-deps", "--no-build-isolation", "-e", "."]):
            status = subprocess.run([*pip, *arguments], cwd=ROOT).returncode
            if status:
                sys.exit("check: the installation failed")
        self.stamp.write_text(wanted)

    def make(self) -> None:
        advice = "on Debian and Ubuntu: apt-get install python3-venv"
        if util.find_spec("venv") is None or util.find_spec("ensurepip") is None:
            sys.exit(f"check: this Python cannot make an environment (venv, ensurepip); {advice}")
        import venv

        try:
            venv.create(self.folder, clear=True, with_pip=True)
        except (subprocess.CalledProcessError, OSError) as error:
            shutil.rmtree(self.folder, ignore_errors=True)
            sys.exit(f"check: cannot make {self.folder.name} ({error}); {advice}")

    def is_of_this_python(self) -> bool:
        """Whether its Python is of the version that runs this file: that is the one that is to be checked."""
        try:
            lines = (self.folder / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
        except OSError:
            return False
        found = {key.strip(): value.strip() for key, _, value in (line.partition("=") for line in lines)}
        version = found.get("version") or found.get("version_info") or ""  # as venv has it, and as uv does
        return self.python.exists() and version.split(".")[:2] == OWN.split(".")

    def distributions(self) -> dict[str, metadata.Distribution]:
        """What is installed, by its normalized name; read from the folders, no process started."""
        paths = (*self.folder.glob("lib/python*/site-packages"), self.folder / "Lib" / "site-packages")
        folders = [str(path) for path in paths]
        return {normalized(found.metadata["Name"]): found for found in metadata.distributions(path=folders)}

    def is_prepared(self, wanted: str, installed: dict[str, metadata.Distribution]) -> bool:
        """The pinned versions, and this folder itself, not a copy of it.

        The README's start command and uv install into .venv too. A copy left there would be tested in place of the
        files at hand, and nobody would notice.
        """
        if not self.stamp.exists() or self.stamp.read_text() != wanted:
            return False
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


# --- another Python ----------------------------------------------------------------------------------


def second() -> int:
    """The fast part of the tests on the newest other Python that is here; where there is none, that is said."""
    for version, python in others():
        print(f"check: the fast part of the tests on Python {version}", flush=True)
        return subprocess.run([python, __file__, "--in", f".venv-{version}", "fast"], cwd=ROOT).returncode
    print(f"check: no other Python than {OWN} here (of {', '.join(reversed(VERSIONS))}); the tests ran on that alone")
    return 0


def others() -> Iterator[tuple[str, str]]:
    """Other Pythons that run and can make environments, each with its version."""
    for version in VERSIONS:
        for python in (shutil.which(f"python{version}"), *pyenv_has(version)):
            if version != OWN and python is not None and runs(python, version):
                yield version, python


def pyenv_has(version: str) -> list[str]:
    """The Pythons of a version that pyenv keeps, newest first; its commands on the path may be stubs that fail."""
    pyenv = shutil.which("pyenv")
    if pyenv is None:
        return []
    root = subprocess.run([pyenv, "root"], capture_output=True, text=True).stdout.strip()
    found = Path(root).glob(f"versions/{version}.*/bin/python{version}") if root else ()
    return [str(path) for path in sorted(found, key=lambda path: [*map(int, numbers(path))], reverse=True)]


def numbers(path: Path) -> list[str]:
    return [part for part in path.parent.parent.name.split(".") if part.isdecimal()]


def runs(python: str, version: str) -> bool:
    """Whether it starts, is of that version, and can make an environment."""
    code = "import sys, venv, ensurepip; print(*sys.version_info[:2], sep='.')"
    try:
        done = subprocess.run([python, "-c", code], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and done.stdout.strip() == version


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
