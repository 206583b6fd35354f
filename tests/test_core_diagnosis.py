"""Own numbers: how they are read, what they stand for, when they agree, and what is made of where they do not."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import diagnosing
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shown import three_wide

from nntutor.core.diagnosis import reading, remarks, search, trying
from nntutor.core.diagnosis import text as lines_of
from nntutor.core.diagnosis.candidates import candidates
from nntutor.core.diagnosis.diagnosing import Diagnosis, beside, compared, diagnose
from nntutor.core.diagnosis.places import blocks
from nntutor.core.diagnosis.remarks import on_training
from nntutor.core.diagnosis.runs import Made, Runs, at_once, recorded
from nntutor.core.diagnosis.sheet import sheet
from nntutor.core.diagnosis.text import MOST_NUMBERS, parsed
from nntutor.core.diagnosis.training import Whole, constant_error, trained
from nntutor.core.diagnosis.written import written
from nntutor.core.engine.program import Engine
from nntutor.core.engine.trace import Trace
from nntutor.core.engine.training import replay
from nntutor.core.errors import MisfitValue, NotValues, ProblemError, TooManyNumbers, UnknownValue
from nntutor.core.files.problem import parse
from nntutor.core.problems.network import Layer, Network, Problem, Samples
from nntutor.core.rules.losses import LOSSES
from nntutor.core.rules.optimizers import Optimizer
from nntutor.lessons.course import builtin

pytestmark = pytest.mark.usefixtures("unhurried")
TWO = builtin.open("two-two-two")
XOR = builtin.open("xor")


def right(problem: Problem, iteration: int = 1, mistake: str = "") -> Trace:
    return next(recorded(problem, mistake, (iteration,)))


def told(text: str, problem: Problem = TWO, iteration: int = 1, tolerance: float = 0.0) -> Diagnosis:
    return compared(problem, parsed(text, "mine.txt"), "mine.txt", iteration, tolerance)


def lines(trace: Trace, *symbols: str) -> str:
    return "\n".join(f"{symbol} = {trace[symbol]!r}" for symbol in symbols)


# --- reading -----------------------------------------------------------------------------------------

FORMS = {
    "lines": "E = 0.29837\ndW2 = [[ 0.0822  0.0827]\n       [-0.0226 -0.0227]]\n",
    "lines with commas": "E = 0.29837\ndW2 =\n[[0.0822, 0.0827],\n [-0.0226, -0.0227]]",
    "as Python shows an array": "E: 0.29837\ndW2 = array([[0.0822, 0.0827],\n [-0.0226, -0.0227]], dtype=float32)",
    "a tensor": "E = tensor(0.29837)\ndW2 = tensor([[0.0822, 0.0827],\n [-0.0226, -0.0227]], requires_grad=True)",
    "JSON": '{"E": "0.29837", "dW2": [[0.0822, 0.0827], [-0.0226, -0.0227]]}',
    "CSV": "symbol,value\nE,0.29837\ndE/dw5,0.0822\ndE/dw6,0.0827\ndE/dw7,-0.0226\ndE/dw8,-0.0227\n",
    "CSV of Excel": "sep=;\r\nsymbol;value\r\nE;0.29837\r\n"
    "dE/dw5;0.0822\r\ndE/dw6;0.0827\r\ndE/dw7;-0.0226\r\ndE/dw8;-0.0227",
    "cells of a spreadsheet": "symbol\tvalue\nE\t0.29837\ndE/dw5\t0.0822\n"
    "dE/dw6\t0.0827\ndE/dw7\t-0.0226\ndE/dw8\t-0.0227",
    "lines of an old Macintosh": "E = 0.29837\rdW2 = [[ 0.0822  0.0827]\r       [-0.0226 -0.0227]]\r",
}


@pytest.mark.parametrize("form", list(FORMS))
def test_every_form_of_the_same_numbers_is_read_alike(form: str) -> None:
    found = told(FORMS[form])
    assert [(value.symbol, value.given) for value in found.values] == [
        ("E", 0.29837), ("∂E/∂w5", 0.0822), ("∂E/∂w6", 0.0827), ("∂E/∂w7", -0.0226), ("∂E/∂w8", -0.0227),
    ]  # fmt: skip
    assert found.verdict == "right"


def test_a_line_of_a_spreadsheet_that_cannot_be_read_is_counted_from_the_first() -> None:
    with pytest.raises(NotValues) as caught:
        told("\nsep=;\nsymbol;value\nE;0,3")
    assert (caught.value.line, caught.value.what) == (4, "comma")


def test_a_nought_among_numbers_in_full_is_a_nought_in_a_dict_of_texts_too() -> None:
    """Of 17 digits beside it: alone it would be whatever rounds to 0.0."""
    trace = right(TWO)
    texts = {step.symbol: repr(step.value) for step in trace} | {"∂E/∂w1": "0.0"}
    assert compared(TWO, *reading.of_mapping(texts)).verdict != "right"


@pytest.mark.parametrize("places", [3, 4])
def test_of_float32_that_was_rounded_the_digits_left_count(places: int) -> None:
    """As `np.round(dW2, 3).tolist()` prints it: 0.08200000226497650, which is no more than 0.082."""
    rounded = right(TWO).array("grad", 2).astype(np.float32).round(places)
    assert told(f"dW2 = {rounded.tolist()}").verdict == "right"
    assert told(f"∂E/∂w5 = {rounded.tolist()[0][0]}").verdict == "right"
    assert told(f"dW2 = {(rounded + np.float32(2 * 10.0**-places)).tolist()}").verdict != "right"


def test_an_archive_of_numpy_is_read(tmp_path: Path) -> None:
    trace = right(TWO)
    np.savez(tmp_path / "mine.npz", dW2=trace.array("grad", 2), E=trace.error)
    assert compared(TWO, *reading.read(tmp_path / "mine.npz")).verdict == "right"
    np.savez(tmp_path / "single.npz", dW2=trace.array("grad", 2).astype(np.float32) * np.float32(1 + 3e-6))
    assert compared(TWO, *reading.read(tmp_path / "single.npz")).verdict == "right"


def archive(tmp_path: Path, content: bytes, name: str = "dW1.npy") -> Path:
    path = tmp_path / "hostile.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, content)
    return path


def npy(header: str, data: bytes = b"") -> bytes:
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + data


class _Trap:
    """What would leave a file behind if it were ever unpickled."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[object, ...]:
        return open, (str(self._path), "w")


