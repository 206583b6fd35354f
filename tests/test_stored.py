"""Weights in a file of arrays: read by hand, with bounds, whatever the file holds."""

from __future__ import annotations

import io
import json
import pickle
import struct
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nntutor.core.errors import NoFile, NotStored, ProblemError, TooLarge
from nntutor.core.files import stored
from nntutor.core.files.problem import parse, read
from nntutor.core.files.stored import Stored
from nntutor.core.problems.network import Problem
from nntutor.lessons.learner import sources
from nntutor.tui import cli

WEIGHTS = np.array([[0.15, 0.2], [0.25, 0.3]])
SHEET = """
[[layer]]
weights = "{weights}"
bias = "{bias}"
[[sample]]
input = [0.05, 0.1]
target = [0.01, 0.99]
"""


def safetensors(header: Any, data: bytes = b"", length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def tensor(values: np.ndarray, dtype: str, start: int = 0) -> dict[str, Any]:
    return {"dtype": dtype, "shape": list(values.shape), "data_offsets": [start, start + values.nbytes]}


def npz(**arrays: Any) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def array(data: bytes, name: str = "w", ending: str = "safetensors") -> np.ndarray:
    """The array called so in a file that holds these bytes."""
    held = Stored("sheet.toml", Path())
    held._data[f"model.{ending}"] = data
    return held.array(f"model.{ending}:{name}", 3)


def sheet(folder: Path, weights: str, bias: str = "model.npz:b") -> Problem:
    (folder / "sheet.toml").write_text(SHEET.format(weights=weights, bias=bias))
    return read(folder / "sheet.toml")


def test_weights_and_bias_are_those_of_the_files_beside_the_problem(tmp_path: Path) -> None:
    (tmp_path / "model.npz").write_bytes(npz(b=np.array([0.35, 0.35])))
    bias = np.array([1.0], "<f4")
    held = {"fc1.weight": tensor(WEIGHTS, "F64", bias.nbytes), "other": tensor(bias, "F32"), "__metadata__": {"a": "b"}}
    (tmp_path / "model.safetensors").write_bytes(safetensors(held, bias.tobytes() + WEIGHTS.tobytes()))
    [layer] = sheet(tmp_path, "model.safetensors:fc1.weight").network.layers
    assert layer.weights.tolist() == WEIGHTS.tolist() and layer.bias is not None
    assert layer.bias.tolist() == [0.35, 0.35]


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["<f8", ">f4", "<f2", "<i4", "u1"])
def test_an_npz_is_read_as_numpy_reads_it(dtype: str, order: Any) -> None:
    values = np.array([[1, 2, 3], [4, 5, 6]], dtype, order=order)
    assert array(npz(w=values), ending="npz").tolist() == values.astype(float).tolist()


def test_a_heading_of_python_2_is_read_without_a_word() -> None:
    header = "{'descr': '<f8', 'fortran_order': False, 'shape': (1L, 1L), }\n"
    assert array(archive(npy(header, EIGHT)), ending="npz").tolist() == [[1.0]]


@pytest.mark.parametrize(("name", "dtype"), [("F64", "<f8"), ("F32", "<f4"), ("F16", "<f2"), ("I16", "<i2")])
def test_a_tensor_is_read_in_its_own_type(name: str, dtype: str) -> None:
    values = np.array([[0.5, -2.0, 3.25]]).astype(dtype)
    assert array(safetensors({"w": tensor(values, name)}, values.tobytes())).tolist() == values.astype(float).tolist()


def test_a_short_float_is_the_upper_half_of_one() -> None:
    values = np.array([1.5, -0.0078125], "<f4")
    halves = (values.view("<u4") >> 16).astype("<u2")
    assert array(safetensors({"w": tensor(halves, "BF16")}, halves.tobytes())).tolist() == values.tolist()


