"""A scene for every page: the cast with one thing of each kind that an address can name, and every address of the project."""

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from doorstep.hub.needs.models import Need
from doorstep.hub.people.actions.account import issue_code
from doorstep.hub.people.actions.person import give_consent
from doorstep.hub.people.actions.registration import register
from doorstep.hub.people.models import Account, Consent, Household, Person, Place, Registration, ResetCode
from doorstep.hub.records.actions.batching import make_batch
from doorstep.hub.records.actions.booking import close_day
from doorstep.hub.records.actions.certifying import issue_certificate
from doorstep.hub.records.actions.hours import approve_hours, back_fill, propose_correction
from doorstep.hub.records.models import Batch, Certificate, Correction, Hours
from doorstep.hub.scheduling.actions.plan import Outcome, Proposed, request_plan, store_plan, take_plan
from doorstep.hub.scheduling.models import Offer, OfferState, Plan, Seat, Slot
from doorstep.hub.testing import Cast
from tests.moved import a_report, a_request, a_shipment, a_star, a_transfer, an_amendment, an_anomaly, an_award, an_objection
from tests.signed import Signing, signed

#: Who opens the pages; `nobody` has not signed in.
READERS = ("nobody", "shen", "wang", "stranger", "chen", "jiang", "ning", "sun", "zhou", "wu", "lin")


@dataclass
class Scene:
    """The things that addresses name: 沈秀英's need, 陈国梁's offer, the community's plan."""

    cast: Cast
    fresh: Need
    need: Need
    slot: Slot
    seat: Seat
    offer: Offer
    plan: Plan
    consent: Consent
    code: ResetCode
    home: Household
    registration: Registration
    certificate: Certificate
    batch: Batch
    signing: Signing

    def client(self, reader: str) -> Client:
        client = Client()
        account = None if reader == "nobody" else self.cast.people[reader].account
        if account is not None:
            client.force_login(account)
        return client

    def url(self, name: str) -> str:
        return reverse(name, kwargs=ARGUMENTS.get(name, nothing)(self))


def nothing(_: Scene) -> dict[str, Any]:
    return {}


def by(words: dict[str, str] | None = None, **things: str) -> Callable[[Scene], dict[str, Any]]:
    """Arguments of an address: `by(slot_id="slot")` takes the id of the scene's thing, `by({"verb": "hold"})` the word itself."""
    return lambda scene: {argument: getattr(scene, name).pk for argument, name in things.items()} | (words or {})


def person(name: str) -> Callable[[Scene], dict[str, Any]]:
    return lambda scene: {"person_id": scene.cast.people[name].pk}


NEED, SLOT, OFFER, PLAN = by(need_id="need"), by(slot_id="slot"), by(offer_id="offer"), by(plan_id="plan")
FRESH = by(need_id="fresh")


def signing(argument: str, thing: str, words: dict[str, str] | None = None) -> Callable[[Scene], dict[str, Any]]:
    """The id of one thing of the scene's event."""
    return lambda scene: {argument: getattr(scene.signing, thing).pk} | (words or {})


