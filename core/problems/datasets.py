"""Samples by name, as functions of a seed; and samples from a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from difflib import get_close_matches
from itertools import product
from math import isfinite
from pathlib import Path

import numpy as np

from nntutor.core.errors import MissingColumn, NoSamples, NotANumber, NotFinite, TooLarge
from nntutor.core.files.text import read_text
from nntutor.core.problems.network import Samples

CSV_LIMIT = 50 * 10**6
_ROWS = list(product((0.0, 1.0), repeat=2))


def _gate(answer: Sequence[float]) -> Samples:
    return Samples.of(_ROWS, [[value] for value in answer])


def logic_and() -> Samples:
    return _gate((0, 0, 0, 1))


def logic_or() -> Samples:
    return _gate((0, 1, 1, 1))


def xor() -> Samples:
    return _gate((0, 1, 1, 0))


def two_moons(count: int = 200, seed: int = 0, noise: float = 0.1) -> Samples:
    """Two half circles that reach into each other, `count` points in all; target 0 or 1."""
    random = np.random.default_rng(seed)
    angle = np.pi * random.random(count)
    lower = np.arange(count) % 2 == 1
    x = np.where(lower, 1 - np.cos(angle), np.cos(angle))
    y = np.where(lower, 0.5 - np.sin(angle), np.sin(angle))
    # A sum of twelve uniform numbers is close enough to normal, and the same under every NumPy.
    spread = random.random((count, 2, 12)).sum(axis=2) - 6
    return Samples(np.column_stack([x, y]) + noise * spread, lower[:, None].astype(float))


DATASETS = {"and": logic_and, "or": logic_or, "xor": xor, "two-moons": two_moons}


def read_csv(path: Path, name: str, inputs: Sequence[str], targets: Sequence[str]) -> Samples:
    """Columns of numbers of a CSV file with a heading. Raises the ProblemErrors that it imports.

    name: how the file is called in messages.
    """
    text = read_text(path, name, CSV_LIMIT, TooLarge(name, None, "50 MB"))
    reader = csv.reader(io.StringIO(text, newline=""))
    heading = [column.strip() for column in next(reader, [])]
    for column in (*inputs, *targets):
        if column not in heading:
            near = get_close_matches(column, heading, 1)
            raise MissingColumn(name, 1, column, near[0] if near else "", ", ".join(heading[:12]))
    places = [heading.index(column) for column in (*inputs, *targets)]
    values = []
    for row in reader:
        if not any(cell.strip() for cell in row):
            continue
        numbers = []
        for place in places:
            cell = row[place].strip() if place < len(row) else ""
            try:
                number = float(cell)
            except ValueError:
                raise NotANumber(name, reader.line_num, heading[place], cell[:40]) from None
            if not isfinite(number):
                raise NotFinite(name, reader.line_num, heading[place], cell[:40])
            numbers.append(number)
        values.append(numbers)
    if not values:
        raise NoSamples(name, None)
    array = np.array(values)
    return Samples(array[:, : len(inputs)], array[:, len(inputs) :])
