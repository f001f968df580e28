"""The planner's codes as sentences, in the reader's language: why you, why this person, why not yet, and what would change it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from .models import Offer

Facts = Mapping[str, Any]

#: Said to the one who is asked: facts that the person gave or did, nothing of anybody else.
WHY_YOU = {
    "chosen_by_social_worker": gettext_lazy("社工觉得您去最合适"),
}


def for_volunteer(offer: Offer) -> list[str]:
    """Why you, one sentence a reason; what has no sentence for the volunteer is left unsaid."""
    return [str(WHY_YOU[code]) % reason for reason in offer.reasons if (code := reason.get("code")) in WHY_YOU]