def test_nothing_in_an_archive_is_run_or_believed(tmp_path: Path) -> None:
    np.savez(tmp_path / "pickled.npz", dW1=np.array([_Trap(tmp_path / "sprung")], dtype=object))
    hostile = [tmp_path / "pickled.npz"]
    # The readers of what NumPy never packs so have mistakes of their own for what is broken.
    with zipfile.ZipFile(tmp_path / "lzma.npz", "w", zipfile.ZIP_LZMA) as file:
        file.writestr("dW1.npy", bytes(range(200)))
    whole = (tmp_path / "lzma.npz").read_bytes()
    (tmp_path / "lzma.npz").write_bytes(whole[:60] + bytes(20) + whole[80:])
    hostile.append(tmp_path / "lzma.npz")
    with pytest.raises(NotValues) as raised:
        reading.read(hostile[0])
    assert raised.value.what == "kind" and not (tmp_path / "sprung").exists()
    for content in (
        b"", b"\x93NUMPY", b"no array", npy("{'descr': '<f8', 'fortran_order': False, 'shape': (10**12,)}"),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000,)}"),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}"), npy("(" * 9000), npy("{'descr': '|S9'}"),
    ):  # fmt: skip
        with pytest.raises(NotValues):
            reading.read(archive(tmp_path, content))
    with pytest.raises(TooManyNumbers):
        reading.read(archive(tmp_path, b"\0" * (16 * MOST_NUMBERS)))
    (tmp_path / "cut.npz").write_bytes(archive(tmp_path, b"1" * 5000).read_bytes()[:40])
    with pytest.raises(NotValues):
        reading.read(tmp_path / "cut.npz")


HOSTILE = {
    "nothing": "", "spaces": " \n\t\n", "words": "hello", "no name": "= 3", "a word for a number": "o1 = about one",
    "an underscore": "o1 = 1_000", "a shortened print": "dW1 = [[1 2 ... 3 4]]", "a number twice": "E = 1\nE = 1",
    "ragged rows": "dW1 = [[1 2] [3]]", "an open bracket": "dW1 = [[1 2", "a bracket too many": "dW1 = 1]]",
    "brackets in brackets": "dW1 = " + "[" * 5000, "JSON cut": '{"E": 1', "JSON deep": '{"E": ' + "[" * 100_000,
    "JSON of objects": '{"E": {"a": 1}}', "JSON of nothing": "{}", "JSON of null": '{"E": null}',
    "JSON of true": '{"E": true}', "JSON twice": '{"E": 1, "E": 2}', "CSV short": "symbol,value\nE\n",
    "CSV word": "symbol,value\nE,one\n", "too many": "dW1 = [" + "1 " * (MOST_NUMBERS + 1) + "]",
    "spaces without end": "o1 = [1, dtype=" + " " * 100_000 + "]",
    "digits without end": "o1 = " + "1" * 100_000 + "x", "digits and a word": "o1 = 1, " + "1" * 100_000 + " x",
    "shapes that open": "dW1 = [" + ",dtype=(" * 50_000, "tensors that open": "dW1 = [" + "<tf.shape=(" * 40_000,
    "an empty list": "dW1 = []", "another script's digits": "o1 = ١٢", "JSON without a name": '{"": 1}',
    "CSV without a name": "symbol,value\n,1\n", "a prefix alone": "num_ = 1", "an iteration alone": '{"@2": 1}',
    "CSV of a decimal comma": "symbol,value\nE,0,29837\n", "CSV of more than its head": "symbol;value\nE;0.29837;7\n",
    "CSV of two values": "symbol,value,value\nE,0.29837,0.3\n",
}  # fmt: skip


@pytest.mark.parametrize("what", list(HOSTILE))
def test_what_cannot_be_read_is_a_mistake_that_has_a_name(what: str) -> None:
    with pytest.raises(ProblemError):
        told(HOSTILE[what])


def test_of_brackets_that_are_never_closed_no_line_is_read_again_for_each_that_follows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_at: list[int] = []

    class Counting:
        def fullmatch(self, said: str) -> re.Match[str] | None:
            looked_at.append(len(said))
            return named.fullmatch(said)

    named = lines_of._NAMED
    monkeypatch.setattr(lines_of, "_NAMED", Counting())
    given = "dW1 = [\n" + "1\n" * 2000
    with pytest.raises(NotValues):
        parsed(given, "mine.txt")
    assert sum(looked_at) < 3 * len(given)


@pytest.mark.parametrize(
    "given",
    [
        "w5_new = 0.3589\nw5⁺ = 0.9", '{"w5_new": 0.3589, "w5⁺": 0.37}', "δ_h1 = 0.1\ndelta_h1@1 = 0.3",
        "W2_new = [[0.3589 0.4087] [0.5 0.6]]\nw5_new = 0.9",
        "W2_new = [[0.1 0.2] [0.3 0.4]]\nw6_new = 0.2\nw8_new = 0.6",
    ],
)  # fmt: skip
def test_a_number_under_two_names_is_one_number(given: str) -> None:
    with pytest.raises(NotValues) as raised:
        told(given)
    assert raised.value.what == "unlike"


def test_a_number_under_two_names_may_have_other_digits_and_says_how_rows_are_meant() -> None:
    assert told("w5_new = 0.3589\nw5⁺ = 0.35891648\nw5_new@1 = 0.4").verdict == "right"
    nought = {"E": 0.298371109, "E@1": 0.298371109 + 1e-13}
    assert compared(TWO, reading.of_mapping(nought)[0], tolerance=1e-6).verdict == "right"
    new = right(TWO).array("new", 2)
    turned = told(f"W2_new = {(new.T + 0.01).tolist()}\nw6_new = {new[0, 1] + 0.01}")
    assert turned.orientation == "inputs-by-units"


def test_a_row_may_end_before_the_column_of_iterations() -> None:
    value = right(TWO)["o1"]
    assert told(f"symbol,value,iteration\no1,{value!r}\n").verdict == "right"


def test_an_archive_without_anything_and_an_array_without_a_name_are_said_so(tmp_path: Path) -> None:
    np.savez(tmp_path / "nothing.npz")
    np.save(tmp_path / "alone.npy", np.ones((2, 2)))
    for name, what in (("nothing.npz", "nothing"), ("alone.npy", "npy")):
        with pytest.raises(NotValues) as raised:
            reading.read(tmp_path / name)
        assert raised.value.what == what


@given(st.floats(), st.sampled_from(["{!r}", "{:.3f}", "{:.6g}", "{:.0e}"]))
def test_a_number_alone_is_as_exact_as_in_a_list(value: float, spelling: str) -> None:
    alone, listed = (written(tree) for tree in (spelling.format(value), [spelling.format(value)]))
    np.testing.assert_array_equal(alone.values, listed.values[0])
    np.testing.assert_allclose(alone.half, listed.half[0], rtol=1e-12)


