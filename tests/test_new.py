"""`nntutor new`: a file to start from opens as it is and with everything that its comments offer."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import pytest

from nntutor.core.files.layers import ACTIVATIONS
from nntutor.core.files.problem import _EVERYWHERE, _OF_NETWORKS, parse
from nntutor.core.problems.network import INITIALS
from nntutor.core.rules.losses import LOSSES
from nntutor.core.rules.optimizers import KEYS
from nntutor.core.rules.surfaces import SURFACES
from nntutor.lessons.language.words import LANGUAGES
from nntutor.tui import new_sheet
from nntutor.tui.cli import main


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sheet_opens_traces_and_checks(language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet = tmp_path / "mine.toml"
    assert main(["new", str(sheet), "--lang", language]) == 0
    assert str(sheet) in capsys.readouterr().out.replace("\n", "")
    assert sheet.read_text(encoding="utf-8") == new_sheet.sheet(language)
    for command in ("trace", "check"):
        assert main([command, str(sheet)]) == 0
    assert main(["new", "--lang", language]) == 0
    assert capsys.readouterr().out.endswith(new_sheet.sheet(language))


def test_both_languages_say_the_same_file() -> None:
    def bare(text: str) -> list[str]:
        return [re.sub(r'"[^"]*"', '""', line.split("#")[0].rstrip()) for line in text.splitlines()]

    one, other = (list(filter(None, bare(new_sheet.sheet(language)))) for language in ("en", "ko"))
    assert one == other
    assert new_sheet.sheet("en").isascii()


def offered(language: str) -> list[str]:
    """The settings that stand behind a #, up to the last layer, without what is said of them."""
    text = new_sheet.sheet(language)
    found = re.findall(r"^# ([a-z_0-9]+ = [^#\n]+)", text[: text.rindex("\n[[layer]]")], re.MULTILINE)
    return [line.rstrip() for line in found]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_and_every_choice_of_a_file_is_in_the_sheet(language: str) -> None:
    text = new_sheet.sheet(language)
    words = set(re.findall(r"[a-z_0-9-]+", text))
    keys = {*_EVERYWHERE, *_OF_NETWORKS, *(key for keys in KEYS.values() for key in keys)} - {"format"}
    assert keys | {"inputs_first", "learn", "learn_bias", "units", "initial", "given", "state"} <= words
    assert {*LOSSES, *KEYS, *ACTIVATIONS, *INITIALS, *SURFACES} <= words


@pytest.mark.parametrize("line", offered("en"))
def test_what_stands_behind_a_sign_is_what_a_file_may_say(line: str) -> None:
    """At the top, in a layer, or in the optimizer that has it."""
    key = line.split(" = ")[0]
    text = new_sheet.sheet("en")
    name = next((name for name, keys in KEYS.items() if key in keys), None)
    if name is not None:
        text = text.replace('name = "sgd" ', f'name = "{name}" ')
    parse(re.sub(rf"^# ({re.escape(line)})", r"\1", text, count=1, flags=re.MULTILINE), "sheet.toml")


@pytest.mark.parametrize("heading", ["given", "surface"])
def test_the_tables_in_place_of_a_network_are_files_by_themselves(heading: str) -> None:
    block = new_sheet.sheet("en").split(f"# [{heading}]")[1].split("\n\n")[0]
    body = "\n".join(line.removeprefix("# ") for line in block.splitlines())
    problem = parse(f'[optimizer]\nname = "adam"\n[{heading}]{body}', "sheet.toml")
    assert not problem.passes


def test_a_file_that_is_there_is_never_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet = tmp_path / "mine.toml"
    sheet.write_text("mine")
    (tmp_path / "loose.toml").symlink_to(tmp_path / "nowhere")
    for name in (sheet, tmp_path, tmp_path / "loose.toml"):
        assert main(["new", str(name), "--lang", "en"]) == 2
        said = capsys.readouterr()
        assert said.out == "" and said.err.count("\n") == 1 and "is there already" in said.err
    assert sheet.read_text() == "mine" and not (tmp_path / "nowhere").exists()


def test_where_it_cannot_be_written_one_line_says_so_and_nothing_is_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    for name in (tmp_path / "none" / "mine.toml", tmp_path / "nul\0.toml"):
        assert main(["new", str(name), "--lang", "en"]) == 2
        assert capsys.readouterr().err.count("\n") == 1
    monkeypatch.setattr(os, "fsync", full)
    assert main(["new", str(tmp_path / "mine.toml"), "--lang", "en"]) == 2
    assert capsys.readouterr().err.endswith("cannot be written: there is no room left on the disk.\n")
    assert not list(tmp_path.iterdir())