EIGHT = np.ones(1).tobytes()
HOSTILE = {
    "empty": b"",
    "short": b"\1",
    "length": safetensors({}, length=2**63),
    "beyond": safetensors({"w": {"dtype": "F64", "shape": [1], "data_offsets": [0, 800]}}, EIGHT),
    "negative": safetensors({"w": {"dtype": "F64", "shape": [1], "data_offsets": [-8, 0]}}, EIGHT),
    "backwards": safetensors({"w": {"dtype": "F64", "shape": [1], "data_offsets": [8, 0]}}, EIGHT),
    "giant": safetensors({"w": {"dtype": "F64", "shape": [10**9, 10**9], "data_offsets": [0, 8]}}, EIGHT),
    "overflowing": safetensors({"w": {"dtype": "F64", "shape": [2**63, 2**63], "data_offsets": [0, 8]}}, EIGHT),
    "a fraction": safetensors({"w": {"dtype": "F64", "shape": [1.0], "data_offsets": [0, 8]}}, EIGHT),
    "true": safetensors({"w": {"dtype": "F64", "shape": [True], "data_offsets": [0, 8]}}, EIGHT),
    "a type": safetensors({"w": {"dtype": "O", "shape": [1], "data_offsets": [0, 8]}}, EIGHT),
    "no type": safetensors({"w": {"dtype": ["F64"], "shape": [1], "data_offsets": [0, 8]}}, EIGHT),
    "a list": safetensors([1, 2]),
    "no entry": safetensors({"w": None}),
    "no shape": safetensors({"w": {"dtype": "F64", "data_offsets": [0, 8]}}, EIGHT),
    "one offset": safetensors({"w": {"dtype": "F64", "shape": [1], "data_offsets": [0]}}, EIGHT),
    "deep": safetensors(b"[" * 200_000 + b"]" * 200_000),
    "digits": safetensors(b'{"w": ' + b"9" * 10_000 + b"}"),
    "no utf-8": safetensors(b'{"\xff": 1}'),
    "no number": safetensors({"w": tensor(np.array([np.nan]), "F64")}, np.array([np.nan]).tobytes()),
    "twice": safetensors(b'{"w": %s, "w": %s}' % ((json.dumps(tensor(np.ones(1), "F64")).encode(),) * 2), EIGHT),
    "nothing": safetensors({"w": {"dtype": "F64", "shape": [0], "data_offsets": [0, 0]}}),
}  # fmt: skip


class Obeyed:
    def __reduce__(self) -> tuple[Any, ...]:
        return (exec, ("raise SystemExit('obeyed')",))


def archive(member: bytes, name: str = "w.npy", packed: int = zipfile.ZIP_DEFLATED, times: int = 1) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", packed) as made, warnings.catch_warnings(action="ignore"):
        for _ in range(times):
            made.writestr(name, member)
    return stream.getvalue()


def broken(packed: int) -> bytes:
    """An archive with nonsense in the middle of what is packed."""
    whole = archive(npz(w=WEIGHTS), packed=packed)
    return whole[:60] + bytes(20) + whole[80:]


def npy(header: str, data: bytes = b"") -> bytes:
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data


def objects() -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.array([Obeyed()], dtype=object), allow_pickle=True)
    return stream.getvalue()


HOSTILE_NPZ = {
    "no zip": b"PK",
    "cut": npz(w=WEIGHTS)[:-30],
    "objects": archive(objects()),
    "a pickle": archive(pickle.dumps(Obeyed())),
    "giant": archive(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000, 1000000000), }\n")),
    "code": archive(npy("__import__('os').system('false')\n")),
    "deep": archive(npy("(" * 5000 + ")" * 5000 + "\n")),
    "open": archive(npy("(" * 5000)),
    "text": archive(npy("{'descr': '<U4', 'fortran_order': False, 'shape': (1,), }\n", b"0" * 16)),
    "inner": archive(npy("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }\n", EIGHT)),
    "bomb": b"",  # made when it is tried
    "no such version": archive(b"\x93NUMPY\x09\x00"),
    "lzma": broken(zipfile.ZIP_LZMA),
    "bz2": broken(zipfile.ZIP_BZIP2),
    "twice": archive(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }\n", EIGHT), times=2),
    "many": b"PK\x01\x02" * 20_000 + npz(w=WEIGHTS),
}  # fmt: skip


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_header_is_refused_and_takes_no_memory(data: bytes) -> None:
    with pytest.raises(NotStored):
        array(data)


