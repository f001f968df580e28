"""What comes due by itself: the plans of dead workers, offers that nobody answered or may keep, weeks that are over, plans whose hour has come."""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime
from uuid import UUID

from django.core.management import call_command
from django.db import close_old_connections, transaction
from django.utils import timezone

from doorstep.hub.journal.actions import forget_old_keys
from doorstep.hub.needs.actions.asking import heed_withdrawn_consents
from doorstep.hub.needs.actions.closing import close_served, close_week
from doorstep.hub.people.models import Place
from doorstep.hub.people.queries import next_monday, this_monday
from doorstep.hub.records.actions.batching import forget_papers
from doorstep.hub.records.actions.deadlines import warn_of_records
from doorstep.hub.records.actions.presence import ask_who_forgot
from doorstep.hub.records.actions.publishing import note_hung
from doorstep.hub.records.actions.starring import keep_stars
from doorstep.hub.records.actions.watching import watch_all
from doorstep.hub.scheduling.actions.appealing import ask_by_itself, close_appeals
from doorstep.hub.scheduling.actions.exchanging import lapse_exchanges
from doorstep.hub.scheduling.actions.fitness import free_unfit_offers
from doorstep.hub.scheduling.actions.kept_files import sweep_kept
from doorstep.hub.scheduling.actions.offer import lapse_overdue
from doorstep.hub.scheduling.actions.party import settle_parties
from doorstep.hub.scheduling.actions.plan import request_plan
from doorstep.hub.scheduling.actions.reminding import remind
from doorstep.hub.scheduling.actions.sweep import sweep_plans
from doorstep.hub.scheduling.actions.waiting import ask_those_waiting
from doorstep.hub.scheduling.models import Offer, OfferState, Plan, Slot, SlotState
from doorstep.hub.scheduling.queries import open_slots, rhythm_of

from .errands import Errand, manage

log = logging.getLogger(__name__)
MINUTE, HOUR, SIX_HOURS = 60.0, 3600.0, 6 * 3600.0
#: The look over a ledger of many years takes minutes; a share or a mail server that has not answered by then does not answer.
LOOK_WITHIN, PUBLISHED_WITHIN = 3 * HOUR, 5 * MINUTE
#: Hours of the night in which the watch walks.
NIGHT = (2, 3, 4)
WAKING_HOUR = 7


def plan_due_weeks(*, now: datetime | None = None) -> list[Plan]:
    """Asks for the plan of each district whose plan hour has come and that was not planned since; the sweep rings the bell."""
    moment = now or timezone.now()
    monday, asked = next_monday(moment), []
    for place in Place.objects.current().filter(parent=None):
        hour = rhythm_of(place).plan_at(monday)
        made = Plan.objects.filter(week=monday, place=place, created_at__gte=hour).exists()
        if hour <= moment and not made and open_slots(monday, place).exists():
            asked.append(request_plan(by=None, place=place, week=monday))
    return asked


def weeks_over(now: datetime) -> list[tuple[UUID, date]]:
    """Communities and weeks with open slots whose time has gone by, once the district's close time has come."""
    promised = Offer.objects.filter(state=OfferState.ACCEPTED).values("slot_id")
    going = Slot.objects.filter(state__in=(SlotState.OPEN, SlotState.HELD))
    gone = going.filter(week__lte=this_monday(now)).exclude(pk__in=promised).exclude(windows__latest__gte=now)
    return sorted(set(gone.values_list("place_id", "week")), key=lambda pair: (pair[1], str(pair[0])))


def close_due_weeks(*, now: datetime | None = None) -> int:
    """Ends each week that is over; a week is looked at again until nothing in it is open."""
    moment, closed = now or timezone.now(), 0
    for place_id, monday in weeks_over(moment):
        # The place's row is the turnstile: two supervisors on one database never close the same week twice.
        with transaction.atomic():
            place = Place.objects.select_for_update().get(pk=place_id)
            if rhythm_of(place).close_at(monday) <= moment:
                closed += close_week(place=place, monday=monday, now=moment)
    if closed:
        plan_again(now=moment)
    return closed