@pytest.mark.parametrize(
    "typed",
    ["w5_new = 0,3589", "b1 = 0,35", "dW2 = [[0,0822 0,0827]\n [-0,0226 -0,0227]]", '{"w5_new": "0,3589"}',
     'symbol,value\nw5_new,"−0,3589"'],
)  # fmt: skip
def test_a_comma_for_a_point_is_said_so(typed: str) -> None:
    with pytest.raises(NotValues) as raised:
        told(typed)
    assert raised.value.what == "comma"


@pytest.mark.parametrize("typed", ["b1 = [0.35,0.35]", "b1 = [0.35, 0.35]", "b1 = 0.35, 0.35", "b1 = .35,.35"])
def test_a_comma_between_numbers_is_none(typed: str) -> None:
    assert told(typed).verdict == "right"
    with pytest.raises(MisfitValue):
        told("b1 = [1,2,3]")


def test_what_no_network_has_is_refused_by_name_and_shape() -> None:
    for text, error in (
        ("nonsense = 1", UnknownValue), ("dW3 = [[1 2] [3 4]]", UnknownValue), ("v_w1 = 1", UnknownValue),
        ("DW1 = [[1 2] [3 4]]", UnknownValue), ("o3 = 1", UnknownValue), ("E@99999 = 1", UnknownValue),
        ("dE/db_h1 = 1", UnknownValue), ("num_o1 = 1", UnknownValue), ("δ_h1[1] = 1", UnknownValue),
        ("dW1 = [1 2 3 4]", MisfitValue), ("dW1 = [[1 2 3] [4 5 6]]", MisfitValue), ("o1 = [1 2]", MisfitValue),
        ("z1 = [[1 2] [3 4]]", MisfitValue),
    ):  # fmt: skip
        with pytest.raises(error):
            told(text)
    with pytest.raises(UnknownValue) as raised:
        told("o1 = 0.5", XOR)
    assert raised.value.what == "sample" and raised.value.nearest == "o1[0]"


@pytest.mark.parametrize(
    ("given", "nearest"), [("db1 = 1", "b1"), ("db1@2 = 1", "b1"), ("dw1@2 = [1 2]", "dW1"), ("vW1 = 1", "W1")]
)
def test_only_a_name_that_stands_for_numbers_is_offered(given: str, nearest: str) -> None:
    """Of biases that stay there are no gradients: of db1@2 it was asked whether db1 was meant."""
    held = parse(
        "[[layer]]\nweights = [[0.1, 0.2]]\nlearn_bias = false\n[[sample]]\ninput = [1, 2]\ntarget = [1]\n", "held.toml"
    )
    with pytest.raises(UnknownValue) as raised:
        compared(held, parsed(given, "mine.txt"), "mine.txt")
    assert raised.value.nearest == nearest


# --- agreement ---------------------------------------------------------------------------------------


def test_as_many_digits_count_as_are_written() -> None:
    value = right(TWO)["o1"]
    for digits in range(1, 17):
        written = f"{value:.{digits}f}"
        assert told(f"o1 = {written}").verdict == "right"
        near = f"{float(written) + 1.6 * 10.0**-digits:.{digits}f}"
        assert digits > 6 or told(f"o1 = {near}").values[0].agrees is False, "of more it may be a float32"


def test_no_power_of_ten_makes_a_number_agree_with_everything() -> None:
    for text in ("1e999", "-1e999", "1e400", "0e999", "0e5", "0.0e+308"):
        assert told(f"o1 = {text}").values[0].agrees is False


def test_a_zero_among_numbers_in_full_is_no_rounding() -> None:
    """A bias that never moves prints as 0.0, or as the 0.6 that it was; alone, that is a number of one digit."""
    trace = right(replace(TWO, network=replace(TWO.network, layers=tuple(
        replace(layer, learn_bias=True) for layer in TWO.network.layers))))  # fmt: skip
    moved = f"{trace['b_o2_new']:.2f}"
    in_full = lines(trace, "o1", "o2", "δ_o1", "δ_h1")
    assert told(f"b_o2_new = {moved}", trace.problem).verdict == "right"
    assert told(f"{in_full}\nb_o2_new = 0.6", trace.problem).mistakes[0].ids == ("bias-not-updated",)
    assert told(f"{in_full}\nb_o2_new = {trace['b_o2_new']:.4f}", trace.problem).verdict == "right"


@pytest.mark.parametrize("form", [str, lambda array: str(array).replace(",", "")])
def test_a_short_array_among_numbers_in_full_is_no_rounding(form: Callable[[object], str]) -> None:
    """[[0.15, 0.2], …] is a layer that was never updated, not a rounding of 0.1498: all was called right."""
    trace = right(TWO)
    arrays = {f"{name}{layer}": (name, layer) for name in ("delta", "grad", "new") for layer in (2, 1)}
    names = {"delta": "delta{}", "grad": "dW{}", "new": "W{}_new"}
    sheet = {names[kind].format(layer): trace.array(kind, layer).tolist() for kind, layer in arrays.values()}
    assert told("\n".join(f"{name} = {form(array)}" for name, array in sheet.items())).verdict == "right"
    sheet["W1_new"] = trace.array("weight", 1).tolist()
    found = told("\n".join(f"{name} = {form(array)}" for name, array in sheet.items()))
    assert [value.symbol for value in found.values if not value.agrees] == ["w1⁺", "w2⁺", "w3⁺", "w4⁺"]
    sheet["W1_new"] = trace.array("new", 1).round(4).tolist()
    assert told("\n".join(f"{name} = {form(array)}" for name, array in sheet.items())).verdict == "right"


def test_biases_that_stay_are_no_roundings_beside_weights_in_full() -> None:
    """Four arrays, as `tolist` prints them: at a small rate 0.35 agreed with 0.3491, and all was called right."""
    slow = replace(TWO.optimizer, learning_rate=0.1)
    layers = tuple(replace(layer, learn_bias=True) for layer in TWO.network.layers)
    problem = replace(TWO, optimizer=slow, network=replace(TWO.network, layers=layers))
    trace = right(problem, mistake="bias-not-updated")
    given = [(f"{name}{layer}_new", trace.array("new", layer, name == "b")) for layer in (1, 2) for name in "Wb"]
    found = told("\n".join(f"{name} = {array.tolist()}" for name, array in given), problem)
    assert (found.verdict, found.mistakes[0].ids) == ("explained", ("bias-not-updated",))


