"""Pressing a button as a page does: with a one-time key, following to what is said afterwards."""

from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse


def press(client: Client, name: str, *args: object, once: str = "", **said: Any) -> str:
    """Presses a button and gives back what the page then says."""
    answer = client.post(reverse(f"scheduling:{name}", args=args), {"once": once or uuid4().hex, **said}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()
