"""`python -m nntutor` is the command `nntutor`."""

import sys

from nntutor.tui.command import main

if __name__ == "__main__":
    sys.exit(main())
