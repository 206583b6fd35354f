"""The published worked examples come out to their printed digits, and what is stale is known to be."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from nntutor.core.notation.style import Style
from nntutor.lessons.course import published
from nntutor.lessons.course.model import AuthorError
from nntutor.lessons.course.published import FOLDER, Example, Result
from nntutor.lessons.export.verify import Report
from nntutor.lessons.language import words
from nntutor.lessons.language.cells import cells

EXAMPLES = published.examples()


@cache
def recomputed(example: Example) -> tuple[Result, ...]:
    """What every test here looks at, run once: some examples run 10 000 iterations."""
    return tuple(published.results(example))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.id)
def test_a_published_example_comes_out_to_its_printed_digits(example: Example) -> None:
    for result in recomputed(example):
        assert result.agrees, result


def test_what_is_stale_really_differs_and_has_a_reason_in_both_languages() -> None:
    stale = [result for example in EXAMPLES for result in recomputed(example) if result.figure.stale]
    assert {"E@2", "o1@10001", "o2@10001", "E@10001", "δ_o2@1·w7@1"} <= {one.figure.at for one in stale}
    for one in stale:
        assert not published.agrees(one.figure.printed, one.computed)
        assert all(words.load(language).has(f"stale.{one.figure.stale}") for language in words.LANGUAGES)


def test_the_stale_totals_come_from_updated_weights() -> None:
    mazur = next(example for example in EXAMPLES if example.id == "mazur")
    stale = {one.at: one.printed for one in mazur.figures if one.stale == "old-weights"}
    wrong = {one.at: one.printed for one in mazur.figures if one.mistake == "updated-weights" and one.printed}
    assert stale == wrong


def test_every_example_names_its_source_and_every_figure_has_a_number() -> None:
    assert len(EXAMPLES) >= 35
    for example in EXAMPLES:
        assert example.problem.source and example.figures
        assert all(one.printed or one.recomputed for one in example.figures)
        assert all(one.printed for one in example.figures if one.stale)


@pytest.mark.parametrize(
    ("text", "computed", "agrees"),
    [
        ("0.3775", 0.3775, True),
        ("0.593269992", 0.5932699921071872, True),
        ("0.593269993", 0.5932699921071872, False),
        ("0.291027924", 0.29102777369359933, False),
        ("3.51e-05", 3.510187782978851e-05, True),
        ("3.52e-05", 3.510187782978851e-05, False),
        ("0.2983711087600027", 0.2983711087600029, True),
        ("0.2983711087600027", 0.2983711087612, False),
        ("1.00", 0.996, True),
        ("-8", -8.0, True),
        ("8", -8.0, False),
        ("0.0", float("1e-13"), True),
    ],
)
def test_a_figure_agrees_when_rounding_gives_it(text: str, computed: float, agrees: bool) -> None:
    assert published.agrees(text, computed) is agrees


def test_a_figure_that_is_no_longer_finite_does_not_agree() -> None:
    assert not published.agrees("0.5", float("nan"))
    assert not published.agrees("0.5", float("inf"))


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("style", [Style.UNICODE, Style.ASCII])
def test_the_report_names_everything_and_fits_80_columns(
    language: str, style: Style, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = {example.id: recomputed(example) for example in EXAMPLES}
    monkeypatch.setattr(published, "results", lambda example: results[example.id])
    report = Report(words.load(language), style)
    lines = list(report.lines())
    assert report.disagreeing == 0 and report.counted > 100 and report.stale >= 5
    assert all(cells(line) <= 80 for line in lines), [line for line in lines if cells(line) > 80]
    whole = "\n".join(lines)
    assert all(f"{example.id}: " in whole for example in EXAMPLES)
    assert "0.291027924" in whole and "0.291027773694" in whole
    if style is Style.ASCII and language == "en":
        assert whole.isascii()


def test_a_figure_that_should_agree_and_does_not_is_counted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    source = (FOLDER / "backprop-builder.toml").read_text(encoding="utf-8")
    (tmp_path / "wrong.toml").write_text(source.replace('printed = "3.4"', 'printed = "3.5"'), encoding="utf-8")
    example = published.read(tmp_path / "wrong.toml")
    monkeypatch.setattr(published, "examples", lambda: (example,))
    report = Report(words.load("en"))
    assert any("3.5" in line and line.endswith("DIFFERS") for line in report.lines())
    assert report.disagreeing == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [(('at = "E@1"', 'at = "E@one"'), "E@one"), (('at = "E@1"', 'where = "E@1"'), "expected `at`")],
)
def test_a_mistake_in_an_example_names_its_file(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    source = (FOLDER / "backprop-builder.toml").read_text(encoding="utf-8")
    (tmp_path / "odd.toml").write_text(source.replace(*change), encoding="utf-8")
    with pytest.raises(AuthorError, match=said) as caught:
        list(published.results(published.read(tmp_path / "odd.toml")))
    assert str(caught.value).startswith("odd.toml")
