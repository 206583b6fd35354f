"""The formulas themselves, forward beside derivative, and the mistakes that people make in them."""
