"""What is installed: every folder with code, every file that lessons read, and no more loaded than is needed."""

from __future__ import annotations

import ast
import fnmatch
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from importlib import util
from pathlib import Path

import pytest
from terminals import Terminal

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
FOLDERS = ("core", "lessons", "tui")
MODEL = ROOT / "core" / "files" / "model.py"


def installed(path: Path) -> str:
    """The name by which a file or a folder of the three is installed: tui/door is nntutor itself."""
    parts = path.relative_to(ROOT).parts
    return "/".join(("nntutor", *(parts[2:] if parts[:2] == ("tui", "door") else parts)))


def test_the_packages_listed_are_the_folders_with_code() -> None:
    found = {installed(path.parent).replace("/", ".") for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")}
    assert found == set(PROJECT["tool"]["setuptools"]["packages"])


def test_every_data_file_of_the_lessons_is_shipped() -> None:
    data = PROJECT["tool"]["setuptools"]["package-data"]
    patterns = data["nntutor.lessons"]
    for path in (ROOT / "lessons").rglob("*"):
        if path.is_file() and path.suffix not in (".py", ".pyc"):
            name = str(path.relative_to(ROOT / "lessons"))
            assert any(fnmatch.fnmatch(name, pattern) for pattern in patterns), name


LEFT_BEHIND = shutil.ignore_patterns(
    ".git", ".venv*", ".dev", ".*_cache", ".hypothesis", ".mutants", "*.egg-info", "build", "dist"
)


def built(tree: Path, what: str, where: Path) -> Path:
    """A wheel or an sdist of a copy of the project: a build leaves files beside its sources."""
    where.mkdir(exist_ok=True)
    code = f"import sys; from setuptools import build_meta; print(build_meta.build_{what}(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", code, str(where)], cwd=tree, check=True, capture_output=True, text=True
    )
    return where / done.stdout.splitlines()[-1]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, without what was made in it."""
    copy = tmp_path_factory.mktemp("project") / "tree"
    shutil.copytree(ROOT, copy, ignore=LEFT_BEHIND, symlinks=True)
    return copy


@pytest.fixture(scope="module")
def files(tree: Path) -> set[str]:
    """What stands in the copy before anything is built of it."""
    return {path.relative_to(tree).as_posix() for path in tree.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def wheel(tree: Path, files: set[str]) -> Path:
    return built(tree, "wheel", tree.parent / "out")


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_wheel_holds_every_module_and_every_data_file_and_nothing_else(wheel: Path) -> None:
    shipped = {name for name in contents(wheel) if ".dist-info/" not in name}
    files = {path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()}
    assert shipped == {installed(path) for path in files if path.suffix != ".pyc"}


def test_a_source_distribution_holds_all_that_tests_it_and_builds_the_same_wheel(
    tree: Path, files: set[str], wheel: Path, tmp_path: Path
) -> None:
    with tarfile.open(built(tree, "sdist", tmp_path / "out")) as archive:
        archive.extractall(tmp_path / "unpacked", **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    [unpacked] = (tmp_path / "unpacked").iterdir()
    found = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()}
    assert {name for name in files if not name.endswith(".pyc")} - found == set()
    assert {name for name in found - files if ".egg-info/" not in name} == {"PKG-INFO", "setup.cfg"}
    again = built(unpacked, "wheel", tmp_path / "again")
    assert contents(again) == contents(wheel)


def test_every_library_that_is_imported_is_asked_for() -> None:
    """By everyone, or by an extra for the folder or the file that needs it."""
    extras = PROJECT["project"]["optional-dependencies"]
    asked, web, onnx = (
        {re.split("[<>=]", line)[0].replace("-", "_") for line in lines}
        for lines in (PROJECT["project"]["dependencies"], extras["web"], extras["onnx"])
    )
    served: set[str] = set()
    read: set[str] = set()
    imported: set[str] = set()
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*.py"):
            into = served if path.parent.name == "browser" else read if path == MODEL else imported
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                match node:
                    case ast.Import(names=names):
                        into |= {alias.name.partition(".")[0] for alias in names}
                    case ast.ImportFrom(module=str(module)):
                        into.add(module.partition(".")[0])
    assert imported - sys.stdlib_module_names - {"nntutor"} == asked
    assert served - sys.stdlib_module_names - {"nntutor"} == web
    assert read - sys.stdlib_module_names - {"nntutor", "numpy"} == onnx


CLIENT = """
import nntutor
from typing import assert_type

problem = nntutor.read("two-two-two")
assert_type(problem, nntutor.Problem)
assert_type(nntutor.trace(problem).step(1).value, float)
assert_type(nntutor.check(problem)[0].verdict, str)
"""


@pytest.mark.slow
def test_the_wheel_runs_in_an_environment_of_its_own_and_brings_its_types(wheel: Path, tmp_path: Path) -> None:
    """NumPy and the other libraries are those of this environment, in which the project itself is out of sight."""
    binaries = tmp_path / "env" / "bin"
    pip_of_its_own = util.find_spec("pip") is None  # an environment made by uv has none to lend
    venv.create(tmp_path / "env", with_pip=pip_of_its_own)
    pip = [str(binaries / "python"), "-m", "pip"]
    if not pip_of_its_own:
        pip = [sys.executable, "-m", "pip", "--python", str(binaries / "python")]
    install = [*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    [site] = (tmp_path / "env").glob("lib/python*/site-packages")
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")

    def run(*command: str, python: bool = True) -> str:
        whole = [str(binaries / ("python" if python else "nntutor")), *command]
        return subprocess.run(whole, check=True, capture_output=True, text=True, cwd=tmp_path).stdout

    assert Path(run("-c", "import nntutor.tui; print(nntutor.tui.__file__)")).is_relative_to(site)
    version = f"nntutor {PROJECT['project']['version']}\n"
    assert run("--version", python=False) == run("-m", "nntutor", "--version") == version
    assert "δ_h1" in run("trace", "7", "--lang", "ko", python=False)
    assert run("-c", "import nntutor; print(len(nntutor.trace(nntutor.read('two-two-two'))))") == "39\n"
    screen = Terminal(tmp_path / "home", command=[str(binaries / "nntutor"), "7"])
    screen.until("step 1/39")
    assert screen.end(signal.SIGTERM) == 128 + signal.SIGTERM
    (tmp_path / "client.py").write_text(CLIENT, encoding="utf-8")
    cached = [
        "--cache-dir",
        str(ROOT / ".mypy_cache" / "client"),
    ]  # of the libraries: the wheel lies elsewhere each time
    strict = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        *cached,
        "--python-executable",
        str(binaries / "python"),
        "client.py",
    ]
    checked = subprocess.run(strict, capture_output=True, text=True, cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout


def test_core_imports_only_numpy_the_standard_library_and_itself() -> None:
    """But for the file that reads ONNX, where there is one to be read."""
    for path in {*(ROOT / "core").rglob("*.py")} - {MODEL}:
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
        "from nntutor.tui.drawing.pages.page import rows\nfrom nntutor.tui.state.session import Home, Session\n"
        "from nntutor.lessons.course import load\nrows(Session(Home(load.lessons())))"
    )
    assert not loaded(code) & {"numpy", "textual", "plotext"}


def test_one_thread_is_asked_for_before_numpy_loads() -> None:
    code = "import nntutor.core, os\nassert os.environ['OPENBLAS_NUM_THREADS'] == '1'"
    assert "numpy" not in loaded(code)
