"""A batch of many samples, some at a time, where only sums over the samples are asked for."""

from __future__ import annotations

from collections.abc import Sequence

from nntutor.core.rules.shape import Shape

MANY = 2**16
"""More samples than this in one iteration are passed on in parts, and not copied where that can be spared."""
_PART, _LEAST = 2**12, 2**6  # what a few layers make of so many lies near the processor


def parts(shape: Shape, networks: int = 1) -> Sequence[tuple[slice, float]]:
    """Rows of the batch, and what their E and gradients are multiplied by to add up to those of all.

    networks: how many they are passed through at once; the more, the fewer rows.
    One part up to MANY samples; above, a sum of sums may end in other last digits than the sum of all. Of mistaken
    rules, and of a penalty beside a sum, which is added once, E does not come in parts.
    """
    count, whole = shape.samples, shape.over_samples == "sum"
    if count <= MANY or shape.mistake or (whole and shape.penalty):
        return [(slice(0, count), 1.0)]
    part = max(_LEAST, _PART // networks)
    rows = (slice(first, min(first + part, count)) for first in range(0, count, part))
    return [(part, 1.0 if whole else (part.stop - part.start) / count) for part in rows]
