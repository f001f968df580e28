"""The first page of each role, and the pages that anybody may open."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from doorstep.hub.people.access import demo_sign_in_allowed
from doorstep.hub.people.models import Role
from doorstep.hub.people.queries import demonstration_cast, plain, this_monday
from doorstep.hub.records.queries.presence import words_waited_for
from doorstep.hub.records.queries.stars import waiting_for
from doorstep.hub.web.paging import page_of
from doorstep.hub.web.reading import asked_from, reader_of, signed_in, the_reader
from doorstep.hub.web.templatetags.doorstep import local

from .access import get_district_for, get_public_community, led_communities
from .drawing import lines
from .queries import advice, glance, heat, standing, volunteers, work
from .queries import district as district_queries
from .queries import map as map_queries
from .queries import public as public_queries

#: Where a role begins; the leading role of a person comes first.
FIRST_PAGE = {
    Role.DISTRICT: "overview:district",
    Role.SOCIAL_WORKER: "overview:worklist",
    Role.SPECIALIST: "scheduling:week",
    Role.VOLUNTEER: "scheduling:week",
    Role.PROPERTY: "scheduling:week",
}
MOST_WORDS = 60


def home(request: HttpRequest) -> HttpResponse:
    """What this is, and the way in; who is signed in goes on to the own first page."""
    words = plain(request.GET.get("q", ""))[:MOST_WORDS]
    if reader_of(request) is not None and not words:
        roles = [Role(membership.role) for membership in request.roles]  # type: ignore[attr-defined]
        return redirect(next((FIRST_PAGE[role] for role in roles if role in FIRST_PAGE), "needs:mine"))
    found = public_queries.communities_called(words) if words else []
    doors = demonstration_cast() if reader_of(request) is None and demo_sign_in_allowed(asked_from(request)) else []
    return render(request, "overview/home.html", {"words": words, "found": found, "doors": doors})


def public(request: HttpRequest, slug: str) -> HttpResponse:
    """A community as anybody may see it."""
    place, now = get_public_community(slug), timezone.now()
    if place.standing != place.Standing.CURRENT:
        successors = [row.successor for row in place.successions.select_related("successor")]
        others = [] if successors else public_queries.neighbours(place)
        context = {"place": place, "successors": successors, "neighbours": others, "above": public_queries.phones_above(place)}
        return render(request, "overview/ended.html", context)
    kinds, visits = public_queries.visits_by_category(place, this_monday(now))
    context = {
        "place": place, "now": now, "workers": public_queries.workers_of(place), "kinds": kinds, "visits": visits,
        "told": [row for row in kinds if not row[1].hidden], "untold": [local(kind) for kind, count in kinds if count.hidden],
        "occasions": public_queries.public_occasions(place, now), "counts": public_queries.counts_of(place, now),
        "named": public_queries.named_volunteers(place, timezone.localdate(now)), "former": public_queries.former_names(place),
    }  # fmt: skip
    return render(request, "overview/public.html", context)


@signed_in
def worklist(request: HttpRequest) -> HttpResponseBase:
    """What a social worker does first today; one heap alone, page by page, if the address names it."""
    person, now = the_reader(request), timezone.now()
    places, monday = led_communities(person), this_monday(now)
    plans = glance.newest_plans(places, (monday, monday + timedelta(days=7)))
    planned, rows = {monday, *plans}, standing.standings(places, now)
    asks, odd = places[0].asks_me, sum(place.odd_here for place in places)  # type: ignore[attr-defined]
    data = sum(place.data_here for place in places)  # type: ignore[attr-defined]
    hours = sum(place.hours_here for place in places)  # type: ignore[attr-defined]
    heaps = work.heaps(places, rows, now, planned, asks=asks, words=words_waited_for(places, now), odd=odd, data=data, hours=hours)
    led = glance.led_by(person, now)
    pressing, later = work.counted(heaps, now)
    context = {
        "now": now, "pressing": pressing, "later": later, "weeks": glance.weeks(places, rows, plans, now),
        "days": glance.coming_days(rows, now, planned), "led": led, "idle": led.idle[: glance.IDLE_SHOWN],
    }  # fmt: skip
    chosen = next((heap for heap in heaps if heap.key == request.GET.get("of")), None)
    if chosen is None:
        return render(request, "overview/worklist.html", context | {"heaps": work.first_rows(heaps)})
    page = page_of(request, chosen.rows)
    return render(request, "overview/worklist.html", context | {"chosen": chosen, "rows": page, "tasks": work.told(chosen, list(page))})


@signed_in
def district(request: HttpRequest) -> HttpResponseBase:
    """The district's picture: three sentences, then what they rest on."""
    reader, now = the_reader(request), timezone.now()
    unit, places = get_district_for(reader)
    met = request.GET.get("show") == "met"
    picture = district_queries.picture(places, now, with_met=met)
    months = district_queries.months(unit, places, now)
    skills = district_queries.skills()
    people = volunteers.hands(unit, places, now)
    plan = district_queries.plan_of(unit, picture.monday)
    street = next((street for street in heat.streets_of(places) if str(street.pk) == request.GET.get("street")), None)
    context = {
        "district": unit,
        "picture": picture,
        "months": months,
        "chart": lines([month.share for month in months]),
        "worst": heat.worst(picture.unmet, picture.gaps, skills, places),
        "skilled_gaps": heat.skilled(picture.gaps, skills),
        "hands": people,
        "idle_places": volunteers.idle_places(people, places),
        "evenness": volunteers.evenness(picture.tallies),
        "map": map_queries.map_of(picture.tallies),
        "street": street,
        "met": met,
        "heat": heat.heat_of(picture.met if met else picture.unmet, skills, places, street),
        "plan": plan,
        "advice": advice.advice_on(plan, skills, places),
        "advice_under_way": advice.is_under_way(plan),
        "too_many": volunteers.TOO_MANY,
        "objections": waiting_for(reader),
    }
    return render(request, "overview/district.html", context)
