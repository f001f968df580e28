"""The needs app."""

from django.apps import AppConfig


class NeedsConfig(AppConfig):
    name = "doorstep.hub.needs"
    label = "needs"
