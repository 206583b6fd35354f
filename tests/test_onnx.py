"""Networks in ONNX files: read as the package's own evaluator computes them, or refused by the name of what is odd."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import screens
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

import nntutor
from nntutor.core.errors import BothGiven, Exceeds, NotModel, ProblemError, TooLarge
from nntutor.core.files import model as models
from nntutor.core.files.layers import MOST_LAYERS, MOST_UNITS
from nntutor.lessons.language import error_text, words
from nntutor.lessons.learner.places import Store
from nntutor.tui import cli, named
from nntutor.tui.desk import Desk
from nntutor.tui.state.session import Home, Session

SHEET = "[[sample]]\ninput = [0.5, -1.0]\ntarget = [0.25, 1.0]\n"
RANDOM = np.random.default_rng(4)
W1, B1 = RANDOM.standard_normal((3, 2)), RANDOM.standard_normal(3)
W2, B2 = RANDOM.standard_normal((2, 3)), RANDOM.standard_normal(2)


def node(kind: str, *given: str, to: str = "", **settings: Any) -> Any:
    return helper.make_node(kind, list(given), [to or f"{kind}({given[0]})"], **settings)


def line(*kinds: Any) -> list[Any]:
    """Nodes one after another; (kind, settings, further inputs) each. Two layers begin with "two"."""
    at, nodes = "x", []
    for kind, settings, further in kinds:
        nodes.append(helper.make_node(kind, [at, *further], [f"{at}>{kind}"], **settings))
        at = nodes[-1].output[0]
    return nodes


def two(activation: str, last: str = "", settings: dict[str, Any] | None = None) -> list[Any]:
    kinds: list[Any] = [("Gemm", {"transB": 1}, ["W1", "b1"]), (activation, settings or {}, [])]
    kinds += [("MatMul", {}, ["W2T"]), ("Add", {}, ["b2"])]
    return line(*kinds, *([(last, {}, [])] if last else []))


def written(folder: Path, nodes: list[Any], **arrays: Any) -> Path:
    given = {"W1": W1, "b1": B1, "W2T": W2.T, "b2": B2[None], **arrays}
    tensors = [
        one if isinstance(one, TensorProto) else numpy_helper.from_array(one, name) for name, one in given.items()
    ]
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes, "net", [value("x", TensorProto.DOUBLE, [None, 2])],
        [value(nodes[-1].output[0], TensorProto.DOUBLE, [None, 2])], tensors,
    )  # fmt: skip
    path = folder / "model.onnx"
    path.write_bytes(helper.make_model(graph).SerializeToString())
    return path


def sheet(folder: Path, text: str = SHEET) -> Path:
    (folder / "sheet.toml").write_text(text)
    return folder / "sheet.toml"


@pytest.mark.parametrize(
    ("activation", "settings"),
    [
        ("Sigmoid", {}), ("Tanh", {}), ("Relu", {}), ("LeakyRelu", {"alpha": 0.25}), ("Elu", {}), ("Softplus", {}),
        ("Gelu", {"approximate": "tanh"}), ("Swish", {}),
    ],
)  # fmt: skip
def test_a_network_gives_what_the_package_itself_computes(
    activation: str, settings: dict[str, Any], tmp_path: Path
) -> None:
    path = written(tmp_path, two(activation, settings=settings))
    problem = nntutor.read(sheet(tmp_path), model=path)
    expected = ReferenceEvaluator(str(path)).run(None, {"x": problem.samples.inputs})[0]
    trace = nntutor.trace(problem)
    assert trace.array("out", 2).ravel() == pytest.approx(np.ravel(expected), rel=1e-6)
    assert problem.network.layers[0].weights.tolist() == W1.tolist()
    assert len(nntutor.check(problem)) == W1.size + B1.size + W2.size + B2.size


def test_a_softmax_at_the_end_belongs_to_the_error(tmp_path: Path) -> None:
    path = written(tmp_path, two("Tanh", "Softmax"))
    text = 'error = "softmax-ce"\n' + SHEET.replace("[0.25, 1.0]", "[0, 1]")
    trace = nntutor.trace(nntutor.read(sheet(tmp_path, text), model=path))
    expected = ReferenceEvaluator(str(path)).run(None, {"x": np.array([[0.5, -1.0]])})[0]
    assert [trace["p1"], trace["p2"]] == pytest.approx(np.ravel(expected).tolist())
    assert refused(tmp_path, path).what == "softmax"


def test_numbers_in_nodes_of_their_own_and_nodes_that_pass_are_read(tmp_path: Path) -> None:
    weights = numpy_helper.from_array(W2[:, :2].astype(np.float32))
    nodes = [helper.make_node("Constant", [], ["W"], value=weights)]
    nodes += line(("Flatten", {}, []), ("Gemm", {}, ["W"]), ("Dropout", {}, []), ("Identity", {}, []))
    (layer,) = nntutor.read(sheet(tmp_path), model=written(tmp_path, nodes)).network.layers
    assert layer.bias is None and layer.weights.tolist() == W2[:, :2].T.astype(np.float32).tolist()


def refused(folder: Path, path: Path) -> NotModel:
    with pytest.raises(NotModel) as found:
        nntutor.read(sheet(folder), model=path)
    said = [error_text.sentence(found.value, words.load(language)) for language in ("en", "ko")]
    assert all(one.startswith(str(path)) and "\n" not in one and "{" not in one for one in said)
    return found.value


def elsewhere() -> Any:
    tensor = TensorProto(name="W1", data_type=TensorProto.DOUBLE, dims=[3, 2], data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value="/etc/passwd")
    return tensor


def twice(setting: str, nodes: list[Any]) -> list[Any]:
    nodes[0].attribute.append(helper.make_attribute(setting, 0))
    return nodes


def of_function(setting: str, nodes: list[Any]) -> list[Any]:
    """The setting is left to whoever calls the node."""
    nodes[0].attribute[0].ref_attr_name = setting
    return nodes


def again(name: str, **arrays: Any) -> dict[str, Any]:
    """The arrays, one of which is called as another one is."""
    return {"again": numpy_helper.from_array(W1, name), **arrays}


GEMM = ("Gemm", {"transB": 1}, ["W1", "b1"])


@pytest.mark.parametrize(
    ("nodes", "arrays", "what", "found"),
    [
        (line(GEMM, ("Selu", {}, [])), {}, "node", "Selu"),
        ([helper.make_node("Gemm", ["x", "W1"], ["y"], domain="com.own")], {}, "node", "com.own.Gemm"),
        (line(("Gemm", {"alpha": 2.0}, ["W1"])), {}, "setting", "Gemm(alpha=2.0)"),
        (line(GEMM, ("Gelu", {}, [])), {}, "setting", "Gelu(approximate=none)"),
        (line(("Gemm", {"transB": 1.0}, ["W1"])), {}, "setting", "Gemm(transB=1.0)"),
        (line(GEMM, ("LeakyRelu", {"alpha": 1}, [])), {}, "setting", "LeakyRelu(alpha=1)"),
        (line(GEMM, ("LeakyRelu", {"alpha": np.nan}, [])), {}, "setting", "LeakyRelu(alpha=nan)"),
        (twice("transB", line(GEMM)), {}, "setting", "Gemm"),
        (of_function("transB", line(GEMM)), {}, "setting", "Gemm(transB=None)"),
        (line(GEMM, ("Dropout", {}, ["b1", "b2"])), {}, "setting", "Dropout(training_mode)"),
        (line(GEMM, ("Tanh", {}, []), ("Relu", {}, [])), {}, "place", "Relu"),
        (line(GEMM, ("Add", {}, ["b1"])), {}, "place", "Add"),
        (line(GEMM, ("Softmax", {}, []), ("MatMul", {}, ["W2T"])), {}, "place", "Softmax"),
        ([node("MatMul", "x", "W2T", to="a"), node("Add", "a", "a", to="y")], {"W2T": W2[:, :2]}, "line", "Add"),
        ([node("MatMul", "W1", "x", to="y")], {}, "line", "MatMul"),
        (line(("Gemm", {"transB": 1}, ["x1"])), {}, "computed", "Gemm"),
        (line(GEMM), {"W1": elsewhere()}, "elsewhere", "W1"),
        (line(GEMM), {"b1": B1 * np.inf}, "numbers", "b1"),
        (line(GEMM), {"b1": np.arange(3)}, "numbers", "b1"),
        (line(GEMM), {"b1": TensorProto(name="b1", data_type=11, dims=[3], raw_data=b"1234")}, "numbers", "b1"),
        (line(GEMM), {"b1": TensorProto(name="b1", data_type=11, dims=[2**62, 2], raw_data=b"")}, "numbers", "b1"),
        (line(GEMM), {"b1": B1[:1]}, "shape", "Gemm (1,)"),
        (line(GEMM, ("Gemm", {"transB": 1}, ["W1"])), {}, "shape", "Gemm (3, 2)"),
        (line(("MatMul", {}, ["b1"])), {}, "shape", "MatMul (3,)"),
        (line(("Identity", {}, [])), {}, "nothing", ""),
        (line(GEMM), again("W1"), "twice", "W1"),
        ([helper.make_node("Constant", [], ["b1"], value_float=1.0), *line(GEMM)], {}, "twice", "b1"),
        ([node("Gemm", "x", "W1", to="a"), node("Tanh", "a", to="a")], {}, "twice", "a"),
        ([node("Tanh", "x", to="x")], {}, "twice", "x"),
    ],
)  # fmt: skip
def test_what_cannot_be_stepped_through_is_named(
    nodes: list[Any], arrays: dict[str, Any], what: str, found: str, tmp_path: Path
) -> None:
    error = refused(tmp_path, written(tmp_path, nodes, **arrays))
    assert (error.what, error.found) == (what, found)


def test_a_network_has_no_more_layers_and_units_than_a_problem_file(tmp_path: Path) -> None:
    layers = [node("MatMul", f"{at}" if at else "x", "W", to=f"{at + 1}") for at in range(MOST_LAYERS + 1)]
    assert len(models.read_model(written(tmp_path, layers[:-1], W=np.ones((1, 1)))).layers) == MOST_LAYERS
    with pytest.raises(Exceeds, match="layers"):
        models.read_model(written(tmp_path, layers, W=np.ones((1, 1))))
    for by_unit, shape in ((0, (1, MOST_UNITS + 1)), (1, (MOST_UNITS + 1, 1))):
        path = written(tmp_path, line(("Gemm", {"transB": by_unit}, ["W"])), W=np.ones(shape))
        with pytest.raises(Exceeds, match="units"):
            models.read_model(path)


def test_a_file_that_is_no_network_is_refused_in_one_line(tmp_path: Path) -> None:
    path = written(tmp_path, two("Tanh"))
    whole = path.read_bytes()
    damaged = [b"", b"\x80\x04.", SHEET.encode(), whole[:-7], whole[9:], b"\x3a\x00" * 9, b"\x0b" * 5000]
    random = np.random.default_rng(7)
    damaged += [bytes(np.where(random.random(len(whole)) < 0.01, 255, list(whole)).astype(np.uint8)) for _ in range(40)]
    for data in damaged:
        path.write_bytes(data)
        try:
            nntutor.read(sheet(tmp_path), model=path)
        except ProblemError as error:
            assert len(error_text.sentence(error, words.load("en")).splitlines()) == 1
    path.write_bytes(bytes(models.MOST_BYTES + 1))
    with pytest.raises(TooLarge):
        models.read_model(path)


def test_a_sheet_beside_a_network_has_none_of_its_own(tmp_path: Path) -> None:
    path = written(tmp_path, two("Tanh"))
    with pytest.raises(BothGiven) as found:
        nntutor.read(sheet(tmp_path, SHEET + "[[layer]]\nunits = 2\n"), model=path)
    assert (found.value.line, found.value.key) == (4, "[[layer]]")
    with pytest.raises(ProblemError, match="expected=2, found=3"):
        nntutor.read(sheet(tmp_path, SHEET.replace("0.5, ", "0.5, 1, ")), model=path)
    with pytest.raises(ProblemError, match="NeedsActivation"):
        nntutor.read(sheet(tmp_path, 'error = "bce"\n' + SHEET), model=path)


def test_the_commands_take_a_network_and_the_rest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, rest = str(written(tmp_path, two("Tanh"))), str(sheet(tmp_path))
    assert cli.main(["check", path, "--problem", rest]) == 0
    assert "w12" in capsys.readouterr().out
    assert cli.main(["trace", path]) == 2
    assert "--problem sheet.toml" in capsys.readouterr().err
    assert cli.main(["trace", "xor", "--problem", rest]) == 2
    assert "model.onnx" in capsys.readouterr().err


def test_without_the_package_one_line_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, two("Tanh"))
    monkeypatch.setitem(sys.modules, "onnx", None)
    assert refused(tmp_path, path).what == "missing"


def test_of_a_network_in_a_file_the_place_keeps_the_path_and_the_hash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, rest = written(tmp_path, two("Tanh")), sheet(tmp_path)
    monkeypatch.chdir(tmp_path)
    problem, source = named.problem_to_keep("model.onnx", "sheet.toml")
    store = Store.open(tmp_path)
    desk = Desk(store)
    opening = desk.begin(None, problem, source)
    assert opening is not None
    session = Session(desk.home(), study=opening.study)
    session = desk.keep(session, screens.pressed(session, "iteration_next"))
    assert session.study is not None and source is not None and source.text == rest.read_text()
    desk.close(session)
    monkeypatch.chdir("/")
    assert there(tmp_path) == (2, 1)
    path.rename(tmp_path / "elsewhere.onnx")
    assert str(path) in there(tmp_path)  # type: ignore[operator]
    (tmp_path / "elsewhere.onnx").rename(path)
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "onnx", None)
        assert str(path) in there(tmp_path)  # type: ignore[operator]
    assert there(tmp_path) == (2, 1)
    written(tmp_path, two("Tanh"), b1=B1 + 1)
    assert there(tmp_path) == (1, 1)


def there(home: Path) -> object:
    """Where the next start begins, else what it says."""
    desk = Desk(Store.open(home))
    opening = desk.begin(None, None)
    said = desk.message(words.load("en"))
    desk.close(Session(Home(())))
    return said if opening is None else tuple(opening.study.place)
