"""The social worker's hours: what waits, approving and turning down, filling in, corrections by two, trainings, awards and evaluations."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from doorstep.hub.people.access import led_places
from doorstep.hub.people.models import Person, Place, Role
from doorstep.hub.web.acting import press, submit
from doorstep.hub.web.reading import signed_in, the_reader

from .. import book
from ..access import (
    get_correction_for,
    get_recorded_hours,
    get_recorded_person,
    get_recorded_unit,
    get_recorded_units,
    hours_visible_to,
    officer_over,
    recorded_units,
)
from ..actions.hours import (
    answer_dispute,
    approve_hours,
    approve_several,
    back_fill,
    decide_correction,
    propose_correction,
    review_long_day,
    turn_down,
)
from ..actions.kinds import pause_of, planned_break
from ..actions.record import grant_award, rate, record_training
from ..forms.hours import AwardForm, BackFillForm, CorrectForm, RateForm, TrainingForm, WordsForm, picked, version_in
from ..models import Hours, HoursState
from ..queries.amending import disputed_in, waiting_in
from ..queries.hours import SHOWN, desk_of, recorded_late, units_summed, volunteers_at
from ..queries.record import hours_in, lines_of, page_asked, record_of, year_asked
from ..queries.rules import district_code

INVALID = 422
#: What may be said about one: yes to what was filled in, reviewed of a long day, no to either, an answer to a dispute.
SAYINGS = ("yes", "reviewed", "no", "answer")
HEAPS = ("overdue", "warned", "disputed", "corrections", "second", "long_days", "unrecorded")


@signed_in
def hours(request: HttpRequest) -> HttpResponse:
    """What waits, in the communities that one leads; the district sees all of its own, or one that it picks."""
    reader = the_reader(request)
    units = get_recorded_units(reader)
    wanted = str(request.GET.get("place", ""))
    one = next((unit for unit in units if str(unit.pk) == wanted), None)
    shown_units = [one.pk] if one else [unit.pk for unit in units]
    desk = desk_of(shown_units, timezone.now())
    items = disputed_in(shown_units)
    of = request.GET.get("of", "")
    shown = None if of in HEAPS else SHOWN
    above = any(held.role == Role.DISTRICT for held in request.roles)  # type: ignore[attr-defined]
    context: dict[str, Any] = {
        "desk": desk, "of": of if of in HEAPS else "", "shown": shown, "one": one, "units": units if 1 < len(units) <= 8 else [],
        "items": items, "amendments": waiting_in(shown_units), "pressing": desk.pressing + len(items), "above": above, "several": len(units) > 1 and one is None, "reader": reader,
    }  # fmt: skip
    if context["above"] and one is None:
        context["sums"] = units_summed(units, timezone.localdate())
    return render(request, "records/hours/desk.html", context)


@signed_in
def one(request: HttpRequest, hours_id: UUID) -> HttpResponse:
    """One presence with all that may be done about it."""
    reader = the_reader(request)
    return _one_page(request, reader, get_recorded_hours(reader, hours_id))


def _one_page(request: HttpRequest, reader: Person, found: Hours, form: WordsForm | None = None) -> HttpResponse:
    line = lines_of(found)
    proposed = line.open_correction
    hands = (found.person_id, found.entered_by_id)
    watched = (*hands, found.approved_by_id, found.confirmed_by_id, found.led_by_id)
    context = {
        "line": line, "hours": line.hours, "form": form or WordsForm(initial={"seen": found.version}),
        "may_approve": found.state == HoursState.WAITS_APPROVER and reader.pk not in (*hands, found.parent_id),
        "may_review": found.state == HoursState.WAITS_PARENT and reader.pk not in watched and officer_over(reader, found.unit),
        "may_decide": proposed is not None and reader.pk not in (found.person_id, proposed.proposed_by_id),
        "may_correct": (found.stands or found.not_service) and proposed is None and reader.pk != found.person_id,
        "may_answer": found.state == HoursState.DISPUTED and not found.answer and proposed is None and reader.pk != found.person_id,
        "own": reader.pk == found.person_id, "late": recorded_late(found),
    }  # fmt: skip
    return render(request, "records/hours/one.html", context, status=INVALID if form and form.errors else 200)


def _one(pk: UUID) -> str:
    return reverse("records:one", args=[pk])


@require_POST
@signed_in
def approve(request: HttpRequest) -> HttpResponse:
    """The second person's yes, to one or to several at once."""
    reader = the_reader(request)
    get_recorded_units(reader)
    found = {str(row.pk): row for row in hours_visible_to(reader).filter(state=HoursState.WAITS_APPROVER)}
    several = picked(request.POST, found)

    def act() -> None:
        approve_several(by=reader, several=several)

    return press(request, act, back=reverse("records:hours"), done=_("批了，记进账本了。"))


