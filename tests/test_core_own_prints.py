"""Own numbers as programs print them: in float32, in short, and in the forms that books write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

import diagnosing
import numpy as np
import pytest
import single

from nntutor.core.diagnosis import reading, rounding
from nntutor.core.diagnosis.candidates import candidates
from nntutor.core.diagnosis.comparing import alike, first_apart
from nntutor.core.diagnosis.diagnosing import Diagnosis, beside, compared
from nntutor.core.diagnosis.places import blocks
from nntutor.core.diagnosis.runs import recorded
from nntutor.core.diagnosis.sheet import sheet
from nntutor.core.diagnosis.text import parsed
from nntutor.core.diagnosis.written import written
from nntutor.core.engine.program import Engine
from nntutor.core.engine.training import run
from nntutor.core.files.problem import parse
from nntutor.core.problems.network import Problem
from nntutor.lessons.course import builtin

pytestmark = pytest.mark.usefixtures("unhurried")

TWO = builtin.open("two-two-two")


def told(text: str, problem: Problem) -> Diagnosis:
    return compared(problem, parsed(text, "mine.txt"), "mine.txt")


# --- float32 -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [53, 61, 86, 89, 157, 196, 225])
def test_a_training_in_float32_is_never_called_wrong(seed: int) -> None:
    """What an iteration leaves is off, g over the root of its square is off by more; E of bce has 1 − o in it."""
    assert single.right_ones(seed)


def test_what_lies_on_the_edge_of_its_last_digit_is_a_float32() -> None:
    """1723.015625 is printed as 1723.01562: half a unit off, which double precision makes a little more."""
    [one] = parsed("z1 = [[1723.01562 2368.64429]]", "mine.txt")
    assert one.written.as_single is not one.written


@pytest.mark.parametrize("mistake", ["no-output-slope", "added", "mean-twice", "sign", "no-hidden-slope"])
def test_a_mistake_in_float32_is_named_in_later_iterations_too(mistake: str) -> None:
    problem = xor("[0.1, 0.2]", "[0.36]", "mse", "rmsprop")
    [trace] = recorded(problem, mistake, (3,))
    arrays = {"dW1": ("grad", 1), "dW2": ("grad", 2), "W1_new": ("new", 1), "W2_new": ("new", 2), "a2": ("out", 2)}
    given = {f"{name}@3": trace.array(*of).astype(np.float32) for name, of in arrays.items()}
    found = compared(problem, *reading.of_mapping(given))
    assert (mistake,) in [one.ids for one in found.mistakes[: found.tied]]


def test_what_a_mistake_makes_in_float32_is_as_far_off_as_its_own_run_strays() -> None:
    """Where the right run strays less, the mistake was named for a part of its numbers."""
    problem = single.problem(np.random.default_rng([26, 3]))
    found = compared(problem, *reading.of_mapping(single.mistaken(problem, "sign", 3)), 3)
    assert (found.verdict, found.mistakes[0].ids) == ("explained", ("sign",))
    other = single.mistaken(problem, "sign", 3)
    other["dW1"][1, 0] *= np.float32(1.01)
    assert compared(problem, *reading.of_mapping(other), 3).verdict != "explained"


def test_of_a_long_log_as_many_iterations_are_shaken_as_of_a_short_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """E of each of 1000 iterations in four digits, from other weights, took 40 seconds."""
    problem = xor("[0.1, 0.2]", "[0.36]")
    errors = run(Engine(problem), Engine(problem).start(), 1000).errors
    shaken: list[object] = []
    plain = rounding._run
    monkeypatch.setattr(rounding, "_run", lambda *given, **named: (shaken.append(given), plain(*given, **named)))
    log = "".join(f"E@{at} = {error:.4f}\n" for at, error in enumerate(1.01 * errors, 1))
    found = parsed(log, "mine.txt")
    sheets = sheet(blocks(found, problem, 1, "mine.txt"), problem, "mine.txt")
    traces = {trace.iteration: trace for trace in recorded(problem, "", sheets.iterations)}
    allowed = rounding.strays(sheets, traces, 2.0**-24)
    assert len(shaken) < 1200
    assert (allowed > 0).all()


# --- short prints ------------------------------------------------------------------------------------


def xor(first: str, last: str, error: str = "half-squared", optimizer: str = "sgd") -> Problem:
    """2-2-1 with these biases, all four samples."""
    samples = "".join(f"[[sample]]\ninput = [{a}, {b}]\ntarget = [{a ^ b}]\n" for a in (0, 1) for b in (0, 1))
    return parse(
        f'error = "{error}"\nbatch = "full"\n[optimizer]\nname = "{optimizer}"\n[[layer]]\nactivation = "tanh"\n'
        f"weights = [[0.5, -0.4], [0.3, 0.8]]\nbias = {first}\n[[layer]]\nweights = [[0.7, -0.6]]\nbias = {last}\n"
        f"{samples}",
        "xor.toml",
    )


ARRAYS = {
    "z": ("net", False), "a": ("out", False), "dW": ("grad", False), "db": ("grad", True), "W": ("weight", False),
    "b": ("weight", True), "W_new": ("new", False), "b_new": ("new", True),
}  # fmt: skip


def prints(problem: Problem, mistake: str = "", rounded: tuple[str, ...] = (), kind: type = np.float64) -> str:
    """All arrays as NumPy prints them, some of them rounded to two places."""
    [trace] = recorded(problem, mistake, (1,))
    lines = []
    for layer in (1, 2):
        for name, (of, bias) in ARRAYS.items():
            name = name.replace("_", f"{layer}_") if "_" in name else f"{name}{layer}"
            array = trace.array(of, layer, bias).astype(kind)
            lines.append(f"{name} = {array.round(2) if name in rounded else array}")
    return "\n".join(lines)


@pytest.mark.parametrize("kind", [np.float64, np.float32])
@pytest.mark.parametrize(("first", "last"), [("[0.1, 0.2]", "[0.36]"), ("[0, 0]", "[0]")])
def test_a_short_array_among_prints_in_full_is_no_rounding(first: str, last: str, kind: type) -> None:
    """[0.36] is 0.36000000 in NumPy's print: a bias that did not move, though it had to by 0.0005."""
    problem = xor(first, last)
    text = prints(problem, "bias-not-updated", kind=kind)
    found = told(text, problem)
    assert (found.verdict, found.mistakes[0].ids) == ("explained", ("bias-not-updated",))
    [remark] = [one for one in found.remarks if one.id == "short-print"]
    assert found.parts is not None and remark.symbol == found.parts.symbol
    assert sum(not one.agrees for one in beside(problem, parsed(text, "mine.txt"))) == 3
    assert told(prints(problem, kind=kind), problem).verdict == "right"


