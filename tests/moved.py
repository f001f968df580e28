"""One of each thing that the pages on oddness, on moved records and on people's own data can name: found, or made for the scene."""

from datetime import timedelta

from django.utils import timezone

from doorstep.hub.people.models import Person, Place
from doorstep.hub.records.actions.record import grant_award
from doorstep.hub.records.models import Amendment, Anomaly, Award, DataRequest, Shipment, StarAward, StarObjection, Transfer, YearlyReport
from doorstep.hub.records.moving.columns import usual
from doorstep.hub.records.queries.yearly import frozen


def an_anomaly(place: Place, chen: Person) -> Anomaly:
    numbers = {"count": 8, "of": 9, "share": 89, "usual": 10}
    return Anomaly.objects.get_or_create(
        key="scene", defaults={"kind": "filled", "unit": place, "person": chen, "weight": 20, "numbers": numbers}
    )[0]


def a_shipment(place: Place, lin: Person) -> Shipment:
    """A file of the district in which nothing was."""
    assert place.parent and place.parent.parent
    name, columns = usual()
    day = timezone.localdate()
    facts = {
        "columns": columns, "map_name": name, "start": day, "end": day, "format": "csv", "why": "月底报送", "count": 0, "made_by": lin,
        "made_at": timezone.now(),
    }  # fmt: skip
    return Shipment.objects.filter(count=0).first() or Shipment.objects.create(place=place.parent.parent, **facts)


def a_transfer(place: Place, chen: Person) -> Transfer:
    """Waits for a second person; who entered it is not at hand any more."""
    day = timezone.localdate() - timedelta(days=400)
    facts = {"unit": place, "source": "志愿汇", "start": day, "end": day, "tenths": 30, "paper": "打印的记录", "salt": bytes(32)}
    return Transfer.objects.get_or_create(person=chen, state=Transfer.State.WAITS, entered_by=None, defaults=facts)[0]


def a_request(place: Place, chen: Person, kind: str, state: str) -> DataRequest:
    facts = {"place": place, "asked_at": timezone.now(), "due_on": timezone.localdate() + timedelta(days=20)}
    return DataRequest.objects.get_or_create(person=chen, kind=kind, state=state, defaults=facts)[0]


def an_award(place: Place, zhou: Person, chen: Person) -> Award:
    """The unit's own."""
    found = Award.objects.filter(person=chen, unit=place).first()
    return found or grant_award(
        by=zhou, person=chen, unit=place, name="热心邻居", granted_by=place.name, source=Award.Source.OWN, granted_on=timezone.localdate()
    )


def an_amendment(place: Place, zhou: Person, chen: Person) -> Amendment:
    """Waits for a second person; who proposed it is not at hand any more."""
    award = an_award(place, zhou, chen)
    return Amendment.objects.get_or_create(
        award=award, state="proposed", defaults={"was": {}, "said": {}, "why": "写错了", "proposed_by": None}
    )[0]


def a_star(place: Place, chen: Person) -> StarAward:
    """The first one, on the notice of the community."""
    day = timezone.localdate()
    facts = {"unit": place, "scheme": "default@2", "tenths": 1000, "reached_on": day, "notice_until": day + timedelta(days=7)}
    return StarAward.objects.get_or_create(person=chen, star=1, defaults=facts)[0]


def an_objection(place: Place, chen: Person) -> StarObjection:
    """Waits for the district; who said it is not at hand any more."""
    return StarObjection.objects.get_or_create(star=a_star(place, chen), by=None, defaults={"words": "那天没有来", "at": timezone.now()})[0]


def a_report(place: Place) -> YearlyReport:
    """The district's, of a year in which nothing was recorded."""
    assert place.parent and place.parent.parent
    district = place.parent.parent
    facts = {"figures": frozen(district, 2025), "published_at": timezone.now()}
    return YearlyReport.objects.get_or_create(district=district, year=2025, withdrawn_at=None, defaults=facts)[0]
