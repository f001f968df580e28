"""The one command line: each command's module is loaded by name, so that nothing heavy is imported for another."""

import os
import sys
from importlib import import_module

COMMANDS = {
    "demo": ("doorstep.demonstration.command", "fill a demonstration district, plan its week, serve it"),
    "plan": ("doorstep.planner.command", "plan a week from a file, with its proof"),
    "verify": ("doorstep.ledger.command", "walk the log of hours against its published heads, or prove a receipt"),
    "verify here": ("doorstep.hub.operations", "look over this installation: log, heads, keys and every row of the record"),
    "ledger": ("doorstep.hub.operations", "write the log of hours, its heads, a proof between two or its keys to a file"),
    "recheck-plan": ("doorstep.hub.operations", "check stored plans again from their bytes alone"),
    "simulate-weeks": ("doorstep.demonstration.weeks.command", "plan twelve weeks of the demonstration district in a row, and measure"),
    "check": ("doorstep.hub.operations", "run the start-up checks"),
    "serve": ("doorstep.hub.operations", "serve the pages and work through the queue"),
    "backup": ("doorstep.hub.operations", "copy the database while people go on working"),
    "restore": ("doorstep.hub.operations", "put a copy back in its place"),
    "manage": ("doorstep.hub.operations", "pass a command on to Django"),
}


def usage() -> str:
    lines = [f"  doorstep {name:<14} {purpose}" for name, (_, purpose) in COMMANDS.items()]
    return "\n".join(["usage: doorstep COMMAND …", *lines])


def main(argv: list[str] | None = None) -> int:
    words = sys.argv[1:] if argv is None else argv
    if words[:2] == ["verify", "here"]:
        words = ["verify here", *words[2:]]
    if not words or words[0] not in COMMANDS:
        print(usage(), file=sys.stderr)
        return 0 if words[:1] in ([], ["--help"], ["-h"]) else 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doorstep.hub.settings")
    module = import_module(COMMANDS[words[0]][0])
    passed_on = words if COMMANDS[words[0]][0] == "doorstep.hub.operations" else words[1:]
    return int(module.main(passed_on))


if __name__ == "__main__":
    sys.exit(main())