@pytest.mark.parametrize("arrays", [True, False])
def test_a_short_number_after_round_is_no_rounding_of_another(arrays: bool) -> None:
    """`round(b, 6)` of a bias that did not move is 0.36, and agreed with 0.3595; arrays need not be many."""
    problem = xor("[0.1, 0.2]", "[0.36]")
    for mistake, verdict in (("", "right"), ("bias-not-updated", "explained")):
        [trace] = recorded(problem, mistake, (1,))
        if arrays:
            given = {f"{name}{at}_new": trace.array("new", at, name == "b") for at in (1, 2) for name in "Wb"}
        else:
            refs = [trace.ref(at) for at in range(1, len(trace) + 1)]
            given = {trace.symbol(ref): np.array(trace.value(ref)) for ref in refs if ref.kind == "new"}
        found = told("\n".join(f"{name} = {array.round(6).tolist()}" for name, array in given.items()), problem)
        assert found.verdict == verdict
    assert found.mistakes[0].ids == ("bias-not-updated",)
    assert "short-print" in [remark.id for remark in found.remarks]


@pytest.mark.parametrize("form", [np.ndarray.tolist, str, lambda array: f"{array.tolist()}".replace(",", "")])
def test_biases_that_stay_are_no_roundings_beside_weights_of_four_places(form: Callable[[np.ndarray], object]) -> None:
    """`np.round(b, 4)` of 0.36 is 0.36, and agreed with 0.3595: all was called right."""
    problem = xor("[0.1, 0.2]", "[0.36]")
    for mistake, verdict in (("", "right"), ("bias-not-updated", "explained")):
        [trace] = recorded(problem, mistake, (1,))
        given = {f"{name}{at}_new": trace.array("new", at, name == "b") for at in (1, 2) for name in "Wb"}
        found = told("\n".join(f"{name} = {form(array.round(4))}" for name, array in given.items()), problem)
        assert found.verdict == verdict
    assert (found.mistakes[0].ids, found.remarks[0].id) == (("bias-not-updated",), "short-print")


