"""`doorstep ledger export|heads|since|keys FILE`: the log, its heads, the proof between two of them and the public keys, as files for whoever checks."""

import os
from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from doorstep.hub.records.models import LogHead
from doorstep.hub.records.proving import head_lines, key_lines, log_lines
from doorstep.hub.records.queries.heads import proof_between

Parts = dict[str, Callable[[date], Iterable[bytes]]]


def _since(day: date) -> list[bytes]:
    """From the head of a day to the newest."""
    newest = LogHead.objects.first()
    made = proof_between(day, newest.day) if newest else None
    if made is None:
        raise CommandError(
            f"{day} 没有日结，或者接不上最新的 · There is no head of {day}, or the newest does not continue it.", returncode=1
        )
    return [made]


PARTS: Parts = {
    "export": lambda _day: log_lines(),
    "heads": lambda day: (line.encode() for line in head_lines(day)),
    "since": _since,
    "keys": lambda _day: [key_lines().encode()],
}


class Command(BaseCommand):
    help = "把账本、日结、公钥写成文件，给查账的人 · writes the log, its heads or its keys to a file"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "part", choices=PARTS, help="export 整本账 · the whole log, heads 日结, since 从某天到最新没改过的证据 · proof, keys 公钥"
        )
        parser.add_argument("file", type=Path, help="写到哪个文件，不覆盖已有的 · a file that is not there yet")

        parser.add_argument(
            "--since",
            type=date.fromisoformat,
            default=date.min,
            metavar="DAY",
            help="heads：从这天起；since：从这天的日结起，如 2026-11-01 · from this day on",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        target: Path = options["file"]
        if target.exists():
            raise CommandError(f"{target} 已经在了，不覆盖 · It is there already and is not overwritten.", returncode=2)
        lines = PARTS[options["part"]](options["since"])
        making = target.with_name(f".{target.name}.making")
        # The log says by pseudonym who served when: readable by its owner only.
        with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            for line in lines:
                file.write(line)
        making.replace(target)
        self.stdout.write(f"写好了 · written: {target}")
