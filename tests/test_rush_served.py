"""Five hundred browsers press the button of one event at the same moment, over the wire: exactly the places are taken and everybody is answered."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from doorstep.hub.journal.models import Claim, Entry
from doorstep.hub.people.models import Person
from doorstep.hub.scheduling.models import Offer, OfferState, Slot
from doorstep.hub.scheduling.tests.events import event, volunteers
from doorstep.hub.testing import Cast
from tests.racing import Figures, count
from tests.test_killed_web import Served

pytestmark = [pytest.mark.both_databases, pytest.mark.drill, pytest.mark.django_db(transaction=True)]
PLACES, PEOPLE, REPEATS = count(4, 20), count(50, 500), count(1, 5)
#: So many pages are opened at a time before the rush: nobody hurries yet.
CALMLY = 8


@pytest.fixture
def served(cast: Cast, tmp_path: Path) -> Iterator[Served]:
    running = Served(tmp_path)
    yield running
    running.end()


@dataclass
class Said:
    """What the server answered, and after how long."""

    status: int
    headers: str
    body: str
    seconds: float


@dataclass
class Browser:
    """One person's: a session, the cookies that the server gave, and the form of the page that it has open."""

    port: int
    session: str
    secret: str = ""
    form: str = ""

    async def ask(self, method: str, path: str, body: str = "") -> Said:
        cookies = f"sessionid={self.session}" + (f"; csrftoken={self.secret}" if self.secret else "")
        kind = "Content-Type: application/x-www-form-urlencoded\r\n" if body else ""
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: {cookies}\r\nConnection: close\r\n{kind}"
        began = time.monotonic()
        reading, writing = await asyncio.open_connection("127.0.0.1", self.port)
        writing.write(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        answer = (await reading.read()).decode("utf-8", "replace")
        seconds = time.monotonic() - began
        writing.close()
        headers, _, page = answer.partition("\r\n\r\n")
        return Said(int(headers.split(" ", 2)[1]), headers, page, seconds)

    async def open(self, path: str, action: str) -> Said:
        """Looks at the page of the event, as everybody does before the hour strikes."""
        said = await self.ask("GET", path)
        assert said.status == 200, said.headers
        found = re.search(r"csrftoken=([^;]+)", said.headers)
        self.secret = found.group(1) if found else self.secret
        form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', said.body, re.DOTALL)
        assert form, said.body[:2000]
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)"', form.group()))
        assert {"csrfmiddlewaretoken", "once"} <= set(fields)
        self.form = urlencode(fields)
        return said


def sessions(people: list[Person]) -> list[str]:
    """Everybody is signed in."""
    found = []
    for person in people:
        person.account = get_user_model().objects.create_user(username=f"rush-{person.pk}", password=None)
        person.save(update_fields=["account"])
        client = Client()
        client.force_login(person.account)
        found.append(client.cookies["sessionid"].value)
    return found


async def rush(browsers: list[Browser], slot: Slot) -> tuple[list[Said], list[Said]]:
    """All open the page, then all press at once; what the presses were answered, and the page that each was led to."""
    page, press = reverse("scheduling:opening", args=[slot.pk]), reverse("scheduling:sign_up", args=[slot.pk])
    door = asyncio.Semaphore(CALMLY)

    async def look(browser: Browser) -> Said:
        async with door:
            return await browser.open(page, press)

    await asyncio.gather(*map(look, browsers))
    pressed = await asyncio.gather(*(browser.ask("POST", press, browser.form) for browser in browsers))
    return list(pressed), [said for said in pressed if said.status >= 500]


@pytest.mark.parametrize("repeat", range(REPEATS))
def test_a_rush_over_the_wire_fills_exactly_the_places(cast: Cast, served: Served, figures: Figures, repeat: int) -> None:
    slot, people = event(cast, places=PLACES), volunteers(cast, PEOPLE)
    browsers = [Browser(served.port, session) for session in sessions(people)]
    # A thread of its own: the browser of an earlier test may have left a loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        pressed, broken = thread.submit(asyncio.run, rush(browsers, slot)).result()
    seconds = sorted(said.seconds for said in pressed)
    slowest = seconds[min(len(seconds) - 1, int(0.99 * len(seconds)))]
    accepted = Offer.objects.filter(slot=slot, state=OfferState.ACCEPTED)
    figures(
        people=PEOPLE, at_once=PEOPLE, places=PLACES, accepted=accepted.count(), errors=len(broken), p50_seconds=round(seconds[len(seconds) // 2], 2),
        p99_seconds=round(slowest, 2), answers_a_second=round(len(seconds) / seconds[-1]),
    )  # fmt: skip
    assert Counter(said.status for said in pressed) == {302: PEOPLE} and broken == []
    assert accepted.count() == PLACES == Offer.objects.filter(slot=slot).count() == Entry.objects.filter(verb="sign_up").count()
    assert len(set(accepted.values_list("person_id", flat=True))) == PLACES == Claim.objects.count()
    assert slowest < count(20, 4)
