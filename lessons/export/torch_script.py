"""Iterations as a PyTorch script: forward pass and error as written here, the way back by autograd, in float64.

Where `torch.optim` has the optimizer, it moves the weights; where not, its rule is written out, and one line says why.
"""

from __future__ import annotations

from collections.abc import Iterator

from nntutor.core.errors import NotScripted
from nntutor.lessons.export.script import Script
from nntutor.lessons.export.script_parts import INDENT, UNIT, Part, indented, unit

_OUT = {
    "sigmoid": "torch.sigmoid({net})",
    "tanh": "torch.tanh({net})",
    "relu": "torch.relu({net})",
    "leaky-relu": "torch.nn.functional.leaky_relu({net}, {slope!r})",
    # PyTorch gives a step no slope at all: one of 0 is added.
    "step": "torch.heaviside({net}.detach(), torch.ones(())) + 0*{net}",
    "identity": "{net}",
    "softplus": "torch.logaddexp({net}, torch.zeros(()))",
    "elu": "torch.nn.functional.elu({net})",
}
"""Activations as PyTorch has them, whose slopes where they have a kink are those of the rules."""
_OPTIMIZERS: dict[str, tuple[str, str, dict[str, str]]] = {
    "sgd": ("SGD", "lr=eta", {}),
    "momentum": ("SGD", "lr=eta, momentum=mu", {"v": "momentum_buffer"}),
    "nesterov": ("SGD", "lr=eta, momentum=mu, nesterov=True", {"v": "momentum_buffer"}),
    "adagrad": ("Adagrad", "lr=eta, eps=eps", {"s": "sum"}),
    "rmsprop": ("RMSprop", "lr=eta, alpha=rho, eps=eps", {"s": "square_avg"}),
    "adam": ("Adam", "lr=eta, betas=(beta1, beta2), eps=eps", {"m": "exp_avg", "v": "exp_avg_sq"}),
}
"""Optimizers as `torch.optim` has them: name, rates, where it keeps what they remember. Of one that is not here the
rule is written out."""