def test_of_digits_that_show_no_step_it_is_said() -> None:
    problem = xor("[0.1, 0.2]", "[0.36]")
    [trace] = recorded(problem, "", (1,))
    assert abs(trace["b_o1_new"] - 0.36) < 5e-3
    for text, short in (("0.36", True), (repr(trace["b_o1_new"]), False)):
        found = told(f"b_o1_new = {text}", problem)
        assert (found.verdict, "too-short" in [one.id for one in found.remarks]) == ("right", short)


def test_powers_of_ten_after_round_say_nothing_of_small_numbers() -> None:
    """NumPy writes [5.590e-01 4.000e-04]: 0.0004 is rounded at the same place as 0.559."""
    half = written(["5.590e-01", "4.000e-04", "-2.251e-01"]).half
    assert half.tolist() == pytest.approx([5e-5] * 3)
    assert written(["-1.980e-05", "6.290e-06", "-1.964e-05"]).half.tolist() == pytest.approx([5e-9] * 3)
    assert written(["5.590e-01", "4.123e-04", "-2.251e-01"]).half[1] == pytest.approx(5e-8)
    assert written(["0.5590", "0.0400"]).half.tolist() == pytest.approx([5e-5] * 2)


def test_powers_of_ten_do_not_make_a_short_print_a_longer_one() -> None:
    """0.19999 to four places is [0.2] beside [1.0000e-05 …], whose last place is far behind: it was called wrong."""
    problem = parse(
        'error = "half-squared"\n[optimizer]\nname = "adagrad"\nlearning_rate = 1e-5\nepsilon = 1e-10\n'
        "[[layer]]\nweights = [[0, -0.2, 0.1]]\nbias = [0.2]\n[[sample]]\ninput = [1, 2, 1]\ntarget = [0.1]\n",
        "small.toml",
    )
    [trace] = recorded(problem, "", (1,))
    assert trace["b_o1_new"] != 0.2
    weights = " ".join(f"{one:.4e}" for one in trace.array("new", 1)[0])
    assert told(f"W1_new = [[{weights}]]\nb1_new = [0.2]", problem).verdict == "right"


def test_biases_that_stay_stand_before_a_sum_over_softmax_which_is_0() -> None:
    problem = softmax()
    [trace] = recorded(problem, "bias-not-updated", (1,))
    found = compared(problem, *reading.of_mapping({"b1_new": trace.array("new", 1, True)}))
    assert [one.ids[0] for one in found.mistakes[: found.tied]][:2] == ["bias-not-updated", "one-bias-for-all"]


def test_a_nought_with_its_point_is_no_rounding_in_any_print() -> None:
    problem = xor("[0, 0]", "[0]")
    [trace] = recorded(problem, "", (1,))
    assert abs(trace["b_o1_new"]) < 0.5
    with np.printoptions(precision=4):
        found = told(f"W2_new = {trace.array('new', 2)}\nb2_new = [0.]", problem)
    assert "bias-not-updated" in [one.ids[0] for one in found.mistakes[: found.tied]]
    assert told("W2_new = [[0.71 -0.58]]\nb2_new = [0]", problem).verdict != "explained"


