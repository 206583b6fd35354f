"""A diagnosis as JSON: one object, every number in full."""

from __future__ import annotations

from collections.abc import Iterator

from nntutor.core.diagnosis.diagnosing import Diagnosis, Explanation, Start
from nntutor.core.diagnosis.remarks import Remark
from nntutor.core.diagnosis.sheet import Value
from nntutor.lessons.export.json import Json, dumps, number


def pieces(found: Diagnosis) -> Iterator[str]:
    """The object, a line for each number."""
    yield '{"format": "nntutor-diagnosis", "version": 1,\n'
    yield f' "iterations": {dumps(list(found.iterations))},\n "values": ['
    for place, value in enumerate(found.values):
        yield (",\n  " if place else "\n  ") + dumps(_value(value))
    rest: Json = {
        "verdict": found.verdict,
        "first": None if found.first is None else _start(found.first),
        "mistakes": [_mistake(one) for one in found.mistakes],
        "decide": list(found.decide),
        "orientation": found.orientation,
        "remarks": [_remark(one) for one in found.remarks],
    }
    yield f"],\n {dumps(rest)[1:]}\n"


def _value(value: Value) -> Json:
    return {
        "symbol": value.symbol,
        "iteration": value.iteration,
        "step": value.step,
        "given": number(value.given),
        "right": number(value.right),
        "agrees": value.agrees,
    }


def _start(start: Start) -> Json:
    return {"symbol": start.symbol, "iteration": start.iteration, "step": start.step}


def _mistake(one: Explanation) -> Json:
    return {
        "ids": list(one.ids),
        "layers": None if one.layers is None else list(one.layers),
        "variant": one.variant,
        "explains": one.explains,
        "of": one.of,
    }


def _remark(one: Remark) -> Json:
    tried = one.tried
    return {
        "id": one.id,
        "iteration": one.iteration,
        "symbol": one.symbol,
        "try": None if tried is None else {"key": tried.key, "value": tried.value, "solved_in": tried.solved_in},
    }
