"""The check command: which Python it takes, what it makes, and what it says where there is nothing to take."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import conftest
import pytest

ROOT = Path(__file__).parent.parent
OTHER = "3.12" if sys.version_info[:2] != (3, 12) else "3.11"


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The check command, as a module of its own, on a machine that has no other Python."""
    spec = importlib.util.spec_from_file_location("check", ROOT / ".ci" / "check.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return module


def program(path: Path, *lines: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join((f"#!{sys.executable}", "import sys", *lines)), encoding="utf-8")
    path.chmod(0o755)


def test_where_there_is_no_other_python_one_line_says_so(check: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert check.main(["second"]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("check: no other Python than ") and said.out.count("\n") == 1 and not said.err


def test_a_python_that_does_not_run_is_passed_over(check: ModuleType, tmp_path: Path) -> None:
    """Stubs of version managers are on the path whether what they stand for is there or not."""
    binaries = tmp_path / "bin"
    program(binaries / f"python{check.OWN}", f"print({check.OWN!r})")
    program(binaries / f"python{OTHER}", "sys.exit('pyenv: command not found')")
    assert list(check.others()) == []
    program(binaries / f"python{OTHER}", "print('3.1')")
    assert list(check.others()) == []
    program(binaries / f"python{OTHER}", f"print({OTHER!r})")
    assert list(check.others()) == [(OTHER, str(binaries / f"python{OTHER}"))]


def test_what_pyenv_keeps_is_found_the_newest_first(check: ModuleType, tmp_path: Path) -> None:
    program(tmp_path / "bin" / "pyenv", f"print({str(tmp_path)!r})")
    program(tmp_path / "bin" / f"python{OTHER}", "sys.exit(127)")
    kept = [tmp_path / "versions" / f"{OTHER}.{patch}" / "bin" / f"python{OTHER}" for patch in (10, 9)]
    for path in kept:
        program(path, f"print({OTHER!r})")
    assert [python for _, python in check.others()] == [str(path) for path in kept]


def test_the_fast_tests_run_in_an_environment_of_the_other_python(
    check: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program(
        tmp_path / "bin" / f"python{OTHER}",
        f"print({OTHER!r}) if sys.argv[1] == '-c' else sys.exit(sys.argv[2:] != ['--in', '.venv-{OTHER}', 'fast'])",
    )
    assert check.main(["second"]) == 0
    assert OTHER in capsys.readouterr().out
    program(tmp_path / "bin" / f"python{OTHER}", f"print({OTHER!r}) if sys.argv[1] == '-c' else sys.exit(3)")
    assert check.main(["second"]) == 3


@pytest.mark.parametrize(
    ("line", "ours"),
    [(f"version = {sys.version_info[0]}.{sys.version_info[1]}.0", True), ("version_info = 3.4.1", False), ("", False)],
)
def test_an_environment_of_another_python_is_made_anew(
    check: ModuleType, tmp_path: Path, line: str, ours: bool
) -> None:
    environment = check.Environment(tmp_path / "venv")
    assert not environment.is_of_this_python()
    environment.python.parent.mkdir(parents=True)
    environment.python.touch()
    (tmp_path / "venv" / "pyvenv.cfg").write_text(f"home = somewhere\n{line}\n", encoding="utf-8")
    assert environment.is_of_this_python() is ours


@pytest.mark.parametrize("before", ["nothing", "a link", "other links"])
def test_type_checkers_find_everything_as_it_is_installed(
    check: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    monkeypatch.setattr(check, "ROOT", tmp_path)
    for name in ("core/__init__.py", "lessons/__init__.py", "tui/door/__init__.py", "tui/door/functions.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    made = tmp_path / ".dev" / "nntutor"
    if before == "a link":
        made.parent.mkdir()
        made.symlink_to("..", target_is_directory=True)
    elif before == "other links":
        made.mkdir(parents=True)
        (made / "gone.py").symlink_to("../../tui/door/gone.py")
        (made / "core").symlink_to("../../elsewhere")
    for _ in range(2):
        check.link()
        assert sorted(os.listdir(made)) == ["__init__.py", "core", "functions.py", "lessons", "tui"]
        assert (made / "functions.py").samefile(tmp_path / "tui" / "door" / "functions.py")
        assert (made / "core" / "__init__.py").samefile(tmp_path / "core" / "__init__.py")


def test_everything_that_is_called_slow_is_there() -> None:
    for name in conftest.SLOW:
        file, _, test = name.partition("::")
        assert f"def {test}" in (Path(__file__).parent / f"{file}.py").read_text(encoding="utf-8")


def test_the_versions_that_are_tried_are_those_that_the_project_names(check: ModuleType) -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert [f'"Programming Language :: Python :: {version}"' in project for version in check.VERSIONS] == [True] * 4