SIGNUPS = ("opening", "sign_up", "learn", "join_line", "leave_line", "sign_up_together")
#: How each address that needs arguments gets them.
ARGUMENTS: dict[str, Callable[[Scene], dict[str, Any]]] = {
    "overview:public": lambda scene: {"slug": scene.cast.community.slug},
    "people:withdraw": by(consent_id="consent"),
    "people:demo_sign_in": person("chen"),
    "people:issue": person("he"),
    "people:slip": by(code_id="code"),
    **dict.fromkeys(("people:household", "people:new_member"), by(household_id="home")),
    **dict.fromkeys(("people:member", "people:moved"), lambda scene: {"household_id": scene.home.pk, "person_id": scene.cast.shen.pk}),
    "people:phone": person("shen"),
    "people:registration_phone": by(registration_id="registration"),
    "people:registration": by({"what": "welcome"}, registration_id="registration"),
    "people:volunteer": person("chen"),
    "people:volunteer_act": lambda scene: {"person_id": scene.cast.chen.pk, "sent": "verify"},
    **dict.fromkeys(("people:place", "people:place_end", "people:handover"), lambda scene: {"place_id": scene.cast.community.pk}),
    "people:place_act": lambda scene: {"place_id": scene.cast.community.pk, "sent": "alias"},
    "people:worker_leaves": lambda scene: {"place_id": scene.cast.community.pk, "person_id": scene.cast.zhou.pk},
    **dict.fromkeys(("scheduling:wish", "scheduling:why_not", "scheduling:what_if"), SLOT),
    "scheduling:decide": by({"do": "more"}, slot_id="slot"),
    **dict.fromkeys(("scheduling:offer", "scheduling:accept", "scheduling:decline", "scheduling:cannot_come"), OFFER),
    **dict.fromkeys(("scheduling:slot", "scheduling:best", "scheduling:ask", "scheduling:move", "scheduling:home"), SLOT),
    **dict.fromkeys(("scheduling:progress", "scheduling:stop", "scheduling:recheck"), PLAN),
    "scheduling:plan_file": by({"which": "plan"}, plan_id="plan"),
    "scheduling:change": by(slot_id="slot", seat_id="seat"),
    "scheduling:act_on_slot": by({"verb": "hold"}, slot_id="slot"),
    **dict.fromkeys(("scheduling:exclusions", "scheduling:exclude"), by(household_id="home")),
    "scheduling:lift_exclusion": lambda scene: {"household_id": scene.home.pk, "person_id": scene.cast.chen.pk},
    "scheduling:lift_refusal": lambda scene: {"slot_id": scene.slot.pk, "person_id": scene.cast.chen.pk},
    "scheduling:answer": by({"said": "yes"}, offer_id="offer"),
    "scheduling:act_on_offer": by({"verb": "withdraw"}, offer_id="offer"),
    **dict.fromkeys(("needs:check", "needs:homes", "needs:refer"), FRESH),
    **dict.fromkeys(("needs:request", "needs:agree", "needs:swap", "needs:move", "needs:cancel", "needs:went", "needs:judge", "needs:give_up", "needs:again", "needs:ahead", "needs:end_series", "needs:asked", "needs:paper_of"), NEED),
    "needs:visit": SLOT,
    **dict.fromkeys([f"scheduling:{name}" for name in SIGNUPS], signing("slot_id", "event")),
    "scheduling:activity": signing("slot_id", "event"),
    "scheduling:stand_in": signing("offer_id", "promise"),
    **dict.fromkeys(("scheduling:exchange", "scheduling:swap", "scheduling:object_exchange"), signing("exchange_id", "exchange")),
    "scheduling:answer_exchange": signing("exchange_id", "exchange", {"said": "back"}),
    "scheduling:answer_appeal": signing("appeal_id", "appeal", {"said": "no"}),
    "scheduling:calendar_feed": lambda scene: {"secret": scene.signing.secret},
    "scheduling:ask_three": SLOT,
    "scheduling:signup_desk": by({"verb": "learn"}, slot_id="slot"),
    **dict.fromkeys(("records:here", "records:near"), OFFER),
    **dict.fromkeys(("records:stand_at", "records:code", "records:stand", "records:roll", "records:caller"), SLOT),
    "records:at": by({"code": "A" * 16}, slot_id="slot"),
    "records:line": by({"code": "ABCDEF"}),
    "records:say": by({"verb": "so"}, offer_id="offer"),
    **dict.fromkeys(("records:certificate", "records:certificate_paper", "records:certificate_token", "records:revoke"), by(certificate_id="certificate")),
    "records:share": by({"what": "name"}, certificate_id="certificate"),
    "records:checked": lambda scene: {"number": scene.certificate.number},
    "records:since_file": lambda scene: dict.fromkeys(("old", "new"), timezone.localdate().isoformat()),
    "records:status_list": lambda scene: {"number": 0},
    "records:issue_for": person("chen"),
    "records:receipt": lambda scene: {"hours_id": hours_of(scene).pk},
    "records:seal_picture": lambda scene: {"place_id": scene.certificate.unit_id},
    **dict.fromkeys(("records:batch", "records:batch_asked", "records:papers"), by(batch_id="batch")),
    "records:act_on_batch": by({"do": "start"}, batch_id="batch"),
    "records:note_answer": lambda scene: {"member_id": scene.batch.members.get(person=scene.certificate.person).pk},
    "records:anomaly": lambda scene: {"anomaly_id": an_anomaly(scene.cast.community, scene.cast.chen).pk},
    **dict.fromkeys(("records:shipment", "records:shipment_file"), lambda scene: {"shipment_id": a_shipment(scene.cast.community, scene.cast.lin).pk}),
    "records:transfer_batch": lambda scene: {"batch": a_transfer(scene.cast.community, scene.cast.chen).batch},
    "records:decide_batch": lambda scene: {"batch": a_transfer(scene.cast.community, scene.cast.chen).batch, "said": "no"},
    **dict.fromkeys(("records:data_request", "needs:forget"), lambda scene: {"request_id": a_request(scene.cast.community, scene.cast.chen, "delete", "open").pk}),
    **dict.fromkeys(("records:one", "records:correct", "records:dispute"), lambda scene: {"hours_id": hours_of(scene).pk}),
    "records:settle": lambda scene: {"hours_id": hours_of(scene).pk, "said": "yes"},
    "records:decide_correction": lambda scene: {"correction_id": a_correction(scene).pk, "said": "no"},
    **dict.fromkeys(("records:of_person", "records:award", "records:evaluate"), person("chen")),
    "records:rules_file": by({"which": "rules"}),
    "records:columns_of": by({"sheet": "answers"}),
    **dict.fromkeys(("records:item", "records:item_wrong", "records:item_correct", "records:item_answer"), lambda scene: {"key": "award", "item_id": an_award(scene.cast.community, scene.cast.zhou, scene.cast.chen).pk}),
    "records:publish_yearly": lambda scene: {"year": 2025},
    "records:take_back_yearly": lambda scene: {"report_id": a_report(scene.cast.community).pk},
    "records:published_yearly": lambda scene: {"code": a_report(scene.cast.community).district.code, "year": 2025},
    "records:star": lambda scene: {"star_id": a_star(scene.cast.community, scene.cast.chen).pk},
    "records:objection": lambda scene: {"objection_id": an_objection(scene.cast.community, scene.cast.chen).pk, "said": "no"},
    "records:decide_item": lambda scene: {"amendment_id": an_amendment(scene.cast.community, scene.cast.zhou, scene.cast.chen).pk, "said": "no"},
    "records:ask_for": person("he"),
    "records:my_copy": lambda scene: {"request_id": a_request(scene.cast.community, scene.cast.chen, "carry", "done").pk},
}  # fmt: skip


