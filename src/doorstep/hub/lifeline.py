"""Starts a child that ends with its parent: `python -m doorstep.hub.lifeline PARENT NICENESS COMMAND …` becomes that command."""

import ctypes
import os
import signal
import sys

#: Linux's PR_SET_PDEATHSIG: the kernel sends this signal when the parent dies, however it dies.
SIGNAL_ON_PARENTS_DEATH = 1


def hold_on_to(parent: int) -> bool:
    """Whether the parent still lives; from here on its death is ours. Elsewhere than on Linux nothing is promised."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SIGNAL_ON_PARENTS_DEATH, signal.SIGTERM)
    # It may have died between our start and the call above.
    return os.getppid() == parent


def main(words: list[str]) -> int:
    parent, niceness, command = int(words[0]), int(words[1]), words[2:]
    if not hold_on_to(parent):
        return 1
    os.nice(niceness)
    os.execv(command[0], command)  # noqa: S606


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