def test_a_nought_is_no_rounding_beside_three_numbers_in_full() -> None:
    """However many others are shorter: δ of −0.0381 agreed with 0.0."""
    trace = right(TWO)
    others = "".join(f"{name} = {trace[name]:.4f}\n" for name in ("w5_new", "w6_new", "w7_new", "w8_new", "δ_o1"))
    assert told(f"{others}δ_o2 = -0.0\n{lines(trace, 'net_o1', 'o1', 'E')}").verdict == "unexplained"
    assert told(f"{others}δ_o2 = {trace['δ_o2']:.2f}\n{lines(trace, 'net_o1', 'o1', 'E')}").verdict == "right"
    assert told(f"{others}∂E/∂w1 = 0.000\n{lines(trace, 'net_o1', 'o1', 'E')}").verdict == "right"


def test_an_array_has_the_digits_of_its_longest_entry() -> None:
    trace = right(TWO)
    first, second = trace["net_h1"], trace["net_h2"]
    assert told(f"z1 = [[{first:.2f} {second:.8f}]]").verdict != "right"
    assert told(f"net_h1 = {first:.2f}\nnet_h2 = {second:.8f}").verdict == "right"


@pytest.mark.parametrize("digits", [2, 3, 5, 9])
def test_an_array_may_be_rounded_to_significant_digits(digits: int) -> None:
    """As books do, and %g: what is larger then has fewer decimals."""
    first, second = right(TWO).array("delta", 2)[0]
    assert abs(first) > 0.1 > abs(second) > 0.01

    def verdict(share: float) -> str | None:
        return told(f"delta2 = [[{first * (1 + share):.{digits}g} {second:.{digits}g}]]").verdict

    assert verdict(0) == "right"
    assert verdict(1.6 * 10.0 ** (1 - digits)) != "right"


def test_a_share_of_the_right_number_may_be_allowed() -> None:
    value = right(TWO)["o1"] * (1 + 1e-4)
    assert told(f"o1 = {value!r}").verdict != "right"
    assert told(f"o1 = {value!r}", tolerance=1e-3).verdict == "right"


def test_what_is_not_finite_is_a_value() -> None:
    far = Samples.of(TWO.samples.inputs, [[-1000.0, 0.99]])
    wild = replace(TWO, samples=far, optimizer=TWO.optimizer.with_rate("learning_rate", 1e308))
    assert str(right(wild)["w5_new"]) == "-inf"
    assert told("w5_new = -inf", wild).verdict == "right"
    assert told("w5_new = inf", wild).verdict != "right" and told("w5_new = nan", wild).verdict != "right"


@pytest.mark.parametrize("seed", [1, 2])
def test_right_numbers_are_never_called_wrong(seed: int) -> None:
    assert diagnosing.right_ones(6, seed).total() == 6


def test_a_number_may_have_been_computed_and_not_used() -> None:
    """The mistaken rules do not make m̂ and v̂ at all; somebody made them and moved by m and v."""
    adam = replace(TWO, optimizer=Optimizer("adam", 0.01))
    ours, theirs = right(adam), right(adam, 1, "no-correction")
    made = {name: ours[name] for name in ("∂E/∂w5", "m_w5", "v_w5", "m̂_w5", "v̂_w5")}
    made |= {name: theirs[name] for name in ("Δw5", "w5⁺")}
    found = told("\n".join(f"{name} = {value!r}" for name, value in made.items()), adam)
    assert (found.verdict, found.mistakes[0].ids, found.mistakes[0].explains) == ("explained", ("no-correction",), 7)
    wrong = told("\n".join(f"{name} = {value * (1 + (name == 'm̂_w5'))!r}" for name, value in made.items()), adam)
    assert wrong.verdict != "explained"


def in_single_precision(problem: Problem) -> dict[str, np.ndarray]:
    """What somebody computes in float32: two layers of tanh, the mean squared error, all samples."""
    single = np.float32
    (first, second), data = problem.network.layers, problem.samples
    x, t, w1, w2 = (one.astype(single) for one in (data.inputs, data.targets, first.weights, second.weights))
    z1 = x @ w1.T
    a1 = np.tanh(z1)
    z2 = a1 @ w2.T
    a2 = np.tanh(z2)
    share = single(2 / t.size)
    delta2 = share * (a2 - t) * (1 - a2 * a2)
    delta1 = delta2 @ w2 * (1 - a1 * a1)
    return {"z1": z1, "a1": a1, "z2": z2, "a2": a2, "dW1": delta1.T @ x, "dW2": delta2.T @ a1}


@pytest.mark.parametrize("seed", range(6))
def test_right_numbers_of_float32_are_never_called_wrong(seed: int) -> None:
    random = np.random.default_rng(seed)
    layers = [Layer("tanh", random.uniform(-1, 1, shape).astype(np.float32), None) for shape in ((12, 5), (2, 12))]
    data = [random.uniform(-5, 5, (100, count)).astype(np.float32) for count in (5, 2)]
    problem = Problem(Network(tuple(layers)), Samples.of(*data), Optimizer(), "mse", "full")
    mine = in_single_precision(problem)
    assert compared(problem, *reading.of_mapping(mine)).verdict == "right"
    whole = {name: array.astype(np.float64) * (1 + 1e-13) for name, array in mine.items()}
    assert compared(problem, *reading.of_mapping(whole)).verdict != "right", "no more is allowed than float32 asks for"
    mine["dW1"][3, 2] *= np.float32(1.001)
    assert compared(problem, *reading.of_mapping(mine)).verdict != "right"


def test_a_float32_is_known_by_its_bits_where_its_type_is_lost() -> None:
    """As `loss.item()` and `tolist()` give it."""
    value = right(TWO)["E"] * (1 + 3e-6)
    lost = float(np.float32(value))
    for kind in (float, np.float64, str):
        assert compared(TWO, *reading.of_mapping({"E": kind(lost)})).verdict == "right"
        assert compared(TWO, *reading.of_mapping({"E": kind(value)})).verdict != "right"
    assert told(f"E = {lost!r}").verdict == "right" and told(f"E = {value!r}").verdict != "right"
    assert [written(text).relative for text in ("0.5", "0.35", "1234.5", "0", "inf")] == [1e-9] * 5
    outs = right(TWO).array("out", 1).astype(np.float32) * np.float32(1 + 3e-6)
    assert told(f"a1 = {outs.tolist()}").verdict == "right"