@pytest.mark.parametrize(
    "rounded", [("W1_new", "W2_new"), ("b1_new", "b2_new"), ("W1_new", "b1_new"), ("a1", "b2_new")]
)
def test_a_sheet_of_two_and_of_eight_places_is_right(rounded: tuple[str, ...]) -> None:
    problem = xor("[0.1, 0.2]", "[0.36]")
    assert told(prints(problem, rounded=rounded), problem).verdict == "right"


def test_biases_in_a_column_or_a_row_do_not_say_how_weights_lie() -> None:
    """x @ W + b with b of (1, n), or W @ x + b with b of (n, 1): the weights of a square layer lie either way."""
    problem = xor("[0.1, 0.2]", "[0.36]")
    [trace] = recorded(problem, "", (1,))
    bias, weights = trace.array("new", 1, True), trace.array("new", 1)
    for shape in ((1, 2), (2, 1)):
        for lying in (weights, weights.T):
            gradient = trace.array("grad", 1)
            given = {"W1_new": lying, "dW1": gradient if lying is weights else gradient.T}
            found = compared(problem, *reading.of_mapping({**given, "b1_new": bias.reshape(shape)}))
            assert found.verdict == "right"


@pytest.mark.parametrize(
    "text",
    [
        "a1 = tf.Tensor([[0.59326999 0.59688438]], shape=(1, 2), dtype=float32)",
        "a1 = <tf.Tensor: shape=(1, 2), dtype=float32, numpy=\narray([[0.59326999, 0.59688438]], dtype=float32)>",
        "a1 = <tf.Variable 'dense/a:0' shape=(2,) dtype=float32, numpy=array([0.59326999, 0.59688438])>",
        "a1 = Array([[0.59326999, 0.59688438]], dtype=float32)",
        "a1 = tensor([[0.5933, 0.5969]], device='cuda:0', grad_fn=<SigmoidBackward0>)",
        '"symbol","value"\n"h1","0.59326999"\n"h2",0.59688438',
        "h1 = 0.59326999\u200b\nh2 = 0.59688438\ndE/dw7 = –0.0226025",
    ],
)
def test_prints_of_other_programs_are_read(text: str) -> None:
    problem = builtin.open("two-two-two")
    found = told(text, problem)
    assert found.verdict == "right" and len(found.values) >= 2
    wrong = told(text.replace("0.59", "0.58"), problem)
    assert wrong.verdict != "right" and not wrong.values[0].agrees


# --- forms of books ----------------------------------------------------------------------------------


def by_hand(problem: Problem, sign: float = 1.0) -> dict[str, np.ndarray]:
    """A backward pass of cross-entropy as courses have it: dA of the last layer first."""
    (first, second), x, t = problem.network.layers, problem.samples.inputs.T, problem.samples.targets.T
    a1 = np.tanh(first.weights @ x + first.bias[:, None])  # type: ignore[index]
    a2 = 1 / (1 + np.exp(-(second.weights @ a1 + second.bias[:, None])))  # type: ignore[index]
    back = -sign * (t / a2 - (1 - t) / (1 - a2))
    delta = back * a2 * (1 - a2)
    return {"a2": a2, "dA2": back, "dz2": delta, "dW2": delta @ a1.T / x.shape[1]}


