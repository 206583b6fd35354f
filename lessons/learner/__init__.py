"""What is kept about a learner, and where it lies."""
