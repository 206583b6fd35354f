"""`python -m nntutor` is the command `nntutor`."""

import sys

from nntutor.tui.cli import main

if __name__ == "__main__":
    sys.exit(main())
