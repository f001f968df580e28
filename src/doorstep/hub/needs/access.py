"""Who may read a need: who asked, whose need it is, and the social workers of the community."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused
from doorstep.hub.people.access import led_places
from doorstep.hub.people.models import Person, Place
from doorstep.hub.scheduling.access import get_led_slot_for
from doorstep.hub.scheduling.models import Slot

from .models import Need


class NoWayToReach(Refused):
    sentence = _("请留一个电话，或者写明找谁转告。不然社工没法给您回话。")


class TooManyAsks(Refused):
    sentence = _(
        "从这里一小时里交的事太多了，请先等一等，您写的都还在。着急请打社区电话 %(phone)s，或者把纸表交到社区；不急就过一小时再交。"
    )

    def __init__(self, phone: str) -> None:
        super().__init__(" ".join((str(self.sentence) % {"phone": phone}).split()))


class NoConsent(Refused):
    sentence = _("请先勾上“同意”。没有同意，社工不能看这些内容。")


class AlreadyChecked(Refused):
    sentence = _("这件事已经有社工处理了。请看它现在的情况。")


class NoHousehold(Refused):
    sentence = _("还没对上是哪一户。请先选住户，再去找人。")


class NotYourMatter(Refused):
    sentence = _("这件事只能由本人、替本人来说的人，或本社区的社工来改。要改请打社区电话。")


class NobodyYet(Refused):
    sentence = _("还没有人可以定下来。找到了人，我们先来问您。")


class ArrangedAlready(Refused):
    sentence = _("这件事已经又约好了时间。请看最新的安排。")


class VisitClosed(Refused):
    sentence = _("这一次已经办完或者取消了，不用再记。请看最新的安排；还要人帮忙，请再说一次。")


class NobodyPromised(Refused):
    sentence = _("这一次没有人答应过要来，所以没有可记的。请看最新的安排；有急事请打社区电话。")


class NotDoneYet(Refused):
    sentence = _("这件事还没有办完，现在说不了。办完了再来说。")


class ToldAlready(Refused):
    sentence = _("这件事办得怎样，您已经说过了。还有话，请打社区电话。")


class NotExpected(Refused):
    sentence = _("这个人已经不来了。请看最新的安排。")


def speaks_for(person: Person | None, need: Need) -> bool:
    """Whether it is the person's own matter, or one that she brought for somebody else."""
    return person is not None and person.pk in (need.resident_id, need.asked_by_id)


def require_voice(person: Person, need: Need) -> None:
    """The home itself, or a social worker of its community who takes down what the home said."""
    if not speaks_for(person, need) and need.community_id not in led_places(person):
        raise NotYourMatter


def knows_home(person: Person | None, need: Need) -> bool:
    """Whose matter it is, and the social workers of the community; a neighbour who asked knows what she wrote herself."""
    return person is not None and (person.pk == need.resident_id or need.community_id in led_places(person))


def needs_led_by(person: Person | None) -> QuerySet[Need]:
    """What a social worker may read: the needs of her communities, as long as the home agrees to it."""
    return Need.objects.filter(consent__withdrawn_at=None, community_id__in=led_places(person))


def needs_visible_to(person: Person | None) -> QuerySet[Need]:
    if person is None:
        return Need.objects.none()
    own = Q(resident=person) | Q(asked_by=person)
    return Need.objects.filter(own | Q(consent__withdrawn_at=None, community_id__in=led_places(person)))


def _first(found: QuerySet[Need], need_id: UUID) -> Need:
    whole = found.select_related(
        "community__parent__parent", "household__building", "resident", "category", "checked_by", "asked_by", "consent"
    )
    need = whole.filter(id=need_id).first()
    if need is None:
        raise Http404
    return need


def get_need_for(person: Person | None, need_id: UUID) -> Need:
    return _first(needs_visible_to(person), need_id)


def get_need_just_asked(need_id: UUID, asked_here: list[str]) -> Need:
    """A visitor's own need, in the browser in which it was asked."""
    if str(need_id) not in asked_here:
        raise Http404
    need = Need.objects.select_related("community__parent__parent").filter(id=need_id).first()
    if need is None:
        raise Http404
    return need


def get_desks_for(person: Person | None, place_id: str = "") -> tuple[list[Place], list[Place]]:
    """The communities whose needs the person works through, and those of them that the page asks for: one by its id, else all.

    The district office sees figures, never what one home has said.
    """
    places = list(Place.objects.communities().filter(id__in=led_places(person)).order_by("code", "name"))
    chosen = [place for place in places if not place_id or str(place.pk) == place_id]
    if not chosen:
        raise Http404
    return places, chosen


def get_led_need_for(person: Person | None, need_id: UUID) -> Need:
    """The need, for a social worker of its community only; 404 too once the home has taken its consent back."""
    return _first(needs_led_by(person), need_id)


def get_occasion_for(person: Person | None, slot_id: UUID) -> tuple[Need, Slot]:
    """The need and its slot that a social worker follows up."""
    slot = get_led_slot_for(person, slot_id)
    need = Need.objects.filter(occasions__slot=slot).first()
    if need is None:
        raise Http404
    return get_led_need_for(person, need.pk), slot