def test_what_numpy_prints_of_a_float32_is_right_though_it_says_no_type() -> None:
    """A weight of 0.4 prints as 0.4, one that has been changed in its eighth digit, a number near a half is rounded on
    its other side.
    """
    trace = right(TWO)
    singles = {"a1": ("out", 1), "a2": ("out", 2), "delta2": ("delta", 2), "dW2": ("grad", 2), "W2_new": ("new", 2)}
    arrays = {name: trace.array(*of).astype(np.float32) for name, of in singles.items()}
    arrays = {name: np.nextafter(array, np.float32(2)) for name, array in arrays.items()}
    text = "\n".join(f"{name} = {array}" for name, array in arrays.items())
    assert told(text).verdict == "right"
    assert [value.agrees for value in beside(TWO, parsed(text, "mine.txt"))] == [True] * 14
    assert told(f"{text}\nE = {trace['E'] * (1 + 1e-7)!r}").verdict != "right", "a double has its own digits"
    wrong = right(TWO, mistake="no-hidden-slope").array("grad", 1).astype(np.float32)
    assert told(f"dW1 = {np.nextafter(wrong, np.float32(2))}").mistakes[0].ids == ("no-hidden-slope",)
    edge = Layer("identity", np.array([[0.96905 + 1e-9]]), None)
    half = replace(TWO, network=Network((edge,)), samples=Samples.of([[1.0]], [[0.0]]))
    assert told("net_o1 = tensor(0.9690)", half).verdict == told("net_o1 = 0.9690", half).verdict == "right"
    assert told("net_o1 = 0.9689", half).verdict != "right"


def test_an_array_may_be_rounded_to_decimals_where_python_writes_small_ones_with_e() -> None:
    """[0.000123456, 0.00009] is [0.000123, 9e-05] then: 9e-05 is no more exact than its neighbour."""
    first = right(TWO)["net_h1"]
    weights = np.array([[9.04e-5 / first], [0.000123456 / first], [0.6]])
    small = replace(
        TWO, network=Network((Layer("identity", weights, None),)), samples=Samples.of([[first]], [[0.0] * 3])
    )
    rounded = [round(value, 6) for value in right(small).array("net", 1)[0].tolist()]
    assert rounded[:2] == [9e-05, 0.000123] and told(f"z1 = {rounded}", small).verdict == "right"
    assert told(f"z1 = {[9.2e-05, *rounded[1:]]}", small).verdict != "right"


def test_a_parameter_is_read_as_pytorch_prints_it() -> None:
    printed = "Parameter containing:\ntensor([[0.4000, 0.4500],\n        [0.5000, 0.5500]], requires_grad=True)"
    assert (told(f"W2 = {printed}\nb2 = 0.6").verdict, len(told(f"W2 = {printed}").values)) == ("right", 4)


def test_a_tensor_is_of_float32_unless_it_says_otherwise() -> None:
    [value] = [right(TWO)["o1"] * (1 + 3e-6)]
    assert told(f"o1 = tensor({value!r})").verdict == "right"
    assert told(f"o1 = tensor({value!r}, dtype=torch.float64)").verdict != "right"