def test_what_cross_entropy_sends_back_to_an_output_is_known_though_no_step_makes_it() -> None:
    problem = xor("[0.1, 0.2]", "[0.36]", "bce")
    mine = by_hand(problem)
    assert compared(problem, *reading.of_mapping(mine)).verdict == "right"
    alone = "\n".join(f"dE/do1[{at}] = {value!r}" for at, value in enumerate(mine["dA2"].ravel().tolist()))
    assert told(alone, problem).verdict == "right"
    within = {"dA2": mine["dA2"] / 4, "dW2": mine["dW2"]}
    found = compared(problem, *reading.of_mapping(within))
    assert found.verdict == "right" and "mean-in-delta" in [one.id for one in found.remarks]
    found = compared(problem, *reading.of_mapping(by_hand(problem, -1)))
    assert (found.verdict, found.mistakes[0].ids) == ("explained", ("sign",))
    assert found.parts is not None and found.parts.symbol == "∂E/∂o1[0]"
    gap = mine["a2"] - problem.samples.targets.T
    found = compared(problem, *reading.of_mapping({"dA2": gap, "dz2": gap * mine["a2"] * (1 - mine["a2"])}))
    assert found.mistakes[0].ids == ("slope-besides-cross-entropy",)


def test_cross_entropy_as_books_write_it_may_lose_digits_near_1() -> None:
    problem = xor("[0.1, 0.2]", "[22]", "bce")
    mine, t = by_hand(problem), problem.samples.targets.T
    a2 = mine["a2"]
    mine["E"] = -(t * np.log(a2) + (1 - t) * np.log(1 - a2)).mean()
    [trace] = recorded(problem, "", (1,))
    assert abs(mine["E"] / trace.error - 1) > 1e-9
    assert compared(problem, *reading.of_mapping(mine)).verdict == "right"
    assert compared(problem, *reading.of_mapping({"E": mine["E"] * (1 + 1e-5)})).verdict != "right"


def test_with_a_mistake_too_a_of_a_softmax_layer_may_be_its_net() -> None:
    problem = softmax()
    [trace] = recorded(problem, "bias-subtracted", (1,))
    arrays = {"z1": ("net", 1), "delta1": ("delta", 1), "dW1": ("grad", 1), "W1_new": ("new", 1)}
    mine = {name: trace.array(*of) for name, of in arrays.items()}
    for last in (trace.array("out", 1), trace.array("prob")):
        found = compared(problem, *reading.of_mapping({"a1": last, **mine}))
        assert (found.verdict, found.mistakes[0].ids) == ("explained", ("bias-subtracted",))


def softmax() -> Problem:
    """Two inputs, three classes, one sample."""
    return parse(
        'error = "softmax-ce"\n[[layer]]\nweights = [[0.5, -0.4], [0.3, 0.8], [0.1, 0.2]]\nbias = [0.1, 0.3, 0.2]\n'
        "[[sample]]\ninput = [1.5, 0.5]\ntarget = [0, 1, 0]\n",
        "three.toml",
    )


def test_records_are_alike_where_no_step_parts() -> None:
    """Looked at in whole arrays: step by step, right numbers of a large network under Adam took 20 seconds."""
    problem = diagnosing.problem(np.random.default_rng(8))
    ours = list(recorded(problem, "", (1, 2)))
    for one in candidates(problem, False):
        for right, wrong in zip(ours, recorded(problem, one.spelled, (1, 2)), strict=True):
            assert alike(right, wrong) == (first_apart([right, wrong]) is None)


@pytest.mark.parametrize("error", ["inf", "nan"])
@pytest.mark.parametrize("rest", [True, False])
def test_an_infinite_error_alone_is_no_mistake_of_the_network(error: str, rest: bool) -> None:
    """ln(1 − o) of an o that is 1 to the last digit: it was said that the sign within σ was another one."""
    problem = xor("[0.1, 0.2]", "[40.0]", "bce")
    [trace] = recorded(problem, "", (1,))
    given = f"z2 = {trace.array('net', 2).tolist()}\ndW2 = {trace.array('grad', 2).tolist()}\n" if rest else ""
    found = told(f"{given}E = {error}", problem)
    assert (found.verdict, found.mistakes) == ("unexplained", ())
    assert [value.symbol for value in found.values if not value.agrees] == ["E"]


