"""Takes a locked file away as its people do, and opens it with the passphrase from the page."""

import io
import re

import pyzipper
from django.test import Client

from doorstep.hub.testing import PASSWORD

WHY = "月底报到省平台"


def known(client: Client) -> Client:
    """The password, written once more."""
    assert client.post("/account/again/", {"password": PASSWORD, "next": "/"}).status_code == 302
    return client


def locked_file(client: Client, url: str, why: str = WHY) -> tuple[bytes, str]:
    """The ZIP as it was downloaded, and the passphrase that the page showed."""
    page = client.post(url, {"why": why}).content.decode()
    phrase, sealed = (re.search(pattern, page) for pattern in (r'class="phrase[^>]*>([^<]+)<', r'name="sealed" value="([^"]+)"'))
    assert phrase and sealed, page
    answer = client.post(url, {"sealed": sealed[1]})
    return b"".join(answer.streaming_content), phrase[1]  # type: ignore[attr-defined]


def taken(client: Client, url: str, why: str = WHY) -> dict[str, bytes]:
    data, phrase = locked_file(known(client), url, why)
    with pyzipper.AESZipFile(io.BytesIO(data)) as archive:
        archive.setpassword(phrase.encode())
        return {name: archive.read(name) for name in archive.namelist()}