def test_a_scalar_for_a_bias_counts_for_every_unit() -> None:
    assert told("b2 = 0.6").verdict == "right"
    assert len(told("b2 = 0.6").values) == 2


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_gradients_that_were_not_set_to_0_are_found_in_the_second_iteration(
    share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_MOST_PAIRS", 0)  # nothing explains it, and none has to be tried for that
    first, second = right(TWO), right(TWO, 2)
    names = ("∂E/∂w5", "∂E/∂w8", "∂E/∂w1")
    text = "\n".join(f"{name}@1 = {first[name]!r}\n{name}@2 = {second[name] + share * first[name]!r}" for name in names)
    found = diagnose(TWO, parsed(text, "mine.txt"), "mine.txt")
    told = [(one.id, one.iteration, one.symbol) for one in found.remarks]
    assert told == ([("gradients-not-reset", 2, "∂E/∂w5")] if share == 1 else [])


@pytest.mark.parametrize(
    ("activation", "text", "first"),
    [
        ("relu", "slope_h1 = 0; δ_h1 = 0", "slope_h1"),
        ("relu", "h1 = 0; δ_h1 = 0", "δ_h1"),
        ("leaky-relu", "δ_h1 = -0.005", "δ_h1"),
    ],
)
def test_what_is_right_by_hand_where_rounding_has_put_a_net_beside_0_is_no_mistake(
    activation: str, text: str, first: str
) -> None:
    """0.5 − 0.6 + 0.1 is 3e-17 in floats; a ReLU's slope of 0 was put down to one of five mistakes."""
    problem = parse(diagnosing.beside_0(activation), "x")
    found = diagnose(problem, parsed(text.replace("; ", "\n"), "mine.txt"), "mine.txt")
    assert [(one.id, one.symbol, one.facts["net"]) for one in found.remarks] == [("by-hand", first, "net_h1")]
    assert (found.verdict, found.mistakes) == ("unexplained", ())
    other = diagnose(problem, parsed("slope_h1 = 0.25", "mine.txt"), "mine.txt")
    assert "by-hand" not in [one.id for one in other.remarks]


def test_a_threshold_that_is_just_reached_by_hand_is_reached_though_rounding_has_put_net_below_it() -> None:
    """Of the textbooks' AND: w1 is 0.2 there, and 0.19999999999999998 here."""
    text = """
    error = "perceptron"
    [optimizer]
    learning_rate = 0.1
    [[layer]]
    activation = "step"
    weights = [[0.3, -0.1]]
    bias = [-0.2]
    learn_bias = false
    """
    rows = ("[0, 0]", 0), ("[0, 1]", 0), ("[1, 0]", 0), ("[1, 1]", 1)
    samples = "".join(f"\n[[sample]]\ninput = {row}\ntarget = [{target}]\n" for row, target in rows)
    found = diagnose(parse(text + samples, "x"), parsed("o1 = 1", "mine.txt"), "mine.txt", iteration=8)
    assert [(one.id, one.facts["value"]) for one in found.remarks] == [("by-hand", 1.0)]


@pytest.mark.parametrize("named", ["", "@1"])
@pytest.mark.parametrize("other", [2, 5])
def test_of_numbers_of_another_iteration_it_is_said_which(other: int, named: str) -> None:
    theirs = right(TWO, other)
    text = "\n".join(f"{name}{named} = {theirs[name]:.6f}" for name in ("net_h1", "E", "δ_o1", "∂E/∂w5", "w5⁺"))
    found = diagnose(TWO, parsed(text, "mine.txt"), "mine.txt")
    assert found.verdict != "right"
    assert [(one.id, one.iteration) for one in found.remarks] == [("other-iteration", other)]
    unlike = diagnose(TWO, parsed(text + f"\nδ_h1 = {theirs['δ_h1'] * 1.1!r}", "mine.txt"), "mine.txt")
    assert "other-iteration" not in [one.id for one in unlike.remarks]


@pytest.mark.parametrize(("mistake", "id"), [("", "rounded"), ("slope-twice", "rounded-mistake")])
def test_of_numbers_that_were_rounded_on_the_way_it_is_said_by_how_much(mistake: str, id: str) -> None:
    wrong = right(TWO, 1, mistake)
    names = ("o1", "δ_o1", "δ_o2", "∂E/∂w5", "δ_h1", "w1⁺")
    text = "\n".join(f"{name} = {wrong[name] * (1 + 3e-5)!r}" for name in names)
    found = diagnose(TWO, parsed(text, "mine.txt"), "mine.txt")
    assert found.verdict == "unexplained"
    assert [(one.id, one.facts) for one in found.remarks] == [(id, {"tolerance": "1e-4", "ids": mistake})]


# --- orientation -------------------------------------------------------------------------------------


def test_rows_and_columns_are_found_by_shape_or_by_what_fits() -> None:
    problem = builtin.open("three-wide")
    trace = right(problem)
    first, square = trace.array("grad", 1), trace.array("grad", 2)

    def given(*arrays: np.ndarray) -> Diagnosis:
        return told("\n".join(f"dW{at} = {np.array2string(a, precision=9)}" for at, a in enumerate(arrays, 1)), problem)

    assert given(first, square).orientation == "units-by-inputs"
    found = given(first.T, square.T)
    assert (found.verdict, found.orientation) == ("right", "inputs-by-units")
    mixed = given(first, square.T)
    assert mixed.verdict in ("explained", "ambiguous") and mixed.mistakes[0].ids == ("transposed",)


# --- several mistakes --------------------------------------------------------------------------------

DENSE = ("o1", "o2", "E", "δ_o1", "δ_o2", "∂E/∂h1", "slope_h1", "δ_h1", "δ_h2", "∂E/∂w5", "∂E/∂w1", "w5⁺", "w1⁺", "w4⁺")


@pytest.mark.parametrize("mistake", ["sign+added", "bias-left-out+updated-weights", "weights-left-out+no-rate"])
def test_two_mistakes_are_peeled_one_after_another(mistake: str) -> None:
    found = told(lines(right(TWO, 1, mistake), *DENSE))
    assert found.verdict in ("explained", "ambiguous")
    assert mistake in [one.spelled for one in found.mistakes[: found.tied]]


def test_two_factors_of_the_same_number_are_found_though_neither_explains_anything() -> None:
    problem = replace(three_wide(), error="mse")
    wrong = right(problem, 1, "factor-two:missing+outputs-sum-for-mean:back")
    assert np.isclose(wrong["∂E/∂o1[0]"], 1.5 * right(problem)["∂E/∂o1[0]"])
    found = told(lines(wrong, "E", "∂E/∂o1[0]", "∂E/∂w10", "∂E/∂w1"), problem)
    assert (found.verdict, found.mistakes[0].ids) == ("explained", ("factor-two", "outputs-sum-for-mean"))


def test_two_mistakes_are_found_where_only_what_comes_of_both_is_given() -> None:
    weights = tuple(f"w{number}⁺" for number in range(1, 9))
    found = told(lines(right(TWO, 1, "slope-twice+added"), *weights))
    assert ("slope-twice", "added") in [one.ids for one in found.mistakes[: found.tied]]


def test_three_mistakes_are_one_chain_in_step_order() -> None:
    found = told(lines(right(TWO, 1, "bias-subtracted+weights-left-out+added"), *DENSE))
    assert ("bias-subtracted", "weights-left-out", "added") in [one.ids for one in found.mistakes[: found.tied]]


def test_mistakes_that_cannot_be_made_together_explain_nothing() -> None:
    numbers = sheet(blocks(parsed("o1 = 0.5", ""), TWO, 1, ""), TWO)
    assert not Runs(TWO, numbers).made("target-in-slope+slope-twice").there.any()


def test_what_no_mistake_gives_is_said_to_be_unexplained() -> None:
    found = told(lines(right(TWO), "o1", "o2") + "\nδ_o1 = 0.77")
    assert (found.verdict, found.mistakes, found.agreeing) == ("unexplained", (), 2)
    assert found.first is not None and found.first.symbol == "δ_o1" and found.parts is not None


def test_the_first_part_of_what_is_left_over_is_kept() -> None:
    found = told(lines(right(TWO, 1, "sign"), "o1", "δ_o1", "δ_o2", "∂E/∂w5") + "\n∂E/∂w1 = 0.77")
    assert found.verdict == "partly" and found.mistakes[0].ids == ("sign",)
    assert (found.mistakes[0].explains, found.mistakes[0].of) == (4, 5)


@pytest.mark.parametrize("given", ["w5_new = 0.9", "w5_new = 0.9\nE = 0.298", "δ_h1 = 0.05\nw1_new = 0.1"])
def test_of_numbers_with_few_digits_no_two_mistakes_are_named(given: str) -> None:
    found = told(given)
    assert found.agreeing < len(found.values) and all(len(one.ids) == 1 for one in found.mistakes)


def test_where_few_digits_are_explained_it_is_said_that_it_may_be_chance() -> None:
    wrong = right(TWO, mistake="value-for-delta")
    few, more = (told(f"δ_h1 = {wrong['δ_h1']:.{digits}f}") for digits in (2, 4))
    assert few.verdict == more.verdict == "explained" and few.mistakes[0].ids == more.mistakes[0].ids
    assert [one.id for one in few.remarks] == ["few-digits"] and not more.remarks
    several = told("δ_o1 = -0.1")
    assert several.verdict == "ambiguous" and [one.id for one in several.remarks] == ["few-digits"]


def test_what_gives_fewer_numbers_than_the_right_rules_is_no_explanation() -> None:
    """Gradients of layer 1 that no mistake makes, all else right: a mistake further in front gives one of them."""
    trace = right(TWO)
    gradients = trace.array("grad", 1)
    rest = "\n".join(
        f"{name} = {array.round(4).tolist()}"
        for name, array in (("delta1", trace.array("delta", 1)), ("dW2", trace.array("grad", 2)))
    )
    found = told(f"{rest}\ndW1 = {(2.199 * gradients).round(4).tolist()}")
    assert found.agreeing == 6 and found.verdict == "unexplained"


def test_no_mistake_is_blamed_that_begins_where_the_given_numbers_are_right() -> None:
    """Twice what comes back to the hidden units: a 2 at the output gives the same there, and another δ_o."""
    trace = right(TWO)
    delta = trace.array("out_grad", 1) * 2 * trace.array("slope", 1)
    doubled = f"delta1 = {delta.tolist()}\ndW1 = {(delta.T @ trace.array('out', 0)).tolist()}"
    assert told(doubled).mistakes[0].ids == ("factor-two",)
    found = told(f"{doubled}\ndelta2 = {trace.array('delta', 2).tolist()}")
    assert (found.verdict, found.mistakes) == ("unexplained", ())


def test_what_would_tell_equal_explanations_apart_is_said() -> None:
    problem = replace(TWO, error="mse")
    wrong = right(problem, 1, "factor-two:added")
    found = told(lines(wrong, "∂E/∂w5", "∂E/∂w6"), problem)
    assert found.verdict == "ambiguous" and found.decide
    assert {one.ids[0] for one in found.mistakes[: found.tied]} >= {"factor-two", "outputs-sum-for-mean"}
    assert told(lines(wrong, "∂E/∂w5", "∂E/∂w6", "E"), problem).tied < found.tied


def test_what_only_the_second_iteration_shows_is_asked_for() -> None:
    adam = builtin.open("race-xor")
    adam = replace(adam, optimizer=replace(adam.optimizer, name="adam"))
    found = told(lines(right(adam), "w1⁺", "w2⁺"), adam)
    assert found.verdict == "right" and found.decide == ("@2",)
    assert "correction-without-power" in found.unseen
    assert told(lines(right(TWO), "w1⁺", "w2⁺")).decide == ()


def test_every_mistake_that_shows_is_named() -> None:
    assert diagnosing.mistaken_ones(1, 2).total() > 15


# --- conventions and numerical gradients -------------------------------------------------------------


def test_the_mean_within_a_delta_is_right_where_the_gradient_is() -> None:
    trace = right(XOR)
    arrays = {"dz1": trace.array("delta", 1) / 4, "dW1": trace.array("grad", 1)}
    given, file = reading.of_mapping(arrays)
    found = compared(XOR, given, file)
    assert found.verdict == "right" and "mean-in-delta" in [one.id for one in found.remarks]
    given, file = reading.of_mapping({**arrays, "dW1": trace.array("grad", 1) / 4})
    assert compared(XOR, given, file).mistakes[0].ids == ("mean-twice",)


@pytest.mark.parametrize("proof", ["grad", "new"])
def test_a_gradient_of_nought_proves_no_mean_within_a_delta(proof: str) -> None:
    """Units that are dead have one whatever comes back to them: half of it was right where all is right but that."""
    dead = builtin.open("dead")
    trace = right(dead)
    assert not trace.array("grad", 1).any() and trace.array("out_grad", 1).any()
    name = {"grad": "dW1", "new": "W1_new"}[proof]
    arrays = {"dz2": trace.array("delta", 2), "dA1": trace.array("out_grad", 1) / 2, name: trace.array(proof, 1)}
    assert compared(dead, *reading.of_mapping(arrays)).verdict != "right"


def test_a_velocity_of_another_convention_is_right_where_the_weights_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_MOST_PAIRS", 0)  # nothing explains it, and none has to be tried for that
    problem = replace(TWO, optimizer=replace(TWO.optimizer, name="momentum", learning_rate=0.1))
    trace = right(problem, 2)
    torch = -trace.array("v", 2) / 0.1
    given, file = reading.of_mapping({"vW2": torch, "W2_new": trace.array("new", 2)})
    found = compared(problem, given, file, 2)
    assert found.verdict == "right" and "other-convention" in [one.id for one in found.remarks]
    given, file = reading.of_mapping({"vW2": torch})
    assert compared(problem, given, file, 2).verdict != "right"


def test_a_numerical_gradient_of_the_output_is_found_out() -> None:
    trace = right(TWO)
    ref = trace.find("w5")
    assert ref is not None
    h = 1e-4
    numeric = {}
    for name, of in (("E", "E"), ("o", "o1")):
        ends = []
        for by in (h, -h):
            weights = TWO.network.layers[1].weights.copy()
            weights[0, 0] += by
            layers = (TWO.network.layers[0], replace(TWO.network.layers[1], weights=weights))
            ends.append(right(replace(TWO, network=replace(TWO.network, layers=layers)))[of])
        numeric[name] = (ends[0] - ends[1]) / (2 * h)
    assert told(f"num_dE/dw5 = {numeric['E']!r}").verdict == "right"
    found = told(f"num_dE/dw5 = {numeric['o']!r}")
    assert (found.mistakes[0].ids, found.verdict) == (("check-of-output",), "explained")


# --- remarks -----------------------------------------------------------------------------------------


XOR_OF = """
error = "bce"
batch = "full"
[optimizer]
learning_rate = {rate}
[[layer]]
activation = "sigmoid"
weights = {weights}
[[layer]]
weights = [[0.7, -0.6]]
""" + "".join(f"[[sample]]\ninput = [{a}, {b}]\ntarget = [{a ^ b}]\n" for a in (0, 1) for b in (0, 1))


@pytest.mark.parametrize("error", LOSSES)
def test_no_network_without_weights_does_better_than_the_best_constant_answer(error: str) -> None:
    """By E as it is run: a rule of a new error that a remark would not know is seen here."""
    last = LOSSES[error].last or "identity"
    units, targets = (2, "[1, 0] [0, 1] [1, 0]") if error == "softmax-ce" else (1, "[0] [1] [1]")
    layer = f'[[layer]]\nactivation = "{last}"\nweights = {[[0.0]] * units}\nbias = {[0.0] * units}\n'
    samples = "".join(f"[[sample]]\ninput = [1]\ntarget = [{one}]\n" for one in targets.strip("[]").split("] ["))
    problem = parse(f'error = "{error}"\nl2 = {0.0 if error == "perceptron" else 0.1}\n{layer}{samples}', "x")
    whole, best = Whole(problem), constant_error(problem)
    found = []
    for shift in np.linspace(-2, 2, 401):
        params = np.zeros(2 * units)
        params[units:] = [shift, -shift][:units]
        found.append(whole.error(params))
    assert best - 1e-12 <= min(found) <= best + 1e-4


def remarked(problem: Problem, iterations: int = 400) -> dict[str, object]:
    return {one.id: one for one in on_training(problem, 1, iterations)}


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """From here on the rule of one remark is asked, and nothing is trained for the others."""
    return lambda id: monkeypatch.setattr(remarks, "_RULES", (getattr(remarks, "_" + id.replace("-", "_")),))


def test_what_hinders_a_training_is_remarked_on(alone: Callable[[str], None]) -> None:
    assert remarked(TWO) == {} and remarked(builtin.open("one-neuron")) == {}
    assert remarked(builtin.open("xor-equal")).keys() == {"equal-start", "plateau"}
    steep = parse(XOR_OF.format(rate="0.5", weights="[[50, -40], [30, 80]]"), "xor.toml", Path())
    for id, problem in (
        ("dead-units", builtin.open("dead")),
        ("saturated", steep),
        ("diverges", builtin.open("scales")),
    ):
        alone(id)
        assert id in remarked(problem)


@pytest.mark.parametrize(
    ("what", "rate", "weights", "key"),
    [
        ("rate-too-large", "60", "[[0.5, -0.4], [0.3, 0.8]]", "learning_rate"),
        ("rate-too-small", "0.001", "[[0.5, -0.4], [0.3, 0.8]]", "learning_rate"),
        ("weights-tiny", "0.5", "[[0.01, -0.02], [0.015, 0.005]]", "initial"),
    ],
)
def test_what_a_remark_says_to_try_has_been_tried(
    what: str, rate: str, weights: str, key: str, alone: Callable[[str], None]
) -> None:
    alone(what)
    problem = parse(XOR_OF.format(rate=rate, weights=weights), "xor.toml", Path())
    tried = next(one.tried for one in on_training(problem, 1, 1000) if one.id == what)
    assert tried is not None and tried.key == key
    if key == "learning_rate":
        other = replace(problem, optimizer=problem.optimizer.with_rate(key, float(tried.value)))
        assert trained(other, 1000).solved_in == tried.solved_in is not None


SINGLE = "[[layer]]\nweights = [[0.7, -0.6]]\n"
LINEAR = '[[layer]]\nactivation = "identity"\nweights = [[0.5, -0.4], [0.3, 0.8]]\n'
CURVED = "[[layer]]\nweights = [[0.5, -0.4], [0.3, 0.8], [-0.7, 0.2]]\n[[layer]]\nweights = [[0.7, -0.6, 0.1]]\n"


@pytest.mark.parametrize(
    ("layers", "inputs", "what", "key"),
    [
        (SINGLE, 1, "plateau", "hidden"),
        (LINEAR + SINGLE, 1, "plateau", "activation"),
        (CURVED, 200, "saturated", "inputs"),
    ],
)
def test_what_a_straight_network_and_large_inputs_want_is_tried_first(
    layers: str, inputs: int, what: str, key: str, alone: Callable[[str], None]
) -> None:
    alone(what)
    samples = "".join(
        f"[[sample]]\ninput = [{inputs * a}, {inputs * b}]\ntarget = [{a ^ b}]\n" for a in (0, 1) for b in (0, 1)
    )
    problem = parse(f'error = "bce"\nbatch = "full"\n{layers}{samples}', "xor.toml", Path())
    tried = next(one.tried for one in on_training(problem, 1, 400) if one.id == what)
    assert tried is not None and tried.key == key


def test_of_dead_units_those_are_told_through_which_nothing_gets_back() -> None:
    text = XOR_OF.format(rate="0.1", weights="[[0.5, -0.4], [-0.3, -0.8]]").replace("bce", "half-squared")
    problem = parse(text.replace('"sigmoid"', '"relu"').replace(
        "weights = [[0.7", 'activation = "relu"\nweights = [[-0.7'), "xor.toml", Path())  # fmt: skip
    dead = next(one for one in on_training(problem, 1, 100) if one.id == "dead-units")
    assert (dead.symbol, dead.facts["units"]) == ("o1", 2)


def test_contradictions_and_targets_out_of_reach_are_remarked_on() -> None:
    text = (
        "[[layer]]\nweights = [[0.5]]\n[[sample]]\ninput = [1]\ntarget = [2]\n[[sample]]\ninput = [1]\ntarget = [0]\n"
    )
    found = remarked(parse(text, "t", Path()), 200)
    assert {"target-out-of-range", "contradictory-samples"} <= found.keys()


def test_a_form_that_nobody_reads_is_no_number(tmp_path: Path) -> None:
    (tmp_path / "mine.json").write_text(json.dumps({"E": [0.1, [0.2]]}), encoding="utf-8")
    with pytest.raises(NotValues) as raised:
        reading.read(tmp_path / "mine.json")
    assert raised.value.what == "ragged"
    assert reading.read("-", io.BytesIO(b"E = 0.2984"))[0][0].name == "E"


def test_what_no_time_is_left_for_is_not_advised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trying, "_TOGETHER", 0.0)
    found = on_training(builtin.open("xor-equal"), 1, 600)
    assert [(one.id, one.tried) for one in found] == [("equal-start", None), ("plateau", None)]