class TorchScript(Script):
    """Forward and error line by line; autograd finds the gradients, an optimizer of PyTorch moves the weights."""

    library, array = "torch", "torch.tensor"
    as_list, finite = "values.tolist()", "values.isfinite().all()"

    def lines(self) -> Iterator[str]:
        if self.foreign:
            raise NotScripted(self.foreign)
        return super().lines()

    @property
    def foreign(self) -> str:
        """Why autograd does not find these gradients; empty where it does."""
        if self.trace.mistake:
            return "mistake"
        if self.problem.error == "perceptron":
            return "perceptron"
        return "" if self.problem.given is None else "given"

    def imports(self) -> Iterator[str]:
        if self.problem.shuffle:
            yield "import numpy as np"
        yield "import torch"
        yield ""
        yield self.note("float64")
        yield "torch.set_default_dtype(torch.float64)"
        yield ""

    def ending(self, learns: bool) -> str:
        return ", requires_grad=True)" if learns else ")"

    def batch(self) -> Iterator[str]:
        yield from super().batch()
        if self.book.input_gradient is not None:
            yield self.note("autograd_input")
            yield "x = x.detach().requires_grad_()"

    def order(self) -> Iterator[str]:
        for line in super().order():
            name, _, value = line.partition(" = ")
            yield f"{name} = torch.from_numpy({value})"

    def out(self, layer: int) -> str:
        of = self.shape.layers[layer - 1]
        if of.activation in _OUT:
            return _OUT[of.activation].format(net=f"net{layer}", slope=of.slope)
        return self.code(self.rules(layer).out, unit(layer))

    def unit_error(self) -> Iterator[str]:
        net = f"net{self.shape.last}"
        if self.book.probability is not None:
            yield self.note("softmax")
            yield f"p = torch.softmax({net}, dim=1)"
        yield self.note("unit_error", error=self.speech.say(f"error_name.{self.problem.error}"))
        match self.problem.error:
            case "softmax-ce":
                yield f"E_o = -t*torch.log_softmax({net}, dim=1)"
            case "bce":
                yield f'E_o = torch.nn.functional.binary_cross_entropy_with_logits({net}, t, reduction="none")'
            case _:
                yield f"E_o = {self.code(self.book.unit_error, unit(self.shape.last))}"

    def summed(self, terms: list[str]) -> str:
        return f"({' + '.join(terms)})"

    # --- the optimizer -----------------------------------------------------------------------------

    @property
    def lacking(self) -> str | None:
        """The setting that `torch.optim` does not have, as the file spells it; empty: a state to begin with."""
        o = self.problem.optimizer
        if o.name not in _OPTIMIZERS:
            return f'name = "{o.name}"'
        if o.decay > 0 and o.name != "adam":
            return f"decay = {o.decay!r}"
        if o.name == "momentum" and o.form == "average":
            return f'form = "{o.form}"'
        if o.name in ("momentum", "nesterov") and o.momentum == 0:
            return "momentum = 0"
        if o.name in ("adagrad", "rmsprop", "adam") and o.epsilon_at != "outside":
            return f'epsilon_at = "{o.epsilon_at}"'
        if o.name == "adam" and not o.correct:
            return "correct = false"
        return "" if o.rule.states and self.first > 1 else None

    def states(self) -> Iterator[str]:
        if not self.learning:
            return
        setting = self.lacking
        if setting is not None:
            yield self.note("written_out", setting=setting) if setting else self.note("written_out_state")
            yield from self.remembered()
            return
        optimizer = self.problem.optimizer
        name, rates, _ = _OPTIMIZERS[optimizer.name]
        given = f"[{', '.join(part.name for part in self.learning)}]"
        yield self.note("optimizer")
        if optimizer.decay > 0:
            weights, biases = (
                f"[{', '.join(part.name for part in self.learning if part.bias == bias)}]" for bias in (False, True)
            )
            groups = [f'{{"params": {weights}, "weight_decay": decay}}']
            groups += [f'{{"params": {biases}, "weight_decay": 0}}'] if biases != "[]" else []
            name, given = "AdamW", f"[{', '.join(groups)}]"
        yield f"optimizer = torch.optim.{name}({given}, {rates})"

    def _kept(self, part: Part, state: str) -> str:
        """Where PyTorch keeps what the optimizer remembers of a part."""
        optimizer = self.problem.optimizer
        kept = f'optimizer.state[{part.name}]["{_OPTIMIZERS[optimizer.name][2][state]}"]'
        by_rate = optimizer.name == "nesterov" or (optimizer.name == "momentum" and optimizer.form == "velocity")
        return f"-eta*{kept}" if by_rate else kept

    # --- backward and what follows -------------------------------------------------------------------

    def back(self) -> Iterator[str]:
        yield self.note("autograd")
        kept = [f"{kind}{layer}" for layer in self.backward_layers for kind in ("net", "out")]
        if self.problem.passes:
            yield f"for number in ({', '.join(kept)}):"
            yield f"{INDENT}number.retain_grad()"
        if self.learning:
            yield f"for parameter in ({', '.join(part.name for part in self.learning)},):"
            yield f"{INDENT}parameter.grad = None"
        yield "E.backward()"
        for layer in self.backward_layers:
            if self.problem.passes:
                yield from self._deltas(layer)
        if self.book.input_gradient is not None:
            yield self.note("out_grad_input")
            yield f"{unit(0)('out_grad')} = x.grad{self._of_sample(1)}"
        if self.learning:
            yield from self._moves()

    def _moves(self) -> Iterator[str]:
        """The gradients and the update of what learns."""
        yield self.note("autograd_gradients")
        for part in self.learning:
            yield f"{part.of('grad')} = {part.name}.grad"
        yield ""
        yield self.note("phase_update")
        if self.lacking is not None:
            yield "with torch.no_grad():"
            yield from indented(self.update())
            return
        yield "optimizer.step()"
        for part in self.learning:
            for state, _ in self.rule(part).states:
                yield f"{part.of(state)} = {self._kept(part, state)}"

    def _deltas(self, layer: int) -> Iterator[str]:
        count = self._of_sample(layer)
        yield self.note("autograd_delta", layer=layer)
        if "out_grad" in self.rules(layer).kinds:
            yield f"dE_dout{layer} = out{layer}.grad{count}"
        yield f"delta{layer} = net{layer}.grad{count}"

    def _of_sample(self, layer: int) -> str:
        """The factor that makes a slope of E of the sample of autograd's, which is that of the iteration's E."""
        return self.divided(lambda book: book.layers[layer - 1].bias_gradient.divisor).replace("/", "*", 1)

    def assigned(self, part: Part, kind: str, value: str) -> str:
        return f"{part.name}.copy_({value})" if kind == "new" else super().assigned(part, kind, value)

    def after(self) -> Iterator[str]:
        yield "with torch.no_grad():"
        made = self.height() if self.problem.surface else "error(*forward(x)[-2:], t)[-1]"
        yield f"{INDENT}error_after = {made}"

    def printed(self, layer: int) -> tuple[str, ...]:
        return tuple(f"{UNIT[kind]}{layer}" for kind in self.rules(layer).kinds if kind != "slope")

    def printed_of(self, part: Part) -> tuple[str, ...]:
        rule = self.rule(part)
        made = rule.made if self.lacking is not None else (*rule.states, ("new", rule.update))
        return tuple(part.of(kind) for kind, _ in made)
