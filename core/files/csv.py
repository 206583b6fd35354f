"""Samples from a CSV file: columns of numbers, named in the problem file."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from difflib import get_close_matches
from math import isfinite
from pathlib import Path

import numpy as np

from nntutor.core.errors import MissingColumn, NoSamples, NotANumber, NotFinite, TooLarge
from nntutor.core.files.text import read_text
from nntutor.core.problems.network import Samples

CSV_LIMIT = 50 * 10**6


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
