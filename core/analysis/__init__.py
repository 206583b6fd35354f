"""Questions asked of a record: is the gradient right, where does a rule end, what does a plot need."""
