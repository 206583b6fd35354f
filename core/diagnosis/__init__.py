"""A person's own numbers against the right ones: where they part, and which mistake gives exactly them."""
