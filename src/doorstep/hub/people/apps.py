"""The people app."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "doorstep.hub.people"
    label = "people"
