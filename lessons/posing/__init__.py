"""What is asked of a learner, and what is said of it: the same on the screen, in lines, by quiz and on a sheet."""