@require_POST
@signed_in
def settle(request: HttpRequest, hours_id: UUID, said: str) -> HttpResponse:
    """A yes or a no about one: approved, reviewed, turned down, or a dispute answered without a correction."""
    reader = the_reader(request)
    found = get_recorded_hours(reader, hours_id)
    if said not in SAYINGS:
        raise Http404
    if said in ("yes", "reviewed"):
        act = approve_hours if said == "yes" else review_long_day
        done = _("批了。") if said == "yes" else _("看过了。")
        return press(request, lambda: _after(act(by=reader, hours=found, seen=version_in(request.POST))), back=_one(found.pk), done=done)
    form = WordsForm(request.POST)

    def write(words: Mapping[str, Any]) -> str:
        act = answer_dispute if said == "answer" else turn_down
        return _after(act(by=reader, hours=found, words=words["words"], seen=words["seen"]))

    answer = submit(request, form, write, done=_("记下了，本人看得到为什么。"))
    return answer or _one_page(request, reader, get_recorded_hours(reader, hours_id), form)


def _after(found: Hours) -> str:
    return _one(found.pk)


@signed_in
def correct(request: HttpRequest, hours_id: UUID) -> HttpResponse:
    """What they should say; a second person decides."""
    reader = the_reader(request)
    found = get_recorded_hours(reader, hours_id)
    rules = book.rules_on(timezone.localdate(found.came), district_code(found.unit))
    as_planned = planned_break(found, found.came, found.left)
    form = CorrectForm(request.POST or None, hours=found, rules=rules, as_planned=as_planned)

    def act(said: Mapping[str, Any]) -> str:
        came, left = form.moments()
        propose_correction(
            by=reader, hours=found, came=came, left=left, why=said["why"], beyond_plan=said.get("beyond_plan", False), kind=said["kind"],
            away=said["away"], seen=said["seen"],
        )  # fmt: skip
        return _one(found.pk)

    if request.method == "POST" and (answer := submit(request, form, act, done=_("提好了。要另一位社工或区里批了才改。"))):
        return answer
    context = {"form": form, "line": lines_of(found), "pause": pause_of(found)}
    return render(request, "records/hours/correct.html", context, status=INVALID if form.errors else 200)


@require_POST
@signed_in
def decide(request: HttpRequest, correction_id: UUID, said: str) -> HttpResponse:
    """The second of two people, about a correction."""
    reader = the_reader(request)
    found = get_correction_for(reader, correction_id)
    if said not in ("yes", "no"):
        raise Http404
    words = str(request.POST.get("words", ""))[:200]

    def act() -> None:
        decide_correction(by=reader, correction=found, approved=said == "yes", words=words)

    done = _("更正好了，新的一条记进账本了，旧的留着。") if said == "yes" else _("没有批，时长不变。")
    return press(request, act, back=_one(found.hours_id), done=done)


def _unit(request: HttpRequest, reader: Person) -> Place:
    return get_recorded_unit(reader, str(request.GET.get("place", "")))


@signed_in
def fill_in(request: HttpRequest) -> HttpResponse:
    """Hours written down afterwards, for somebody else, with a second person behind them."""
    reader = the_reader(request)
    unit = _unit(request, reader)
    rules = book.rules_on(timezone.localdate(), district_code(unit))
    first = _copied(reader, str(request.GET.get("like", "")))
    form = BackFillForm(request.POST or None, people=volunteers_at(unit, reader), rules=rules, initial=first)

    def act(said: Mapping[str, Any]) -> str:
        came, left = form.moments()
        made = back_fill(
            by=reader, person=said["person"], unit=unit, title=said["title"], came=came, left=left, kind=said["kind"],
            away=said["away"] or 0,
        )  # fmt: skip
        return _one(made.pk)

    if request.method == "POST" and (answer := submit(request, form, act, done=_("补好了，等另一个人批。"))):
        return answer
    context = {"form": form, "unit": unit, "units": _others(reader, unit)}
    return render(request, "records/hours/fill_in.html", context, status=INVALID if form.errors else 200)


