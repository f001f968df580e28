"""The records app."""

from importlib import import_module

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "doorstep.hub.records"
    label = "records"

    def ready(self) -> None:
        # By name: the checks read tables, which are not there yet while this file is being read.
        import_module("doorstep.hub.records.checks")