@pytest.mark.parametrize("data", HOSTILE_NPZ.values(), ids=HOSTILE_NPZ)
def test_a_hostile_archive_is_refused_and_nothing_in_it_is_run(data: bytes) -> None:
    with pytest.raises(NotStored):
        array(data or archive(b"\0" * 60_000_000), ending="npz")


WHOLE = safetensors({"w": tensor(WEIGHTS, "F64")}, WEIGHTS.tobytes())


@given(st.binary(max_size=60), st.integers(0, len(WHOLE)), st.sampled_from(["npz", "safetensors"]))
def test_whatever_a_file_holds_it_is_numbers_or_one_mistake(data: bytes, at: int, ending: str) -> None:
    whole = WHOLE if ending == "safetensors" else npz(w=WEIGHTS)
    try:
        found = array(whole[:at] + data + whole[at + len(data) :], ending=ending)
    except NotStored:
        return
    assert np.isfinite(found).all() and not found.flags.writeable


def test_a_name_that_is_not_there_is_answered_with_those_that_are() -> None:
    held = {f"layer{number}\x1b[2J": tensor(WEIGHTS, "F64") for number in range(20)}
    with pytest.raises(NotStored) as caught:
        array(safetensors(held, WEIGHTS.tobytes()))
    assert caught.value.allowed.startswith("layer0") and caught.value.allowed.endswith("…")
    assert caught.value.allowed.isprintable()


@pytest.mark.parametrize(
    ("weights", "bias"),
    [
        ("model.npz:w", "model.npz:w"),
        ("model.npz:b", "model.npz:b"),
        ("model.npz:wide", "model.npz:b"),
        ("model.npz:none", "model.npz:b"),
        ("gone.npz:w", "model.npz:b"),
        ("folder.npz:w", "model.npz:b"),
        ("broken.safetensors:w", "model.npz:b"),
        ("model.npz", "model.npz:b"),
        ("model.npz:", "model.npz:b"),
        ("model.pt:w", "model.npz:b"),
    ],
)
def test_what_does_not_fit_is_one_line(
    weights: str, bias: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "model.npz").write_bytes(npz(w=WEIGHTS, b=np.ones(2), wide=np.ones((2, 5))))
    (tmp_path / "broken.safetensors").write_bytes(HOSTILE["giant"])
    (tmp_path / "folder.npz").mkdir()
    with pytest.raises(ProblemError):
        sheet(tmp_path, weights, bias)
    for language in ("en", "ko"):
        assert cli.main(["trace", str(tmp_path / "sheet.toml"), "--lang", language]) == cli.WRONG
        out, error = capsys.readouterr()
        assert out == "" and error.startswith("nntutor: ") and error.count("\n") == 1


def test_a_large_file_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "model.npz").open("wb") as file:
        file.truncate(stored.MOST_BYTES + 1)
    with pytest.raises(TooLarge):
        sheet(tmp_path, "model.npz:w")


def test_without_a_folder_the_current_one_is_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = SHEET.format(weights="m.npz:w", bias="m.npz:b")
    with pytest.raises(NoFile) as caught:
        parse(text, "sheet.toml", None)
    assert str(caught.value.file) == "sheet.toml:3: m.npz"
    Path("m.npz").write_bytes(npz(w=WEIGHTS, b=np.zeros(2)))
    assert parse(text, "-", None).network.sizes == (2, 2)


def test_a_place_knows_when_the_weights_are_others_or_gone(tmp_path: Path) -> None:
    text = SHEET.format(weights="m.npz:w", bias="m.npz:b")
    assert sources.data_paths(text, str(tmp_path)) == (tmp_path / "m.npz",)
    (tmp_path / "m.npz").write_bytes(npz(w=WEIGHTS, b=np.zeros(2)))
    before = sources.of_file(text, tmp_path)
    (tmp_path / "m.npz").write_bytes(npz(w=WEIGHTS, b=np.ones(2)))
    after = sources.of_file(text, tmp_path)
    (tmp_path / "m.npz").unlink()
    assert before.folder == str(tmp_path) and "" != before.digest != after.digest
    assert sources.of_file(text, tmp_path).digest == ""