def plan_again(*, now: datetime) -> list[Plan]:
    """What a closing week hands on comes after the next week's plan: without another run, who waited would not move up."""
    planned = Plan.objects.ready().filter(week__in=(this_monday(now), next_monday(now)), place__parent=None)
    due = {(plan.place, plan.week) for plan in planned.select_related("place")}
    return [request_plan(by=None, place=place, week=week) for place, week in due if open_slots(week, place).exists()]


def ask_who_forgot_this_morning(*, now: datetime | None = None) -> int:
    """Nobody is asked about yesterday's leaving in the middle of the night."""
    moment = now or timezone.now()
    return ask_who_forgot(now=moment) if timezone.localtime(moment).hour >= WAKING_HOUR else 0


def watch_at_night(*, now: datetime | None = None) -> int:
    """Looks through everybody's hours while nobody works; what was typed in by day has been looked at already."""
    moment = now or timezone.now()
    return watch_all(now=moment) if timezone.localtime(moment).hour in NIGHT else 0


def housekeeping() -> None:
    """Drops one-time keys, files of plans, papers of batches, finished queue rows and sessions that nobody can use any more."""
    forget_old_keys()
    sweep_kept()
    forget_papers()
    call_command("prune_db_task_results", min_age_days=7, verbosity=0)
    call_command("clearsessions", verbosity=0)


def errands() -> list[Errand]:
    """The nightly close and look (again and again, so that it is not missed), and the way outside for what was closed."""
    return [
        Errand("the nightly look", manage("errand", "look"), 10 * MINUTE, LOOK_WITHIN),
        Errand("publishing heads", manage("errand", "publish"), HOUR, PUBLISHED_WITHIN, note_hung),
    ]


class Rounds:
    """Called every few seconds; each kind of work has its own pace. A database that is away is tried again next time.

    What may hang or take minutes is an errand: a process of its own that is only looked after here.
    """

    def __init__(self, dead_workers: list[str], errands: Sequence[Errand] = ()) -> None:
        self._dead_workers = dead_workers
        self.errands = errands
        self._next: dict[str, float] = {}

    def __call__(self) -> None:
        close_old_connections()
        self._run("sweep", 0.0, self._sweep)
        self._run("lapse", MINUTE, lapse_overdue)
        self._run("fitness", MINUTE, free_unfit_offers)
        # What frees a seat comes before who is asked for it.
        self._run("parties", 0.0, settle_parties)
        self._run("exchanges", MINUTE, lapse_exchanges)
        self._run("line", 0.0, ask_those_waiting)
        self._run("appeals", MINUTE, close_appeals)
        self._run("three", MINUTE, ask_by_itself)
        self._run("remind", MINUTE, remind)
        self._run("served", MINUTE, close_served)
        self._run("forgotten", MINUTE, ask_who_forgot_this_morning)
        self._run("close", MINUTE, close_due_weeks)
        self._run("consent", MINUTE, heed_withdrawn_consents)
        for errand in self.errands:
            self._run(errand.name, 0.0, errand.tend)
        self._run("plan", MINUTE, plan_due_weeks)
        self._run("watch", HOUR, watch_at_night)
        self._run("records", HOUR, warn_of_records)
        self._run("stars", HOUR, keep_stars)
        self._run("housekeeping", SIX_HOURS, housekeeping)
        close_old_connections()

    def close(self) -> None:
        """At the end of serving: nothing that was begun here goes on."""
        for errand in self.errands:
            errand.close()

    def _sweep(self) -> None:
        seen = list(self._dead_workers)
        sweep_plans(dead_workers=seen)
        for worker in seen:
            self._dead_workers.remove(worker)

    def _run(self, name: str, pace: float, work: Callable[[], object]) -> None:
        now = time.monotonic()
        if now < self._next.get(name, 0.0):
            return
        self._next[name] = now + pace
        try:
            work()
        except Exception:
            # One round that fails must not end the rounds: whatever was wrong may be right a minute later.
            log.exception("%s failed and is tried again", name)
