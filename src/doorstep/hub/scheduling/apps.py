"""The scheduling app."""

from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "doorstep.hub.scheduling"
    label = "scheduling"
