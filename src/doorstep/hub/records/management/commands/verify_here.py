"""`doorstep verify here`: the nightly look over everything, now: log, heads, keys and every row of the record."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from doorstep.hub.records import proving
from doorstep.hub.records.actions.auditing import walk_log
from doorstep.hub.records.queries.heads import row_told, since_note
from doorstep.hub.records.queries.proofs import Walk, last_walk


class Command(BaseCommand):
    help = "把账本、日结、钥匙和登记册的每一行从头看一遍 · looks over the log, its heads and keys, and every row of the record"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--since", type=Path, action="append", default=[], metavar="HEAD.txt", help="外面留着的日结 · a head that was kept outside"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        good = walk_log() is not False
        for path in options["since"]:
            for note in proving.notes(path.read_bytes().decode()):
                good = self._since(note) and good
        walk = last_walk()
        if walk is None:
            self.stdout.write("还没有日结，没有可看的 · There is no head yet, and nothing to look at.")
        elif walk.good:
            self.stdout.write(
                f"都对得上：{walk.proven} 条和日结一条不差 · All of it holds: {walk.proven} entries are exactly those of the heads."
            )
        else:
            self._tell(walk)
        if not good:
            raise CommandError("有对不上的，都写在上面。别改任何东西 · What does not hold stands above. Change nothing.", returncode=1)

    def _since(self, note: str) -> bool:
        found = since_note(note)
        if found is None:
            self.stdout.write("✗ 这张日结没有这里的签名 · this head bears no signature of ours")
            return False
        mark, words = ("✓", "still begins with") if found.holds else ("✗", "does NOT begin with")
        self.stdout.write(f"{mark} {found.new.day}: the log of {found.new.size} {words} the {found.old.size} of {found.old.day}")
        return found.holds

    def _tell(self, walk: Walk) -> None:
        if walk.fault:
            self.stdout.write(f"✗ 账本 log: {walk.fault}{'' if walk.entry is None else f' #{walk.entry}'}")
        for misfit in walk.misfits:
            self.stdout.write(f"✗ {misfit.code} {misfit.where}")
        for row in walk.rows:
            told = row_told(row)
            self.stdout.write(f"✗ {told.table} {told.where} {told.why} · {row.table} {row.row} #{row.entry}: {row.why} {row.field}")
        if walk.count > len(walk.rows):
            self.stdout.write(f"✗ …还有 {walk.count - len(walk.rows)} 行 · and {walk.count - len(walk.rows)} rows more")
