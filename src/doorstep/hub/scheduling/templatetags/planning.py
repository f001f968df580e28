"""What the plan's pages say about a person, a gap and a figure."""

from math import ceil
from typing import Any

from django import template

from ..best import Candidate, Short
from ..board import SlotLine
from ..failing import failure_words, fault_words, to_mend
from ..models import Offer, Plan
from ..proofs import is_loose, left_to_gain
from ..wording import (
    ask_words,
    begins_words,
    candidate_chips,
    candidate_sentence,
    gap_words,
    place_in_week_words,
    seat_words,
    short_mark,
    way_words,
    why_words,
)

register = template.Library()


@register.filter
def chips(candidate: Candidate) -> list[str]:
    return candidate_chips(candidate)


@register.filter
def failure(plan: Plan) -> str:
    """Why there is no plan, and what to do now."""
    return failure_words(plan)


@register.filter
def to_open(plan: Plan) -> list[dict[str, Any]]:
    """The visits to be mended before the week can be planned."""
    return to_mend(plan)


@register.filter
def faults(plan: Plan) -> str:
    """What the last check found wrong."""
    return fault_words(plan)


@register.filter
def sentence(candidate: Candidate) -> str:
    return candidate_sentence(candidate)


@register.filter
def way(candidate: Candidate) -> str:
    return way_words(candidate)


@register.filter
def question(candidate: Candidate) -> str:
    return ask_words(candidate)


@register.filter
def mark(short: Short) -> str:
    return short_mark(short)


@register.filter
def why_left_out(line: SlotLine) -> str:
    """Why the plan found nobody, in one sentence."""
    return gap_words(line)


@register.filter
def why_them(offer: Offer) -> list[str]:
    """Why this person, the strongest reason first."""
    return why_words(offer)


@register.filter
def wanted(seat: Any) -> str:
    """What a seat asks for, in one phrase."""
    return seat_words(seat)


@register.filter
def begins(line: SlotLine) -> str:
    """12月2日 周三 9:00, or from when on while nobody is found."""
    return begins_words(line)


@register.filter
def takes_place(line: SlotLine) -> str:
    """12月2日 周三 9:00–10:00, or between when it may start while nobody is found."""
    return place_in_week_words(line)


@register.filter
def points(value: float | None) -> str:
    """3,412.6."""
    return "" if value is None else f"{value:,.1f}"


@register.filter
def share(plan: Plan) -> str:
    """The gap in per cent: 0.19%; never rounded down to a proof that was not made."""
    if plan.gap is None:
        return ""
    return "0%" if plan.optimal or plan.gap == 0 else f"{max(plan.gap * 100, 0.01):.2f}%"


@register.filter
def rest(plan: Plan) -> str:
    """Points that a better plan could have at most, without what was given up; rounded up, so that no proof is claimed that was not made."""
    return f"{max(ceil(left_to_gain(plan) * 10), 1) / 10:,.1f}"


@register.filter
def plain(number: float) -> str:
    """1 for 1.0, 0.5 for 0.5."""
    return f"{number:g}"


@register.filter
def loose(plan: Plan) -> bool:
    """Whether the bound is still too far off to say how good the plan is."""
    return is_loose(plan)


@register.filter
def reached(plan: Plan) -> str:
    """The width of the proof's bar."""
    return "100%" if plan.optimal else f"{max(0.0, 1 - (plan.gap or 0)) * 100:.2f}%"