# --- far iterations ----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [3, 5])
def test_many_runs_at_once_are_each_as_it_is_alone(seed: int) -> None:
    """Bit for bit, under every mistake of the table."""
    problem = diagnosing.problem(np.random.default_rng(seed))
    mistakes = ["", *(one.spelled for one in candidates(problem, False))]
    for mistake, state in at_once(problem, mistakes, 6).items():
        engine = Engine(problem, mistake)
        alone = replay(engine, engine.start(), 5)
        assert state.done == 5
        np.testing.assert_array_equal(state.params, alone.params, mistake)
        np.testing.assert_array_equal(state.slots, alone.slots, mistake)


def test_a_mistake_in_one_layer_is_found_however_late_its_numbers_are() -> None:
    found = told(lines(right(TWO, 400, "slope-twice@1"), "E"), iteration=400)
    assert [one.spelled for one in found.mistakes[: found.tied]] == ["slope-twice@1"]


def test_where_all_would_take_long_a_layer_alone_is_tried_after_the_whole_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(search, "_PATIENCE", 0.0)
    for mistake, layers in (("slope-twice", {0}), ("slope-twice@1", {1})):
        found = told(lines(right(TWO, 60, mistake), "E", "w1"), iteration=60)
        assert mistake in [one.spelled for one in found.mistakes[: found.tied]]
        assert {one.layers[0] if one.layers else 0 for one in found.mistakes[: found.tied]} == layers


