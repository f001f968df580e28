"""The addresses of scheduling: what a volunteer sees, and what a social worker plans."""

from django.urls import URLPattern, path

from .views import announcing, exchange, paper, running, whatif, whynot
from .views import calendar as calendars
from .views import exclusions as kept_away
from .views import offer as plan_offers
from .views import rhythm as rhythms
from .views import signup as signups
from .views import slot as slots
from .views import volunteer as volunteers
from .views import week as weeks

app_name = "scheduling"
#: Every way into an opening and out of its line.
SIGNUP_VERBS = {"take": "sign_up", "learn": "learn", "wait": "join_line", "leave": "leave_line"}
#: The volunteer's own pages.
volunteer: list[URLPattern] = [
    path("week/", volunteers.week, name="week"),
    path("week/read/", volunteers.read_news, name="read_news"),
    path("week/wish/<uuid:slot_id>/", volunteers.wish, name="wish"),
    path("week/why-not/", whynot.why_week, name="why_week"),
    path("week/why-not/<uuid:slot_id>/", whynot.why_not, name="why_not"),
    path("offers/<uuid:offer_id>/", volunteers.offer, name="offer"),
    path("offers/<uuid:offer_id>/accept/", volunteers.accept, name="accept"),
    path("offers/<uuid:offer_id>/decline/", volunteers.decline, name="decline"),
    path("offers/<uuid:offer_id>/cannot-come/", volunteers.cannot_come, name="cannot_come"),
    path("offers/<uuid:offer_id>/stand-in/", exchange.stand_in, name="stand_in"),
    path("signup/", signups.listing, name="openings"),
    path("signup/<uuid:slot_id>/", signups.opening, name="opening"),
    path("signup/<uuid:slot_id>/together/", signups.together, name="sign_up_together"),
    *(path(f"signup/<uuid:slot_id>/{verb}/", signups.act, {"verb": verb}, name=name) for verb, name in SIGNUP_VERBS.items()),
    path("appeals/<uuid:appeal_id>/<str:said>/", exchange.answer_appeal, name="answer_appeal"),
    path("exchanges/<uuid:exchange_id>/", exchange.exchange, name="exchange"),
    path("exchanges/<uuid:exchange_id>/swap/", exchange.swap, name="swap"),
    path("exchanges/<uuid:exchange_id>/<str:said>/", exchange.answer_exchange, name="answer_exchange"),
    path("calendar/", calendars.calendar, name="calendar"),
    path("calendar/address/", calendars.make_address, name="calendar_address"),
    path("calendar/stop/", calendars.stop, name="calendar_stop"),
    path("calendar/<str:secret>.ics", calendars.feed, name="calendar_feed"),
    path("availability/", volunteers.availability, name="availability"),
]
#: The social worker's and the district's pages.
planning: list[URLPattern] = [
    path("plan/", weeks.plan, name="plan"),
    path("plan/send/", weeks.send, name="send_week"),
    path("plan/make/", weeks.make, name="make"),
    path("plan/<uuid:plan_id>/progress/", running.progress, name="progress"),
    path("plan/<uuid:plan_id>/stop/", running.stop, name="stop"),
    path("plan/<uuid:plan_id>/recheck/", running.recheck, name="recheck"),
    path("plan/<uuid:plan_id>/<str:which>.json", running.plan_file, name="plan_file"),
    path("plan/slots/<uuid:slot_id>/", slots.slot, name="slot"),
    path("plan/slots/<uuid:slot_id>/best/", slots.best, name="best"),
    path("plan/slots/<uuid:slot_id>/ask/", slots.ask, name="ask"),
    path("plan/slots/<uuid:slot_id>/move/", slots.move, name="move"),
    path("plan/slots/<uuid:slot_id>/home/", slots.home, name="home"),
    path("plan/slots/<uuid:slot_id>/what-if/", whatif.what_if, name="what_if"),
    path("plan/slots/<uuid:slot_id>/what-if/<str:do>/", whatif.decide, name="decide"),
    path("plan/slots/<uuid:slot_id>/seats/<uuid:seat_id>/", slots.change, name="change"),
    path("plan/slots/<uuid:slot_id>/not-asked/<uuid:person_id>/lift/", kept_away.lift_of_slot, name="lift_refusal"),
    path("plan/slots/<uuid:slot_id>/activity/", announcing.activity, name="activity"),
    path("plan/slots/<uuid:slot_id>/three/", announcing.three, name="ask_three"),
    path("plan/slots/<uuid:slot_id>/signup/<str:verb>/", announcing.desk, name="signup_desk"),
    path("plan/slots/<uuid:slot_id>/<str:verb>/", slots.act_on_slot, name="act_on_slot"),
    path("plan/offers/<uuid:offer_id>/said/<str:said>/", plan_offers.answer, name="answer"),
    path("plan/offers/<uuid:offer_id>/<str:verb>/", plan_offers.act_on_offer, name="act_on_offer"),
    path("plan/events/new/", announcing.new_event, name="announce"),
    path("plan/exchanges/<uuid:exchange_id>/object/", announcing.objection, name="object_exchange"),
    path("plan/calls/", paper.calls, name="calls"),
    path("plan/duty/", paper.duty, name="duty"),
    path("homes/<uuid:household_id>/kept-away/", kept_away.exclusions, name="exclusions"),
    path("homes/<uuid:household_id>/kept-away/add/", kept_away.add, name="exclude"),
    path("homes/<uuid:household_id>/kept-away/<uuid:person_id>/lift/", kept_away.lift, name="lift_exclusion"),
    path("rhythm/", rhythms.rhythm, name="rhythm"),
]
urlpatterns = [*volunteer, *planning]
