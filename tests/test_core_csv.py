"""CSV files: the same numbers as a reader letter by letter, whatever their lines look like, and in bounded memory."""

from __future__ import annotations

import os
import stat
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from unicodedata import normalize

import numpy as np
import pytest
from hostile import lines_run
from hypothesis import example, given
from hypothesis import strategies as st

from nntutor.core.errors import ExtraCells, NoSamples, NotANumber, NotFinite, ProblemError, TooLarge, UnclosedQuote
from nntutor.core.files import csv as csv_room
from nntutor.core.files import plain_cells
from nntutor.core.files import text as text_room
from nntutor.core.files.csv import MOST_CELL, MOST_LINE, read_csv
from nntutor.core.files.text import opened
from nntutor.lessons.language import error_text
from nntutor.lessons.language.words import load


def refusal(path: Path, inputs: tuple[str, ...] = ("x",), targets: tuple[str, ...] = ("y",)) -> str:
    """The one line, in English, that refuses a file; the Korean one is a line as well."""
    with pytest.raises(ProblemError) as caught:
        read_csv(path, "data.csv", inputs, targets)
    assert "\n" not in error_text.sentence(caught.value, load("ko"))
    return error_text.sentence(caught.value, load("en"))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data.csv"


# --- the same as letter by letter --------------------------------------------------------------------------


def rows_of(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a text, each with its last line. UnclosedQuote with the line of the quote."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    row, cell, line, quoted, fresh, at = list[str](), "", 1, 0, True, 0
    while at < len(text):
        letter = text[at]
        if quoted and text.startswith('""', at):
            cell, at = cell + '"', at + 1
        elif quoted and letter == '"':
            quoted = 0
        elif quoted:
            cell += letter
        elif letter == '"' and fresh:
            quoted, fresh = line, False
        elif letter in ",\n":
            row, cell, fresh = [*row, cell], "", True
            if letter == "\n":
                yield line, row
                row = []
        else:
            cell, fresh = cell + letter, False
        line += letter == "\n"
        at += 1
    if quoted:
        raise UnclosedQuote("data.csv", quoted)
    if row or not fresh:
        yield line, [*row, cell]


def letter_by_letter(text: str) -> list[list[float]] | ProblemError:
    """The numbers of columns y and x, or what is wrong with them; for a text with a heading."""
    found = []
    rows = rows_of(text)
    try:
        heading = [column.strip() for column in next(rows)[1]]
        for line, row in rows:
            cells = {column: cell.strip() for column, cell in zip(heading, row, strict=False)}
            if not any(cell.strip() for cell in row):
                continue
            if any(cell.strip() for cell in row[len(heading) :]):
                return ExtraCells("data.csv", line, len(heading), len(row))
            found.append([])
            for column in ("y", "x"):
                cell = cells.get(column, "")
                try:
                    number = float("" if "_" in cell or not cell.isascii() else cell)
                except ValueError:
                    return NotANumber("data.csv", line, "text", column, cell)
                if not np.isfinite(number):
                    return NotFinite("data.csv", line, column, cell)
                found[-1].append(number)
    except UnclosedQuote as error:
        return error
    return found or NoSamples("data.csv", None)


NUMBERS = ("1", "-2.5", "+.5", "3.", "1e-3", " 7 ", "\t8", "\u00a09", '"4"', '"5\n"', "1e999", "nan", "inf")
OTHERS = ("", "a", "1_000", "١٢", "１", "0x10", "1\0", "#1", "1 2", "1d3", "é", "-", '"', '"6', '5"', '"a""b"', '"a,b"')
DECIMALS = (
    "-0", "-.5", ".-5", "--5", "+", "1..2", "1.2.3", ".", "1e", "1e+", "1e5", "-1E-05", "1e1.", "1e1.5", "1e5e5", "e5",
    "0e9999", "1e22", "1e23", "3e-22", "3e-23", "5e-324", "123456789012345", "-12345678901234.5", "9007199254740993",
    '"-7.25"', '" 7"', '"7 "', '"7" ', ' "7"', " " * 20 + "7" + " " * 20, '"7"8', '"7"""', '""', "-", "- 7", " ",
)  # fmt: skip
ANY_DECIMAL = st.from_regex(r"\A-?[0-9]{0,17}\.?[0-9]{0,17}(e[-+]?[0-9]{1,3})?\Z")
CELLS = st.one_of(st.floats().map(repr), ANY_DECIMAL, *map(st.sampled_from, (NUMBERS, OTHERS, DECIMALS)))
ROWS = st.lists(CELLS, min_size=1, max_size=4).map(",".join)
PLAIN = st.integers(0, 9).map(lambda digit: f"{digit},a,{digit}.5")
LINES = st.tuples(st.one_of(PLAIN, PLAIN, ROWS), st.sampled_from(("\n", "\n", "\r\n", "\n\n", "\r")))


@given(st.lists(LINES, max_size=12), st.sampled_from((4, 50, csv_room._PIECE)))
@example([("1,a,2", "\n"), ('3,"a,4', "\n"), ("5,a,6", "\n")], csv_room._PIECE)
@example([('1,5",2', "\n"), ('3,a,"4', "\n")], csv_room._PIECE)
@example([('1,5",2,"3\n"', "\n")], 4)
@example([("1,a,2", "\r"), ("3,a,4", "\r")], 4)
@example([("1,a,2, ,", "\n"), (" , ,,", "\n"), ('1,",,', "\n")], 50)
@example([("1,a,\0", "\n"), ("1,a,2\0", "\n")], 50)
def test_numbers_and_mistakes_are_those_of_a_reader_letter_by_letter(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, str]], piece: int
) -> None:
    text = "x, k ,y\n" + "".join(row + end for row, end in lines)
    path = tmp_path_factory.getbasetemp() / "letters.csv"
    path.write_bytes(text.encode())
    wanted = letter_by_letter(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_room, "_PIECE", piece)
        try:
            samples = read_csv(path, "data.csv", ("y",), ("x",))
        except ProblemError as error:
            assert isinstance(wanted, ProblemError), (error, wanted)
            assert (type(error), error.line) == (type(wanted), wanted.line)
        else:
            assert isinstance(wanted, list), wanted
            found = np.hstack([samples.inputs, samples.targets]).tolist()
            assert repr(found) == repr(wanted)  # -0.0 too


