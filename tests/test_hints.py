"""What people write in problem files and is another word there: each is refused, and the file's own word is said.

What may be so but is hardly meant, a target out of reach, is said and not refused.
"""

from __future__ import annotations

import json
import re

import pytest

from nntutor.core.engine.timeline import Timeline
from nntutor.core.errors import UnknownKey, WrongChoice
from nntutor.core.files import hints
from nntutor.core.files.problem import parse
from nntutor.core.notation.style import Style
from nntutor.core.problems.targets import out_of_range
from nntutor.core.rules.optimizers import OPTIMIZERS
from nntutor.lessons.course import builtin
from nntutor.lessons.export import check_table, report
from nntutor.lessons.language import error_text
from nntutor.lessons.language.speech import Speech
from nntutor.lessons.language.words import LANGUAGES, load
from nntutor.tui import resume

FILE = """\
{top}
[optimizer]
{optimizer}
[[layer]]
weights = [[0.1, 0.2], [0.3, 0.4]]
{layer}
[[sample]]
input = [0, 1]
target = [0, 1]
{sample}
"""


def refusal(table: str, line: str) -> UnknownKey | WrongChoice:
    """What refuses a line in one of the tables ("top": before the first)."""
    text = FILE.format(**{**dict.fromkeys(("top", "optimizer", "layer", "sample"), ""), table: line})
    with pytest.raises((UnknownKey, WrongChoice)) as caught:
        parse(text, "mine.toml")
    return caught.value


def hint(table: str, line: str, language: str = "en") -> str:
    """What is said after all that was expected."""
    error = refusal(table, line)
    return error_text.sentence(error, load(language)).rpartition(f"{error.allowed}.")[2].strip()


HINTS = [
    ("top", 'error = "MSE"', "Did you mean “mse”?"),
    ("top", 'error = "Mean squared error"', "Did you mean “mse”?"),
    ("top", 'error = "SSE"', "“half-squared”; their mean is “mse”."),
    ("top", 'error = "mae"', "There is no error of absolute values"),
    ("top", 'error = "ce"', "Cross-entropy is “bce” where"),
    ("top", 'error = "cross-entropy"', "Cross-entropy is “bce” where"),
    ("top", 'error = "crossentropy"', "Cross-entropy is “bce” where"),
    ("top", 'error = "CrossEntropyLoss"', "Did you mean “softmax-ce”?"),
    ("top", 'error = "BCE"', "Did you mean “bce”?"),
    ("top", 'error = "binary_crossentropy"', "Did you mean “bce”?"),
    ("top", 'error = "softmax"', "Did you mean “softmax-ce”?"),
    ("top", 'error = "교차 엔트로피"', "Cross-entropy is “bce” where"),
    ("top", 'loss = "mse"', "Did you mean “error”?"),
    ("top", "batch_size = 4", "Did you mean “batch”?"),
    ("top", 'batch = "16"', "without quotes: batch = 16."),
    ("top", 'batch = "mini-batch"', "without quotes: batch = 16."),
    ("top", 'batch = "all"', "Did you mean “full”?"),
    ("top", "epochs = 100", "chosen when they are run"),
    ("top", "lr = 0.1", "“learning_rate” belongs under [optimizer]."),
    ("top", "learning_rate = 0.1", "“learning_rate” belongs under [optimizer]."),
    ("top", 'activation = "relu"', "“activation” belongs under [[layer]]."),
    ("top", '"정답" = [1]', "“target” belongs under [[sample]]."),
    ("optimizer", "lr = 0.1", "Did you mean “learning_rate”?"),
    ("optimizer", '"η" = 0.1', "Did you mean “learning_rate”?"),
    ("optimizer", "eta = 0.1", "Did you mean “learning_rate”?"),
    ("optimizer", "alpha = 0.1", "Did you mean “learning_rate”?"),
    ("optimizer", "LearningRate = 0.1", "Did you mean “learning_rate”?"),
    ("optimizer", "momentum = 0.9", "“momentum” belongs to other optimizers: momentum, nesterov."),
    ("optimizer", 'name = "momentum"\nmu = 0.9', "Did you mean “momentum”?"),
    ("optimizer", 'error = "mse"', "“error” belongs at the top of the file"),
    ("optimizer", 'name = "SGD"', "Did you mean “sgd”?"),
    ("optimizer", 'name = "NAG"', "Did you mean “nesterov”?"),
    ("optimizer", 'name = "gradient descent"', "Did you mean “sgd”?"),
    ("layer", 'activation = "linear"', "Did you mean “identity”?"),
    ("layer", 'activation = "Logistic"', "Did you mean “sigmoid”?"),
    ("layer", 'activation = "SIGMOID"', "Did you mean “sigmoid”?"),
    ("layer", 'activation = "시그모이드"', "Did you mean “sigmoid”?"),
    ("layer", 'activation = "softmax"', "Softmax comes with the error"),
    ("layer", 'activation = "swish"', "Did you mean “silu”?"),
    ("layer", 'activation = "lrelu"', "Did you mean “leaky-relu”?"),
    ("layer", 'activation = "leaky_relu"', "Did you mean “leaky-relu”?"),
    ("layer", 'activation = "ReLU"', "Did you mean “relu”?"),
    ("layer", 'activation = "rellu"', "Did you mean “relu”?"),
    ("layer", "b = [0, 0]", "Did you mean “bias”?"),
    ("layer", "neurons = 2", "Did you mean “units”?"),
    ("layer", 'init = "he"', "Did you mean “initial”?"),
    ("layer", 'activation = "leaky-relu"\nalpha = 0.1', "Did you mean “slope”?"),
    ("layer", "lr = 0.1", "“learning_rate” belongs under [optimizer]."),
    ("sample", "label = [1]", "Did you mean “target”?"),
    ("sample", "x = [1]", "Did you mean “input”?"),
]


