"""The classic errors of backpropagation: each makes another rulebook of the right one.

A mistaken iteration is planned, compiled, recorded and read like a right one, so that both can stand side by side. How
one is written: `spelling`.
"""

from __future__ import annotations

from nntutor.core.notation.formula import Name
from nntutor.core.rules.mistakes import backward, forward, gradients, slopes, updates
from nntutor.core.rules.mistakes.change import Mistake, joined, of_layers, of_network, of_updates

# In the contract's order, from the first formula of an iteration to the last, which is also the order of those that
# agree: so a ReLU's mask of ones stands before the slopes of 1. A numerical gradient of an output in place of E
# ("check-of-output") changes no rule: whoever reads a person's own numbers looks for it among those.
MISTAKES: dict[str, Mistake] = {
    "bias-left-out": of_layers(all=forward.bias_times(0)),
    "bias-subtracted": of_layers(all=forward.bias_times(-1)),
    "net-negated": of_network(all=forward.net_negated),
    "inputs-swapped": of_layers(all=forward.inputs_swapped),
    "activation-left-out": of_network(all=forward.of_outs(forward.activation_left_out)),
    "exp-sign": of_network(all=forward.of_outs(forward.exp_sign)),
    "softmax-without-exp": of_network(all=forward.softmax_without_exp),
    "softmax-over-samples": of_network(
        samples=forward.softmax_over("samples"), everything=forward.softmax_over("everything")
    ),
    "epsilon-in-log": of_network(e_7=forward.epsilon_in_log(1e-7), e_8=forward.epsilon_in_log(1e-8)),
    "sign": of_layers(all=slopes.at_output(slopes.turned)),
    "target-in-slope": of_layers(all=slopes.target_in_slope),
    "mask-always-one": of_layers(all=slopes.mask_always_one),
    "no-output-slope": of_layers(all=slopes.no_output_slope),
    "no-hidden-slope": of_layers(all=slopes.no_hidden_slope),
    "slope-at-net": of_layers(all=slopes.slope_at_net),
    "slope-twice": of_layers(all=slopes.slope_twice),
    "slope-times-net": of_layers(all=slopes.slope_times_net),
    "other-slope": of_layers(sigmoid=slopes.slope_of("sigmoid"), tanh=slopes.slope_of("tanh")),
    "mask-of-gradient": of_layers(all=slopes.mask_of_gradient),
    "slope-of-error": of_layers(gap=slopes.slope_of_gap, turned=slopes.slope_of_turned_gap),
    "factor-two": of_layers(missing=slopes.at_output(slopes.halved), added=slopes.at_output(slopes.doubled)),
    "outputs-mean-for-sum": of_network(
        back=slopes.over_outputs(mean=True, error=False),
        both=slopes.over_outputs(mean=True),
        error=slopes.over_outputs(mean=True, back=False),
    ),
    "outputs-sum-for-mean": of_network(
        back=slopes.over_outputs(mean=False, error=False),
        both=slopes.over_outputs(mean=False),
        error=slopes.over_outputs(mean=False, back=False),
    ),
    "error-for-gap": of_layers(output=slopes.for_gap("unit_error"), total=slopes.total_for_gap),
    "slope-besides-cross-entropy": of_layers(all=slopes.slope_besides),
    "softmax-diagonal": of_layers(all=slopes.softmax_diagonal),
    "loss-sent-back": of_layers(total=backward.from_output(Name("error")), output=backward.own_error_sent),
    "error-sent-back": of_layers(
        gap=backward.gap_sent, gradient=backward.gradient_sent, everywhere=backward.slopes_never_sent
    ),
    "output-error-reused": of_layers(
        gap_same=backward.reused(backward.GAP, "same"),
        gap_sum=backward.reused(backward.GAP),
        gap_last=backward.reused(backward.GAP, "last"),
        delta_same=backward.reused(backward.DELTA, "same"),
        delta_sum=backward.delta_sum_reused,
        delta_last=backward.reused(backward.DELTA, "last"),
    ),
    "value-for-delta": of_layers(all=backward.value_for_delta),
    "weights-left-out": of_layers(all=backward.weights_left_out),
    "one-path": of_layers(same=backward.path("same"), first=backward.path("first"), last=backward.path("last")),
    "paths-mean": of_layers(all=backward.paths_mean),
    "paths-crossed": of_layers(all=backward.paths_crossed),
    # The totals that the well-known 2-2-2 example prints come from this order.
    "updated-weights": of_network(True, all=backward.updated_weights),
    "gradient-for-weight": of_layers(all=backward.gradient_for_weight),
    "magnitudes-only": of_layers(all=backward.magnitudes_only),
    "product-for-elementwise": of_layers(
        all=slopes.product_for_elementwise(), turned=slopes.product_for_elementwise("slope", "out_grad")
    ),
    "upstream-dropped": of_layers(all=slopes.upstream_dropped),
    "other-input": of_layers(next=gradients.other_input(1), previous=gradients.other_input(-1)),
    "other-delta": of_layers(
        next=gradients.of_both(gradients.other_delta(1)),
        previous=gradients.of_both(gradients.other_delta(-1)),
        weights_only=gradients.of_weights(gradients.other_delta(1)),
    ),
    "input-left-out": of_layers(all=gradients.input_left_out),
    "net-for-input": of_layers(all=gradients.net_for_input),
    "own-output-for-input": of_layers(all=gradients.own_output_for_input),
    "slope-of-weight": of_layers(all=gradients.slope_of_weight),
    "transposed": of_layers(all=gradients.transposed),
    "batch-sum": joined(
        of_layers(
            all=gradients.of_both(gradients.batch_sum),
            weights=gradients.of_weights(gradients.batch_sum),
            biases=gradients.of_biases(gradients.batch_sum),
        ),
        of_network(error=gradients.error_summed),
    ),
    "batch-mean": of_layers(all=gradients.batch_mean),
    "mean-twice": of_layers(deltas=gradients.mean_in_deltas, gradients=gradients.of_both(gradients.mean_again)),
    "other-count": of_layers(all=gradients.of_both(gradients.count_of_inputs)),
    "last-sample-only": of_layers(
        divided=gradients.of_both(gradients.last_sample(True)),
        undivided=gradients.of_both(gradients.last_sample(False)),
    ),
    # The δ of softmax add up to 0: one sum for all biases is a bias that stays, which is the commoner slip.
    "bias-not-updated": of_layers(all=gradients.bias_stays),
    "one-bias-for-all": of_layers(all=gradients.one_for_all(False), mean=gradients.one_for_all(True)),
    "bias-mean-twice": of_layers(all=gradients.of_biases(gradients.mean_again)),
    "bias-value-for-gradient": of_layers(all=gradients.bias_itself),
    "added": of_updates(all=updates.added),
    "no-rate": of_updates(all=updates.no_rate),
    "rate-twice": of_updates(all=updates.rate_twice),
    "momentum-average": of_updates(all=updates.averaged),
    "momentum-rate-twice": of_updates(move=updates.velocity_times_rate, share=updates.share_times_rate),
    "momentum-late": of_updates(plain=updates.late, average=updates.late_average),
    "momentum-sign": of_updates(move=updates.velocity_subtracted, gradient=updates.gradient_added),
    "state-not-kept": of_updates(all=updates.state_not_kept),
    # m and v start at 0, so at first both are too small: √v by more than m.
    "no-correction": of_updates(
        all=updates.no_correction, m_alone=updates.uncorrected("mhat"), v_alone=updates.uncorrected("vhat")
    ),
    "correction-kept": of_updates(all=updates.correction_kept),
    "correction-without-power": of_updates(all=updates.correction_without_power),
    "count-from-zero": Mistake({"all": updates.count(-1)}, whole=True),
    "count-from-two": Mistake({"all": updates.count(1)}, whole=True),
    "count-per-update": of_updates(layers=updates.counted_on("layers"), arrays=updates.counted_on("arrays")),
    "betas-swapped": of_updates(all=updates.betas_swapped),
    "no-square": of_updates(all=updates.no_square),
    "no-root": of_updates(all=updates.no_root),
    "epsilon-inside": of_updates(all=updates.epsilon_inside),
}
