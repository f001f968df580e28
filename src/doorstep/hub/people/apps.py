"""The people app."""

from importlib import import_module

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "doorstep.hub.people"
    label = "people"

    def ready(self) -> None:
        # By name: the checks read tables, which are not there yet while this file is being read.
        import_module("doorstep.hub.people.checks")
