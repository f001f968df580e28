"""The journal app."""

from importlib import import_module

from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "doorstep.hub.journal"
    label = "journal"

    def ready(self) -> None:
        # By name: the checks read tables, which are not there yet while this file is being read.
        import_module("doorstep.hub.journal.checks")
