"""What is installed: every folder with code, every file that lessons read, and no more loaded than is needed."""

from __future__ import annotations

import ast
import fnmatch
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
FOLDERS = ("core", "lessons", "tui")


def installed(path: Path) -> str:
    """The name by which a file or a folder of the three is installed: tui/door is nntutor itself."""
    parts = path.relative_to(ROOT).parts
    return "/".join(("nntutor", *(parts[2:] if parts[:2] == ("tui", "door") else parts)))


def test_the_packages_listed_are_the_folders_with_code() -> None:
    found = {installed(path.parent).replace("/", ".") for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")}
    assert found == set(PROJECT["tool"]["setuptools"]["packages"])


def test_every_data_file_of_the_lessons_is_shipped() -> None:
    data = PROJECT["tool"]["setuptools"]["package-data"]
    patterns = list(data["nntutor.lessons"])
    patterns += [f"words/{pattern}" for pattern in data["nntutor.lessons.words"]]
    for path in (ROOT / "lessons").rglob("*"):
        if path.is_file() and path.suffix not in (".py", ".pyc"):
            name = str(path.relative_to(ROOT / "lessons"))
            assert any(fnmatch.fnmatch(name, pattern) for pattern in patterns), name


def test_a_wheel_holds_every_module_and_every_data_file_and_nothing_else(tmp_path: Path) -> None:
    tree = tmp_path / "tree"  # a build leaves files beside its sources
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, tree / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tree)
    build = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, str(tmp_path)], cwd=tree, check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        shipped = {name for name in archive.namelist() if ".dist-info/" not in name}
    files = {path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()}
    assert shipped == {installed(path) for path in files if path.suffix != ".pyc"}


def test_core_imports_only_numpy_the_standard_library_and_itself() -> None:
    for path in (ROOT / "core").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                top = name.partition(".")[0]
                assert top == "numpy" or top in sys.stdlib_module_names or name.startswith("nntutor.core"), (path, name)


def loaded(code: str) -> set[str]:
    """The top-level modules that a fresh process has loaded after running `code`."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*{{name.partition('.')[0] for name in sys.modules}})"],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    return set(done.stdout.split())


def modules(folder: str) -> str:
    names = [
        installed(path.with_suffix("")).replace("/", ".").removesuffix(".__init__")
        for path in sorted((ROOT / folder).rglob("*.py"))
    ]
    return "\n".join(f"import {name}" for name in names)


def test_core_and_lessons_load_no_terminal_library() -> None:
    assert not loaded(modules("core") + "\n" + modules("lessons")) & {"textual", "rich", "plotext"}


def test_the_list_of_lessons_loads_no_numpy() -> None:
    code = (
        "from nntutor.tui.drawing.page import rows\nfrom nntutor.tui.session import Home, Session\n"
        "from nntutor.lessons import load\nrows(Session(Home(load.lessons())))"
    )
    assert not loaded(code) & {"numpy", "textual", "plotext"}


def test_one_thread_is_asked_for_before_numpy_loads() -> None:
    code = "import nntutor.core, os\nassert os.environ['OPENBLAS_NUM_THREADS'] == '1'"
    assert "numpy" not in loaded(code)
