"""Running: the plan of an iteration, its compiled list, its record, many iterations, and the place among them."""
