"""What a social worker does with one offer: send, hold, pin, withdraw, and take down what the person or the home said."""

from collections.abc import Callable
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from doorstep.hub.journal.access import Refused
from doorstep.hub.web.acting import press, safe_next
from doorstep.hub.web.reading import signed_in, the_reader

from ..access import get_led_offer_for
from ..actions import offer as offers
from ..actions.arranging import asked_aloud
from ..actions.exclusion import home_says_no, rule_out_for_home
from ..actions.slot import exclude, forbid
from ..forms.planning import AnswerForm
from ..models import OfferState
from .slot import page_of_slot


@require_POST
@signed_in
def act_on_offer(request: HttpRequest, offer_id: UUID, verb: str) -> HttpResponse:
    """One button beside a name."""
    reader = the_reader(request)
    offer = get_led_offer_for(reader, offer_id)

    def never_again() -> None:
        if offer.slot.household is None:
            raise Refused
        rule_out_for_home(by=reader, slot=offer.slot, person=offer.person)
        exclude(by=reader, person=offer.person, household=offer.slot.household)

    acts: dict[str, tuple[Callable[[], object], str]] = {
        "send": (lambda: offers.send_offer(by=reader, offer=offer), _("发出去了，等回话。没有回话就不算答应。")),
        "hold": (lambda: offers.hold_offer(by=reader, offer=offer, held=True), _("先不发这一份。")),
        "release": (lambda: offers.hold_offer(by=reader, offer=offer, held=False), _("又和别的一起等发出。")),
        "pin": (lambda: offers.pin(by=reader, offer=offer, pinned=True), _("固定了，重排时不动。")),
        "unpin": (lambda: offers.pin(by=reader, offer=offer, pinned=False), _("松开了，重排时可以换。")),
        "withdraw": (lambda: offers.withdraw_offer(by=reader, offer=offer), _("收回了。问过的人已经告诉了。")),
        "forbid": (lambda: forbid(by=reader, slot=offer.slot, person=offer.person), _("记下了：这一件不再请。位子空出来了。")),
        "exclude": (never_again, _("记下了：以后不再请去这一家。")),
    }
    if verb not in acts:
        raise Http404
    act, done = acts[verb]

    def once() -> None:
        act()

    return press(request, once, back=safe_next(request, page_of_slot(offer.slot)), done=done)


@require_POST
@signed_in
def answer(request: HttpRequest, offer_id: UUID, said: str) -> HttpResponse:
    """Yes, no, cannot come after all, or the home's no: who took it down, through which channel and when is kept."""
    reader = the_reader(request)
    offer = get_led_offer_for(reader, offer_id)
    form = AnswerForm(request.POST)

    def act() -> None:
        form.check()
        channel, at = form.cleaned_data["channel"], form.cleaned_data["at"]
        if offer.state in (OfferState.PROPOSED, OfferState.HELD) and said in ("yes", "no"):
            asked_aloud(by=reader, offer=offer, goes=said == "yes", channel=channel, now=at)
        elif said == "yes":
            offers.accept(by=reader, offer=offer, channel=channel, now=at)
        elif said == "no":
            offers.decline(by=reader, offer=offer, channel=channel, now=at)
        elif said == "cannot":
            offers.cannot_come(by=reader, offer=offer, channel=channel, now=at)
        else:
            home_says_no(by=reader, offer=offer, channel=channel, never_again=request.POST.get("never") == "1", now=at)

    words = {
        "yes": _("记下了：答应去。请再和家里说一声。"), "no": _("记下了：这次不去。位子空出来了。"),
        "cannot": _("记下了：来不了。位子空出来了，请补人。"), "home_no": _("记下了：家里要换人。位子空出来了。"),
    }  # fmt: skip
    if said not in words:
        raise Http404
    return press(request, act, back=safe_next(request, page_of_slot(offer.slot)), done=words[said])
