"""The overview app."""

from django.apps import AppConfig


class OverviewConfig(AppConfig):
    name = "doorstep.hub.overview"
    label = "overview"