@given(st.lists(st.one_of(st.floats(allow_nan=False, allow_infinity=False).map(repr), ANY_DECIMAL), min_size=1))
def test_a_plain_decimal_is_the_nearest_float(cells: list[str]) -> None:
    """Whatever stands beside it, as those of a piece are made together."""
    found = plain_cells.numbers("".join(f"{cell},{cell}\n" for cell in cells), ",", 2, [1])
    wanted = [plain_cells.number(cell) for cell in cells if cell]
    if None in wanted or not np.isfinite(np.array(wanted, float)).all():
        assert found is None
    else:
        assert found is not None and repr(found[:, 0].tolist()) == repr(wanted)


# --- what is refused ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "data.csv: no samples"),
        ("\ufeff\n\n", "data.csv: no samples"),
        (" , \n1,2\n", "data.csv: no samples"),
        ("x,y,x\n1,2,3\n", "data.csv:1: column “x” is there twice"),
        ("x,y\n1,1_000\n", "data.csv:2: column “y” holds “1_000”; expected a number."),
        ("x,y\n1,2\n١٢,2\n", "data.csv:3: column “x” holds “١٢”; expected a number."),
        ("x;y\n1;0,5\n", "data.csv:2: column “y” holds “0,5”; expected a number with a decimal point."),
        ("x,y\n1,2\n0,5,1,5\n", "data.csv:3: a row of 4 cells below a head of 2; expected as many as the head has."),
        ('x,y\n"1,2\n3,4\n', "data.csv:2: a quote that opens here is not closed."),
        ('x,y\n1,2\n"3\n",4\n\n5,"6\n\n\n', "data.csv:6: a quote that opens here is not closed."),
        ('"x,y\n1,2\n', "data.csv:1: a quote that opens here is not closed."),
        ("x,y,z\n1,2,a\n1,2," + "a" * (MOST_CELL + 1) + "\n", "data.csv:3: a cell of more than"),
        ('x,y\n1,"2\n' + "3,4\n" * MOST_CELL, f"data.csv:2: a cell of more than {MOST_CELL} letters begins here"),
        ("x,y\n1,2\n" + "1," * MOST_LINE + "\n", f"data.csv:3: a line of more than {MOST_LINE} letters"),
        ("x" * 5 * MOST_LINE, f"data.csv:1: a line of more than {MOST_LINE} letters"),
        ("x,y\n1,2\n1,2\né,4\n1,\udcff\n", "data.csv:5: not UTF-8"),
        ("1" * (MOST_CELL - 9) + "x\n1\n", "data.csv:1: no column “x”; expected one of: 111"),
        ("x,y\n1," + "1" * (MOST_CELL - 9) + "x\n", "data.csv:2: column “y” holds “111"),
        (",".join(["x" * MOST_CELL] * 7) + ",y\n1,2\n", "data.csv:1: no column “x”; expected one of: xxx"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_in_one_short_line_with_its_place(data: Path, text: str, expected: str) -> None:
    data.write_bytes(text.encode("utf-8", "surrogateescape"))
    said = refusal(data)
    assert said.startswith(expected) and len(said) < 400


def test_columns_that_repeat_are_no_fault_where_nobody_asks_for_them(data: Path) -> None:
    data.write_text("x,,y,\n1,a,2,\n")
    assert read_csv(data, "data.csv", ("x",), ("x", "y")).targets.tolist() == [[1, 2]]


def test_empty_cells_beyond_the_head_are_no_cells(data: Path) -> None:
    data.write_text("x,y\n1,2,\n3,4,, \n")
    assert read_csv(data, "data.csv", ("x",), ("y",)).targets.tolist() == [[2], [4]]


def test_a_column_that_is_named_without_end_asks_for_no_memory(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_room, "MOST_NUMBERS", 10_000)
    data.write_text("x,y\n" + "1,2\n" * 50)
    assert "more than 10000 numbers" in refusal(data, ("x",) * 1000)


# --- work and memory ---------------------------------------------------------------------------------------


ORDINARY = (
    "1.5,2\n", "1.5,2, ,\n", "1,2\r\n", "1,2\n\n", "1,2\n,\n", "-1, +2 ,a\n", '"1","2.50"\n', "1e-3,2E+05\n",
    '1,2,"a, ""b"""\n', "1,2,5\" or 6\n", "1,2, \"a\"\n", "1,2\n3,4,a\n", "0.12345678901234567,2\n", "1,2,é\n",
)  # fmt: skip


@pytest.mark.parametrize("row", ORDINARY)
def test_plain_rows_are_not_looked_at_one_by_one(data: Path, row: str) -> None:
    data.write_text("x,y,z\n" + row * 20_000, "utf-8")
    assert lines_run(lambda: read_csv(data, "data.csv", ("x",), ("y",))) < 4000


@pytest.mark.parametrize("row", ["1,1\n", '0.123456789,"2",some words\n', ",,\n1,2\n"])
def test_a_file_takes_the_memory_of_its_numbers_and_of_a_piece_of_text(
    data: Path, row: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_room, "_PIECE", 2**12)
    data.write_text("x,y,z\n" + row * (100_000 // len(row)))
    read_csv(data, "data.csv", ("x",), ("y",))
    tracemalloc.start()
    try:
        samples = read_csv(data, "data.csv", ("x",), ("y",))
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 1.2 * (samples.inputs.nbytes + samples.targets.nbytes) + 100 * 2**12


def test_rows_that_are_blank_are_no_numbers_too_many(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_room, "MOST_NUMBERS", 20)
    data.write_text("x,y\n" + "1,2\n\n,\n" * 10)
    assert len(read_csv(data, "data.csv", ("x",), ("y",))) == 10
    data.write_text("x,y\n" + "1,2\n\n,\n" * 11)
    assert "more than 20 numbers" in refusal(data)


# --- pipes -------------------------------------------------------------------------------------------------


@pytest.fixture
def pipe(data: Path) -> Path:
    os.mkfifo(data)
    return data


def test_a_pipe_is_read_as_a_file_is(pipe: Path) -> None:
    threading.Thread(target=pipe.write_text, args=("x,y\n1,2\n",)).start()
    assert read_csv(pipe, "data.csv", ("x",), ("y",)).targets.tolist() == [[2]]


def test_a_pipe_that_keeps_silent_is_waited_for_a_stated_time(pipe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_room, "WAIT", 0.02)
    assert refusal(pipe).startswith("data.csv: cannot be read: it keeps silent")
    writer = os.open(pipe, os.O_RDWR)
    try:
        os.write(writer, b"x,y\n1,")
        assert refusal(pipe).startswith("data.csv: cannot be read: it keeps silent")
    finally:
        os.close(writer)


def test_a_file_that_has_nothing_yet_is_waited_for_as_a_pipe_is(pipe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the kernel's own log, which says that it is a plain file."""
    monkeypatch.setattr(text_room, "WAIT", 0.02)
    monkeypatch.setattr(stat, "S_ISFIFO", lambda mode: False)
    monkeypatch.setattr(stat, "S_ISREG", lambda mode: True)
    writer = os.open(pipe, os.O_RDWR)
    try:
        assert refusal(pipe).startswith("data.csv: cannot be read: it keeps silent")
    finally:
        os.close(writer)


def test_a_file_that_grows_while_it_is_read_is_not_read_without_end(data: Path) -> None:
    data.write_bytes(b"123")
    with pytest.raises(TooLarge), opened(data, "data.csv", 5, TooLarge("data.csv", None, "5")) as file:
        data.write_bytes(b"1234567")
        file.read()


# --- delimiter and head, found ------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("above", ["", "\n", "# measured on Monday; by hand, twice\n\n", "\ufeff", "sep=;\n"])
def test_what_sets_cells_apart_and_where_the_head_stands_is_found(data: Path, delimiter: str, above: str) -> None:
    rows = [["name", "x", '"y, or; so"'], ["a", "1", "2.5"], ["b", "-3", "4e1"], ['"c;,"', '"5"', "6"]]
    data.write_text(above + "".join(delimiter.join(row) + "\n" for row in rows), encoding="utf-8")
    samples = read_csv(data, "data.csv", ["x"], ["y, or; so"])
    assert samples.inputs.tolist() == [[1.0], [-3.0], [5.0]]
    assert samples.targets.tolist() == [[2.5], [40.0], [6.0]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_without_a_head_columns_are_called_by_their_place_and_no_row_is_lost(data: Path, delimiter: str) -> None:
    data.write_text("".join(delimiter.join(row) + "\n" for row in (["1", "2", "3"], ["4", "5", "-6.5e0"])))
    samples = read_csv(data, "data.csv", ["1", "3"], ["2"])
    assert (samples.inputs.tolist(), samples.targets.tolist()) == ([[1.0, 3.0], [4.0, -6.5]], [[2.0], [5.0]])
    assert refusal(data) == "data.csv:1: no column “x”; expected one of: 1, 2, 3."


def test_a_head_of_numbers_is_a_head_where_its_columns_are_asked_for(data: Path) -> None:
    data.write_text("2019,2020\n1,2\n3,4\n")
    assert read_csv(data, "data.csv", ["2019"], ["2020"]).inputs.tolist() == [[1.0], [3.0]]


@pytest.mark.parametrize(("head", "asked"), [("NFC", "NFD"), ("NFD", "NFC"), ("NFD", "NFD")])
def test_a_column_is_found_whether_its_letters_are_composed_or_not(data: Path, head: str, asked: str) -> None:
    data.write_text(normalize(head, "é;키,몸\n1;2\n"), "utf-8")
    assert read_csv(data, "data.csv", [normalize(asked, "키,몸")], [normalize(asked, " é")]).inputs.tolist() == [[2.0]]


def test_a_head_further_down_is_refused_with_its_own_line(data: Path) -> None:
    data.write_text("\n# of 1936\n\nx;z\n1;2\n")
    assert refusal(data) == "data.csv:4: no column “y”; expected one of: x, z."
    data.write_text("\n# of 1936\nx;x;y\n1;2;3\n")
    assert refusal(data).startswith("data.csv:3: column “x” is there twice")
    data.write_text("# nothing\n\n")
    assert "no samples" in refusal(data)


@given(st.text('xy01,;\t"#\n ', max_size=30))
def test_whatever_a_file_begins_with_it_is_read_or_refused_in_one_line(tmp_path_factory, text: str) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_text(text)
    try:
        samples = read_csv(path, "data.csv", ["x"], ["y"])
    except ProblemError as error:
        assert "\n" not in error_text.sentence(error, load("en"))
    else:
        assert len(samples) and np.isfinite(samples.inputs).all()


@pytest.mark.parametrize("cell", ["−0.5", "–0.5", "-0.5\u200b", "\ufeff-0.5", "−5e−1"])
def test_a_number_copied_from_a_page_is_read(data: Path, cell: str) -> None:
    data.write_text(f"x,y\n{cell},1\n2,0\n", encoding="utf-8")
    assert read_csv(data, "data.csv", ["x"], ["y"]).inputs.tolist() == [[-0.5], [2.0]]
