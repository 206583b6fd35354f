"""The real program hammered with random input, killed at random moments, or given damaged files; the
gradient check on random networks; every screen held to the record.

    python bench/soak.py keys     [count] [seed] [without KIND …]    10 000 inputs, in legs of 500
    python bench/soak.py kills    [count] [seed]                     500 kills, in legs of 50
    python bench/soak.py damage   [count] [seed]                     200 damaged files of a place, one in a leg
    python bench/soak.py checks   [count] [seed]                     10 000 right networks, in legs of 500
    python bench/soak.py mistakes [count] [seed]                     every mistake on 1000 problems, in legs of 50
    python bench/soak.py given    [count] [seed]                     10 000 sheets of right numbers, in legs of 500
    python bench/soak.py slips    [count] [seed]                     its numbers, every mistake on 1000 problems
    python bench/soak.py answers  [count] [seed]                     10 000 right answers in every spelling
    python bench/soak.py wrong    [count] [seed]                     every mistake on 1000 fresh problems of each series
    python bench/soak.py bugs     [count] [seed]                     every mistake that is looked for, in 20 iterations
    python bench/soak.py tokens   [count] [seed]                     as many walks, each through a lesson or problem

One line at the end, status 0; or what went wrong with the seed of its leg, status 1. A leg alone is given again by
its seed and its own count. What is sent, and what is held to the program, is in tests/soaking.py; to the check, in
tests/checking.py; to the diagnosis, in tests/diagnosing.py; of answers, in tests/asking.py; of damaged files, in
tests/damaging.py; to what is drawn, in tests/reading.py. So many walks as are usual go through every lesson and shipped
problem in both languages at each of three sizes and one that is drawn.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import asking
import checking
import damaging
import diagnosing
import reading
import soaking
import terminals
from soaking import Failure, Tally

LEGS = {"keys": (500, 10_000), "kills": (50, 500), "checks": (500, 10_000), "mistakes": (50, 1000),
        "given": (500, 10_000), "slips": (50, 1000), "damage": (1, 200), "answers": (500, 10_000), "wrong": (50, 1000),
        "bugs": (5, 20),
        "tokens": (1, reading.LEGS)}  # fmt: skip
OF_NETWORKS = {"checks": checking.right_ones, "mistakes": checking.mistaken_ones, "given": diagnosing.right_ones,
               "slips": diagnosing.mistaken_ones}  # fmt: skip

OF_ANSWERS = {"answers": asking.right_answers, "wrong": asking.slips, "bugs": asking.bugs}


def soak(leg: Callable[[Path, int, int], Tally], count: int, each: int, seed: int) -> Tally:
    """The legs one after another, each from its own seed and in a folder of its own."""
    total = Tally()
    while count > 0:
        with tempfile.TemporaryDirectory() as home:
            total += leg(Path(home), min(each, count), seed)
        count, seed = count - each, seed + 1
        print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return total


def main(words: list[str]) -> int:
    if not words or words[0] not in LEGS:
        print(__doc__)
        return 2
    each, usual = LEGS[words[0]]
    numbers = [int(word) for word in words[1:] if word.isdigit()]
    count, seed = (*numbers, *(usual, 1)[len(numbers) :])
    kinds = tuple(kind for kind in soaking.KINDS if kind not in words)
    began = time.monotonic()
    try:
        if words[0] == "keys":
            done = soak(lambda home, few, one: soaking.hammer(home, few, one, kinds), count, each, seed)
            what = ", ".join(f"{number} {name}" for name, number in done.inputs.most_common())
            said = f"{count} inputs ({what}), {done.starts} starts: alive, and the same screen after each leg"
        elif words[0] in OF_NETWORKS:
            of = OF_NETWORKS[words[0]]
            done = soak(lambda home, few, one: Tally(of(few, one)), count, each, seed)
            said = f"{count} networks: {', '.join(f'{number} {name}' for name, number in done.inputs.most_common())}"
        elif words[0] in OF_ANSWERS:
            asked = OF_ANSWERS[words[0]]
            done = soak(lambda home, few, one: Tally(asked(few, one)), count, each, seed)
            said = f"{count}: {', '.join(f'{number} {name}' for name, number in done.inputs.most_common())}"
        elif words[0] == "tokens":
            done = soak(lambda home, _, one: Tally(reading.leg(one)), count, each, seed)
            screens, stops = done.inputs["screens"], done.inputs["stops"]
            widths = sum(name.endswith("columns") for name in done.inputs)
            said = f"{count} walks: {screens} screens at {stops} stops and phases, {widths} widths; no token lost"
        elif words[0] == "damage":
            done = soak(lambda home, _, one: Tally(damaging.damage(home, one)), count, each, seed)
            said = ", ".join(f"{number} × {what}" for what, number in done.inputs.most_common())
        else:
            done = soak(soaking.kill_often, count, each, seed)
            what = f"{count} kills, {done.inputs['key']} keys"
            said = f"{what}: nothing lost; {done.ahead} times one step ahead of the screen"
    except (Failure, damaging.Failure, reading.Lost, AssertionError) as failure:
        print(f"FAILED {words[0]}: {failure}")
        return 1
    finally:
        terminals.sweep()
    print(f"{words[0]}, seed {seed}: {said}; {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