def test_where_float32_wanders_any_numbers_are_not_right() -> None:
    """Targets that are the outputs: Adam's steps of g that is rounding alone are of full size, and all was allowed."""
    problem = xor("[0.1, 0.2]", "[0.36]", "half-squared", "adam")
    [trace] = recorded(problem, "", (1,))
    still = replace(problem, samples=replace(problem.samples, targets=trace.array("out", 2)))
    [trace] = recorded(still, "", (3,))
    given = "\n".join(f"z{layer} = {np.round(trace.array('net', layer) + 0.02, 4)}" for layer in (1, 2))
    assert compared(still, parsed(given, "mine.txt"), "mine.txt", 3).verdict != "right"


def test_a_nought_alone_is_rounded_as_the_numbers_beside_it_were() -> None:
    """Excel's ROUND(…; 3), like round(…, 3) in JavaScript, leaves 0 of 0.0004: right numbers were called wrong."""
    [trace] = recorded(TWO, "", (1,))
    small = next(step for step in trace if 0 < abs(step.value) < 0.0005)
    rest = [step for step in trace if step.symbol in ("net_h1", "h1", "E", "δ_o1", "δ_h1", "w5⁺")]

    def table(nought: str) -> str:
        rows = [*(f"{step.symbol},{round(step.value, 3)!r}" for step in rest), f"{small.symbol},{nought}"]
        return "\n".join(["symbol,value", *rows])

    for nought in ("0", "-0", "0.0", "0."):
        assert told(table(nought), TWO).verdict == "right"
    wrong = told(table("0").replace(f"δ_o1,{round(trace['δ_o1'], 3)!r}", "δ_o1,0"), TWO)
    assert [value.symbol for value in wrong.values if not value.agrees] == ["δ_o1"]


def test_noughts_that_were_printed_are_no_nearer_than_the_arrays_beside_them() -> None:
    """[0. 0.] to four places is not 0.03, whatever else is right; an E in full does not make it exact."""
    errors = "\n".join(f"E@{at} = {trace.error!r}" for at, trace in enumerate(recorded(TWO, "", (1, 2, 3)), 1))
    [trace] = recorded(TWO, "", (1,))
    with np.printoptions(precision=4, suppress=True):
        prints = [f"{name} = {trace.array(*of)}" for name, of in (("dW2", ("grad", 2)), ("a1", ("out", 1)))]
    assert told("\n".join([errors, *prints, "delta1 = [0. 0.]"]), TWO).verdict != "right"
    with np.printoptions(precision=2, suppress=True):
        kinds = {"dW1": "grad", "z1": "net", "a1": "out"}
        prints = [f"{name} = {trace.array(kind, 1)}" for name, kind in kinds.items()]
    assert "[[0. 0.]\n [0. 0.]]" in prints[0]
    assert told("\n".join([errors, *prints]), TWO).verdict == "right"


def test_what_was_rounded_twice_is_right() -> None:
    """0.59688438 is 0.59688, then 0.5969, and 0.1234501 is 0.12345, then 0.1235; no further."""
    [trace] = recorded(TWO, "", (1,))
    for step in trace:
        for places in (3, 4, 5):
            once = Decimal(repr(step.value)).quantize(Decimal(1).scaleb(-places - 1), ROUND_HALF_UP)
            twice = once.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
            if twice:
                assert told(f"{step.symbol} = {twice}", TWO).verdict == "right"
    assert told("E = 0.29843", TWO).verdict != "right"


def test_a_nought_among_numbers_of_one_decimal_is_rounded_too() -> None:
    """Weights of one decimal that hardly move are so after round(…, 4) as well, and a bias of 0.00003 is 0."""
    problem = parse(
        'error = "half-squared"\n[optimizer]\nlearning_rate = 1e-5\n[[layer]]\nactivation = "identity"\n'
        "weights = [[0.3, -0.5]]\nbias = [0]\n[[sample]]\ninput = [1, 2]\ntarget = [2]\n",
        "small.toml",
    )
    found = told("symbol,value\nw1⁺,0.3\nw2⁺,-0.5\nb_o1⁺,0", problem)
    assert found.verdict == "right" and [one.id for one in found.remarks] == ["too-short"]
