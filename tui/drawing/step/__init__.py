"""The step at hand: status, network, matrices, formula."""
