"""The records app."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "doorstep.hub.records"
    label = "records"