def set_scene(cast: Cast) -> Scene:
    for name in READERS[1:]:
        who = cast.people[name]
        who.account = Account.objects.create(username=name)
        who.save(update_fields=["account"])
    need = cast.need()
    slot = cast.checked(need)
    offer = cast.offer(slot, cast.chen, OfferState.SENT)
    return Scene(
        cast=cast, fresh=cast.need(own_words="灯坏了，想请人来看看。"), need=need, slot=slot, seat=offer.seat, offer=offer,
        plan=a_plan(cast), code=issue_code(by=cast.zhou, person=cast.chen),
        consent=give_consent(person=cast.chen, purpose="service", channel="web"), home=cast.shen.household, registration=somebody_new(cast),
        signing=signed(cast, cast.chen, cast.jiang, cast.community),
        certificate=a_certificate(cast.zhou, cast.lin, cast.chen, cast.community), batch=a_batch(cast.zhou, cast.chen, cast.community),
    )  # fmt: skip


def hours_of(scene: Scene) -> Hours:
    """The hours that the certificate of the scene states."""
    return Hours.objects.get(entry=scene.certificate.snapshot["entries"][0])


def a_correction(scene: Scene) -> Correction:
    hours = hours_of(scene)
    found = hours.corrections.first()
    return found or propose_correction(
        by=scene.cast.zhou, hours=hours, came=hours.came, left=hours.left - timedelta(minutes=30), why="走得早"
    )


def a_certificate(recorder: Person, approver: Person, holder: Person, unit: Place) -> Certificate:
    """Two hours of yesterday, entered and approved, under a head, and certified."""
    # Before anybody's visits begin: a demonstration has hours of its own on every day.
    came = timezone.localtime(timezone.now() - timedelta(days=1)).replace(hour=6, minute=0, second=0, microsecond=0)
    row = back_fill(by=recorder, person=holder, unit=unit, title="巡楼", came=came, left=came + timedelta(hours=2))
    approve_hours(by=approver, hours=row)
    close_day()
    day = timezone.localdate(came)
    return issue_certificate(by=recorder, person=holder, unit=unit, start=day, end=day)


def a_batch(maker: Person, person: Person, unit: Place) -> Batch:
    day = timezone.localdate()
    return make_batch(
        by=maker, unit=unit, asked_by="江南中学", purpose="社会实践登记", start=day - timedelta(days=90), end=day, people=[person]
    )


def somebody_new(cast: Cast) -> Registration:
    return register(
        name="顾小梅", community=cast.community, phone="13900008888", birth_date=date(1990, 5, 6), words="周末有空，会理发。",
        username="guxiaomei", password="mei-hua-2026",
    )  # fmt: skip


def a_plan(cast: Cast) -> Plan:
    """A finished plan of one proposal, with the files of its proof."""
    slot = cast.slot()
    taken = take_plan(plan_id=request_plan(by=cast.zhou, place=cast.district, week=cast.monday).pk)
    assert taken
    proposed = Proposed(slot.pk, cast.seat(slot).pk, cast.jiang.pk, cast.at(2, 9))
    packed = gzip.compress(json.dumps({"format": "doorstep-plan/1"}).encode())
    outcome = Outcome(100.0, 101.0, 1, 1, 0, 1.0, [proposed], [], packed, packed, {"errors": []})
    store_plan(plan=taken, outcome=outcome)
    return Plan.objects.get(pk=taken.pk)


def addresses() -> list[str]:
    """The name of every address that the project answers to."""
    return sorted(_names(get_resolver().url_patterns, ""))


def _names(patterns: list[URLPattern | URLResolver], space: str) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern.url_patterns, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        else:
            yield f"{space}{pattern.name or pattern.pattern}"
