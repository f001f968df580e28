"""`doorstep manage errand look|publish`: what the rounds have done in a process of its own, since it may take long or hang."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from doorstep.hub.records.actions.auditing import close_and_walk
from doorstep.hub.records.actions.publishing import publish_heads

ERRANDS = {"look": close_and_walk, "publish": publish_heads}


class Command(BaseCommand):
    help = "做日结、把账本看一遍，或把日结送出去；定时的事会叫它 · closes the day and looks over the ledger, or takes heads outside; the rounds call it"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("which", choices=sorted(ERRANDS))

    def handle(self, *args: Any, **options: Any) -> None:
        ERRANDS[options["which"]]()