@pytest.mark.parametrize(("table", "line", "expected"), HINTS, ids=lambda part: part if "=" in str(part) else "")
def test_a_word_of_other_books_is_refused_with_the_files_own(table: str, line: str, expected: str) -> None:
    assert expected in hint(table, line)
    korean = hint(table, line, "ko")
    assert re.search("[가-힣]", korean) and "Did you mean" not in korean
    assert all(word in korean for word in re.findall("“.+?”", expected)), "the same words of the file"


@pytest.mark.parametrize("value", ["selu", "mish", "zzz"])
def test_of_what_a_file_cannot_say_nothing_else_is_offered(value: str) -> None:
    assert not hint("layer", f'activation = "{value}"')


@pytest.mark.parametrize("table", ["", "optimizer", "layer", "sample"])
def test_a_key_that_is_sent_to_a_table_may_stand_there(table: str) -> None:
    names = [f'name = "{rule}"\n' for rule in OPTIMIZERS] if table == "optimizer" else [""]
    allowed = {key for name in names for key in refusal(table or "top", f"{name}zzz = 1").allowed.split(", ")}
    assert set(hints._PLACES[table]) <= allowed


OUT_OF_REACH = [
    ("sigmoid", "[2, 1]", "t1 = 2 in sample 0. The last activation, sigmoid, gives only numbers between 0 and 1."),
    ("sigmoid", "[0, 1]", ""),
    ("sigmoid", "[0.5, -0.1]", "t2 = −0.1 in sample 0."),
    ("sigmoid", "[3, -1]", "t1 = 3 in sample 0, and 1 more target."),
    ("tanh", "[-1, 1]", ""),
    ("tanh", "[-1, 1.5]", "t2 = 1.5 in sample 0. The last activation, tanh, gives only numbers between −1 and 1."),
    ("relu", "[-1, 7]", "t1 = −1 in sample 0. The last activation, ReLU, gives nothing below 0."),
    ("leaky-relu", "[-1, 7]", ""),
    ('leaky-relu"\nslope = 0 #"', "[-1, 7]", "leaky ReLU, gives nothing below 0."),
    ("step", "[0.5, 1]", "t1 = 0.5 in sample 0. The last activation, step, gives only 0 or 1."),
    ("step", "[0, 1]", ""),
    ("identity", "[-100, 100]", ""),
]


@pytest.mark.parametrize(("activation", "target", "expected"), OUT_OF_REACH)
def test_a_target_out_of_reach_is_said_and_not_refused(activation: str, target: str, expected: str) -> None:
    line = f'activation = "{activation}"'
    problem = parse(FILE.format(top="", optimizer="", layer=line, sample="").replace("[0, 1]\n\n", f"{target}\n"), "x")
    assert [list(row) for row in problem.samples.targets] == [json.loads(target)]
    trace = Timeline.start(problem).trace
    for language in LANGUAGES:
        speech = Speech(load(language), Style.UNICODE)
        said = speech.remark(problem)
        assert bool(said) == bool(expected)
        assert expected in said or language != "en"
        printed = "".join(report.pieces("text", problem, [trace], speech.words, Style.UNICODE, True))
        checked = "\n".join(check_table.Table(speech.words).lines(problem, [trace]))
        note = resume.opened(problem, None)[0].note
        assert not said or (said in printed and said in checked and note is not None and speech.note(note) == said)
        assert said or note is None


@pytest.mark.parametrize("name", builtin.names())
def test_no_problem_of_ours_has_a_target_out_of_reach(name: str) -> None:
    assert out_of_range(builtin.open(name)) is None