def test_what_does_not_reproduce_the_first_that_differs_is_run_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    furthest: list[int] = []
    monkeypatch.setattr(Runs, "_run", _noting(Runs._run, furthest))
    wrong = [right(TWO, at, "slope-twice") for at in (30, 300)]
    told("\n".join(f"E@{one.iteration} = {one.error!r}" for one in wrong))
    assert furthest.count(30) > 50 > furthest.count(300)


def _noting(run: Callable[[Runs, str, int], Made], furthest: list[int]) -> Callable[[Runs, str, int], Made]:
    def noted(self: Runs, mistake: str, last: int) -> Made:
        furthest.append(last)
        return run(self, mistake, last)

    return noted


def test_gradients_of_iteration_1_that_are_0_are_no_sum() -> None:
    """Added to those of iteration 2 they leave these right: only what differs besides can be said."""
    text = """
    error = "half-squared"
    [optimizer]
    learning_rate = 0.1
    [[layer]]
    activation = "identity"
    weights = [[0.5]]
    bias = false
    [[sample]]
    input = [1]
    target = [0.5]
    [[sample]]
    input = [1]
    target = [0.1]
    """
    found = diagnose(parse(text, "x"), parsed("∂E/∂w1@2 = 0.4\nw1_new@2 = 0.7", "mine.txt"), "mine.txt")
    assert [value.agrees for value in found.values] == [True, False]
    assert "gradients-not-reset" not in [one.id for one in found.remarks]
