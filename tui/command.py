"""The command `nntutor`, from its first instruction on: whatever ends it, ends it at once and leaves nothing behind.

Loading the command line takes longer than a finger needs for ctrl+c, so the signals are taken before it is loaded.
"""

from nntutor.tui.terminal.ending import WATCH


def main() -> int:
    """The command line with the arguments of this process; its exit status."""
    WATCH.begin()
    from nntutor.tui import cli

    return cli.main()
