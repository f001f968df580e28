"""`doorstep ledger export|heads|keys FILE`: the log, its heads and the public keys as files for whoever checks them."""

import os
from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from doorstep.hub.records.proving import head_lines, key_lines, log_lines

PARTS: dict[str, Callable[[], Iterable[bytes]]] = {
    "export": log_lines,
    "heads": lambda: (line.encode() for line in head_lines()),
    "keys": lambda: [key_lines().encode()],
}


class Command(BaseCommand):
    help = "把账本、日结、公钥写成文件，给查账的人 · writes the log, its heads or its keys to a file"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("part", choices=PARTS, help="export 整本账 · the whole log, heads 所有日结, keys 公钥")
        parser.add_argument("file", type=Path, help="写到哪个文件，不覆盖已有的 · a file that is not there yet")

    def handle(self, *args: Any, **options: Any) -> None:
        target: Path = options["file"]
        if target.exists():
            raise CommandError(f"{target} 已经在了，不覆盖 · It is there already and is not overwritten.", returncode=2)
        making = target.with_name(f".{target.name}.making")
        # The log says by pseudonym who served when: readable by its owner only.
        with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            for line in PARTS[options["part"]]():
                file.write(line)
        making.replace(target)
        self.stdout.write(f"写好了 · written: {target}")
