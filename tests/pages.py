"""Every page of a loaded demonstration with somebody who opens it: what the query test counts and script/bench measures."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from doorstep.hub.needs.models import Need, NeedState
from doorstep.hub.people.actions.account import issue_code
from doorstep.hub.people.models import Account, Person, Place
from doorstep.hub.people.queries import next_monday
from doorstep.hub.scheduling.models import Offer, OfferState, Plan, Seat, Slot, SlotState
from doorstep.hub.testing import Cast
from tests.scene import Scene, a_batch, a_certificate
from tests.signed import signed
from tests.tables import GET

#: The four of the cast whom the demonstration brings, and a visitor; who opens a page is the first of them who may.
OPENERS = ("zhou", "chen", "lin", "shen", "nobody")
NAMES = {"zhou": "周敏", "chen": "陈国梁", "shen": "沈秀英", "lin": "林涛"}
NO_WORK = ("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT")


@dataclass(frozen=True)
class Page:
    """One address as one person opens it."""

    name: str
    reader: str
    url: str


def demonstration_scene() -> Scene:
    """The same things that the cast's scene has, found in the demonstration that the database holds. Writes: roll back afterwards."""
    people = {key: with_account(name) for key, name in NAMES.items()}
    zhou, chen, shen = people["zhou"], people["chen"], people["shen"]
    here: Place = zhou.memberships.filter(role="social_worker").first().place  # type: ignore[union-attr]
    people["he"] = Person.objects.filter(household__community=here, account=None).order_by("pk")[0]
    slots = Slot.objects.filter(place=here, state=SlotState.OPEN)
    seat = Seat.objects.filter(slot__in=slots, offers__state=OfferState.PROPOSED).select_related("slot").order_by("pk")[0]
    need = Need.objects.filter(resident=shen).exclude(state=NeedState.NEW).order_by("pk")[0]
    missing: Any = None
    cast = Cast(monday=next_monday(), places={"community": here}, people=people)
    fellow = Person.objects.filter(memberships__place=here, memberships__role="volunteer", memberships__until=None).exclude(pk=chen.pk)
    return Scene(
        cast=cast, need=need, slot=seat.slot, seat=seat,
        fresh=Need.objects.filter(community=here, state=NeedState.NEW).order_by("pk")[0],
        offer=Offer.objects.filter(person=chen, state=OfferState.SENT).order_by("pk")[0],
        plan=Plan.objects.ready().order_by("-finished_at")[0], code=issue_code(by=zhou, person=chen),
        consent=missing, home=shen.household or missing, registration=missing,
        certificate=a_certificate(zhou, people["lin"], chen, here), batch=a_batch(zhou, chen, here),
        signing=signed(cast, chen, fellow.order_by("pk")[0], here),
    )  # fmt: skip


def with_account(name: str) -> Person:
    found = Person.objects.filter(name=name, account__isnull=False).first()
    if found is None:
        found = Person.objects.filter(name=name)[0]
        found.account = Account.objects.create(username=f"looks-at-{found.pk}"[:40])
        found.save(update_fields=["account"])
    return found


def pages(scene: Scene, *, everybody: bool = False) -> list[Page]:
    """Each page that answers "ok", with the first of the openers who may open it, or with all of them."""
    found = []
    for name, row in sorted(GET.items()):
        readers = [reader for reader in OPENERS if row[reader] == "ok"]
        found += [Page(name, reader, scene.url(name)) for reader in (readers if everybody else readers[:1])]
    return found


def count_queries(client: Client, url: str) -> tuple[int, list[str]]:
    """How often the page asks the database, once it is warm, and with which statements."""
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        client.get(url)
    statements = [query["sql"] for query in asked if not query["sql"].startswith(NO_WORK)]
    return len(statements), statements
