"""What numbers are called, and how formulas and figures are written, read and evaluated."""