def _copied(reader: Person, hours_id: str) -> dict[str, Any]:
    """What was refused, so that only the times have to be written anew."""
    try:
        like = hours_visible_to(reader).filter(pk=UUID(hours_id)).first()
    except ValueError:
        like = None
    if like is None:
        return {"kind": "service"}
    came, left = timezone.localtime(like.came), timezone.localtime(like.left)
    return {
        "person": like.person_id, "title": like.title, "kind": like.kind, "day": came.date(), "came": came.time(), "left": left.time(),
        "away": like.away or None,
    }  # fmt: skip


def _others(reader: Person, unit: Place) -> list[Place]:
    """The reader's other communities; a district picks its community on the page of hours."""
    led = led_places(reader)
    return [] if len(led) < 2 else [one for one in recorded_units(reader).filter(pk__in=led) if one.pk != unit.pk]


@signed_in
def train(request: HttpRequest) -> HttpResponse:
    """A course and everybody who was there."""
    reader = the_reader(request)
    unit = _unit(request, reader)
    form = TrainingForm(request.POST or None, people=volunteers_at(unit, reader))

    def act(said: Mapping[str, Any]) -> str:
        came, left = form.moments()
        record_training(
            by=reader, unit=unit, people=said["people"], name=said["name"], content=said["content"], host=said["host"], came=came, left=left
        )
        return reverse("records:hours")

    if request.method == "POST" and (answer := submit(request, form, act, done=_("记好了，等另一个人批。学时和服务时长分开记。"))):
        return answer
    context = {"form": form, "unit": unit, "units": _others(reader, unit)}
    return render(request, "records/hours/train.html", context, status=INVALID if form.errors else 200)


@signed_in
def of_person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """A volunteer's record as far as it was made in one's units."""
    reader = the_reader(request)
    person = get_recorded_person(reader, person_id)
    units = recorded_units(reader).values_list("pk", flat=True)
    record = record_of(
        person, hours_in(units), units, year_asked(str(request.GET.get("year", ""))), page_asked(str(request.GET.get("page", "")))
    )
    return render(request, "records/hours/of_person.html", {"record": record, "person": person, "own": False})


@signed_in
def award(request: HttpRequest, person_id: UUID) -> HttpResponse:
    reader = the_reader(request)
    person = get_recorded_person(reader, person_id)
    units = _units_of(reader, person)
    form = AwardForm(request.POST or None, units=units)

    def act(said: Mapping[str, Any]) -> str:
        facts = {name: said[name] for name in ("name", "source", "granted_by", "granted_on", "proof")}
        grant_award(by=reader, person=person, unit=_named(units, said["unit"]), **facts)
        return reverse("records:of_person", args=[person.pk])

    if request.method == "POST" and (answer := submit(request, form, act, done=_("表彰记下了。"))):
        return answer
    return render(request, "records/hours/award.html", {"form": form, "person": person}, status=INVALID if form.errors else 200)


@signed_in
def evaluate(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """From one to five with a word; about one visit if the address names it."""
    reader = the_reader(request)
    person = get_recorded_person(reader, person_id)
    units, about = _units_of(reader, person), _about(reader, person, str(request.GET.get("about", "")))
    form = RateForm(request.POST or None, units=[about.unit] if about else units)

    def act(said: Mapping[str, Any]) -> str:
        unit = about.unit if about else _named(units, said["unit"])
        rate(by=reader, person=person, unit=unit, rating=said["rating"], words=said["words"], hours=about)
        return reverse("records:of_person", args=[person.pk])

    if request.method == "POST" and (answer := submit(request, form, act, done=_("评价记下了，他看得到。"))):
        return answer
    context = {"form": form, "person": person, "about": about}
    return render(request, "records/hours/evaluate.html", context, status=INVALID if form.errors else 200)


def _units_of(reader: Person, person: Person) -> list[Place]:
    """The reader's units, those in which the person helps first."""
    helps = set(person.memberships.on(timezone.localdate()).helping().values_list("place_id", flat=True))
    return sorted(get_recorded_units(reader), key=lambda unit: unit.pk not in helps)


def _about(reader: Person, person: Person, hours_id: str) -> Hours | None:
    try:
        return hours_visible_to(reader).filter(person=person, pk=UUID(hours_id)).first()
    except ValueError:
        return None


def _named(units: list[Place], pk: str) -> Place:
    return next(unit for unit in units if str(unit.pk) == pk)
