"""The tutor in a browser: what `nntutor serve` answers, and the page on which it stands."""
