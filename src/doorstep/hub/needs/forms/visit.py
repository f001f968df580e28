"""The follow-up: who was there, and who says so."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from doorstep.hub.records.models import Attendance
from doorstep.hub.scheduling.models import Offer
from doorstep.hub.web.forms import KindForm
from doorstep.hub.web.templatetags.doorstep import clock

from .ask import HEARD


def seen(offer: Offer) -> str:
    """What is known already of the person's coming and leaving, for whoever asks the home."""
    presence = getattr(offer, "presence", None)
    if presence is None or presence.came_at is None:
        return ""
    said = _("%(time)s 到（%(how)s）") % {"time": clock(presence.came_at), "how": presence.get_came_how_display()}
    if presence.left_at is None:
        return str(said)
    return str(
        _("%(came)s，%(time)s 走（%(how)s）") % {"came": said, "time": clock(presence.left_at), "how": presence.get_left_how_display()}
    )


class VisitForm(KindForm):
    """One answer for each promised person, in the home's words."""

    use_required_attribute = False

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    channel = forms.ChoiceField(
        label=_("怎么问到的"), widget=forms.RadioSelect,
        choices=HEARD,
        error_messages={"required": _("请点一下是怎么问到的。")},
    )  # fmt: skip
    words = forms.CharField(label=_("家里怎么说"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, offers: Iterable[Offer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offers = {f"outcome_{offer.pk.hex}": offer for offer in offers}
        for name, offer in self.offers.items():
            self.fields[name] = forms.ChoiceField(
                label=_("%(name)s去了没有") % {"name": offer.person.name}, choices=Attendance.Outcome.choices, widget=forms.RadioSelect,
                help_text=seen(offer),
                error_messages={"required": _("请点一下他去了没有。")},
            )  # fmt: skip
        self.order_fields([*self.offers, "channel", "words"])

    def asked(self) -> list[forms.BoundField]:
        return [self[name] for name in self.offers]

    def outcomes(self) -> dict[Offer, str]:
        return {offer: self.cleaned_data[name] for name, offer in self.offers.items()}
