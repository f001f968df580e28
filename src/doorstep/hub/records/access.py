"""Who may record, approve, review and read hours; every refusal with its sentence."""

from datetime import timedelta
from uuid import UUID

from django.db.models import Case, Q, QuerySet, When
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused
from doorstep.hub.journal.queries import behind_by
from doorstep.hub.people.access import is_district_officer, leads_at, led_places
from doorstep.hub.people.models import Consent, ConsentText, Membership, Person, Place, Role
from doorstep.hub.people.models.place import PlaceQuerySet
from doorstep.hub.scheduling.access import TOLD, choose_place
from doorstep.hub.scheduling.access.calling import calls_roll
from doorstep.hub.scheduling.models import ACTIVE, Offer, Slot

from .models import Anomaly, Correction, DataRequest, Hours
from .refusals import ClockBehind


class NotRecorder(Refused):
    sentence = _("时长由当地社区的社工来记。请联系那边的社工。")


class NotParent(Refused):
    sentence = _("一天超过八小时的，由区里的工作人员看过才算。")


class NotOneself(Refused):
    sentence = _("自己的时长，要由别人来记。请让同事来办。")


class NotTwice(Refused):
    sentence = _("这一步要另一个人来办：填的、看的、批的不能是同一个，也不能是本人。")


class OwnHours(Refused):
    sentence = _("这是别人的时长，只有本人能核对。")


class SaidAlready(Refused):
    sentence = _("这一条刚才已经办过了。请刷新页面看一看。")


class NothingToCorrect(Refused):
    sentence = _("这一条还没有记下，没有可核对、可更正的。")


def require_recorder(by: Person, unit: Place) -> None:
    """The social workers of a community keep its record; the district's staff may too."""
    if not (leads_at(by, unit.pk) or officer_over(by, unit)):
        raise NotRecorder


def require_parent(by: Person, unit: Place) -> None:
    """A long day is reviewed above the community that recorded it."""
    if not officer_over(by, unit):
        raise NotParent


def units_under(person: Person | None) -> QuerySet[Place]:
    """The district of an officer and all of its streets and communities, those that ended too; nothing for everybody else."""
    if person is None:
        return Place.objects.none()
    held = Membership.objects.on(timezone.localdate()).filter(person=person, role=Role.DISTRICT).values("place_id")
    return Place.objects.filter(Q(pk__in=held) | Q(parent__in=held) | Q(parent__parent__in=held))


def officer_over(by: Person | None, unit: Place) -> bool:
    """Works for the district that the unit lies in."""
    return units_under(by).filter(pk=unit.pk).exists()


def hours_visible_to(person: Person | None) -> QuerySet[Hours]:
    """One's own, those of the communities that one leads, and those of the whole district to its officers."""
    if person is None:
        return Hours.objects.none()
    found = Hours.objects.select_related("unit", "slot", "person")
    return found.filter(Q(person=person) | Q(unit__in=led_places(person)) | Q(unit__in=units_under(person)))


def get_hours_for(person: Person | None, hours_id: UUID) -> Hours:
    return get_object_or_404(hours_visible_to(person), pk=hours_id)


def get_own_hours(person: Person | None, hours_id: UUID) -> Hours:
    """What only its owner may answer; a stranger's is answered like none."""
    if person is None:
        raise Http404
    return get_object_or_404(Hours.objects.select_related("unit", "slot", "person"), pk=hours_id, person=person)


def get_recorded_hours(person: Person | None, hours_id: UUID) -> Hours:
    """Hours of a unit whose record one keeps."""
    if person is None or not (led_places(person) or is_district_officer(person)):
        raise Http404
    return get_object_or_404(hours_visible_to(person), pk=hours_id)


def recorded_units(person: Person | None) -> PlaceQuerySet:
    """The communities whose record one keeps, those that ended too; nothing for everybody else."""
    if person is None:
        return Place.objects.none()
    led = Membership.objects.on(timezone.localdate()).filter(person=person, role=Role.SOCIAL_WORKER).values("place_id")
    under = units_under(person).values("pk")
    return Place.objects.filter(Q(pk__in=led) | Q(pk__in=under), kind=Place.Kind.COMMUNITY)


def get_recorded_units(person: Person | None) -> list[Place]:
    """The same; 404 for who keeps none."""
    found = list(recorded_units(person))
    if not found:
        raise Http404
    return found


def get_recorded_unit(person: Person | None, place_id: str = "") -> Place:
    """The asked community of those whose record one keeps, or the first."""
    units = recorded_units(person)
    try:
        found = units.filter(pk=UUID(place_id)).first() if place_id else units.current().first()
    except ValueError:
        found = None
    if found is None:
        raise Http404
    return found


def get_recorded_person(person: Person | None, person_id: UUID) -> Person:
    """Somebody else whose record one keeps: who helps in one's units today, or has hours there."""
    units = recorded_units(person)
    helping = Membership.objects.on(timezone.localdate()).helping().filter(place__in=units).values("person_id")
    served = Hours.objects.filter(unit__in=units, person=person_id).values("person_id")
    found = Person.objects.filter(Q(pk__in=helping) | Q(pk__in=served))
    wanted = found.exclude(pk=person.pk) if person else found
    return get_object_or_404(wanted.select_related("volunteer", "household__community"), pk=person_id)


def get_correction_for(person: Person | None, correction_id: UUID) -> Correction:
    if person is None or not (led_places(person) or is_district_officer(person)):
        raise Http404
    return get_object_or_404(
        Correction.objects.select_related("hours__unit", "hours__person"), pk=correction_id, hours__in=hours_visible_to(person)
    )


# --- what looks odd about hours ------------------------------------------------------------------------------------------------------------


class WithoutWords(Refused):
    field = "words"
    sentence = _("请写一句看的结果：问了谁，怎么回事。")


class OwnDoing(Refused):
    sentence = _("这一条说的是您自己，要由别人来看。")


class OwnHands(Refused):
    sentence = _("这里面有您填的或批的，要由别人来看。")


def require_watcher(by: Person, anomaly: Anomaly) -> None:
    """The unit's social workers and the district look into it; never who is in it."""
    require_recorder(by, anomaly.unit)
    if by.pk in (anomaly.person_id, anomaly.other_id):
        raise OwnDoing
    if typed_or_approved(by, anomaly):
        raise OwnHands


def typed_or_approved(by: Person, anomaly: Anomaly) -> bool:
    """Whether some of these hours were filled in or approved by this very person."""
    return anomaly.hours.filter(Q(entered_by=by) | Q(approved_by=by)).exists()


def anomalies_visible_to(person: Person | None) -> QuerySet[Anomaly]:
    """The district's and those of one's own communities, without what is about oneself; 404 for everybody else."""
    led = led_places(person)
    if person is None or not (led or is_district_officer(person)):
        raise Http404
    found = Anomaly.objects.exclude(Q(person=person) & Q(person__isnull=False)).exclude(Q(other=person) & Q(other__isnull=False))
    found = found.select_related("unit", "person", "other", "handled_by")
    return found.filter(Q(unit__in=led) | Q(unit__in=units_under(person)))


def get_anomaly_for(person: Person | None, anomaly_id: UUID) -> Anomaly:
    return get_object_or_404(anomalies_visible_to(person), pk=anomaly_id)


# --- coming and leaving --------------------------------------------------------------------------------------------------------------


def require_steady_clock() -> None:
    """Raises ClockBehind while the computer's clock is behind the journal's last lines: what is written now would come before what was."""
    if behind_by(timezone.now()):
        raise ClockBehind


#: From so long before an event until so long after it whoever calls its roll sees who is on it.
ROLL_OPEN = timedelta(days=1)


def may_confirm(by: Person, slot: Slot) -> bool:
    """Who says of others that they came: the community's social workers; the district's staff, who keep records in its communities too, for
    where the social worker is away; and at an event whoever she named to call its roll. Nobody of themselves."""
    return leads_at(by, slot.place_id) or calls_roll(by, slot) or officer_over(by, slot.place)


def _confirmed_by(person: Person) -> Q:
    return Q(place__in=led_places(person)) | Q(place__in=units_under(person).values("pk"))


def get_roll_for(person: Person | None, slot_id: UUID) -> Slot:
    """The slot whose roll this person may call; 404 for everybody else, and for who was named once the event is long over."""
    if person is None:
        raise Http404
    now = timezone.now()
    named = Q(caller=person, household=None, signup_at__gt=now - 2 * ROLL_OPEN, signup_at__lt=now + ROLL_OPEN)
    slot = get_object_or_404(
        Slot.objects.filter(_confirmed_by(person) | named).select_related("place__parent__parent", "caller"), pk=slot_id
    )
    if not may_confirm(person, slot):
        raise Http404
    return slot


def get_confirmed_offer(person: Person | None, offer_id: UUID) -> Offer:
    """A promise of somebody of whom this person may say whether they came; 404 for strangers."""
    if person is None:
        raise Http404
    slots = Slot.objects.filter(_confirmed_by(person))
    found = Offer.objects.filter(slot__in=slots).select_related("slot__lead", "slot__place", "slot__household", "person")
    return get_object_or_404(found, pk=offer_id)


def may_be_located(person: Person) -> bool:
    """Whether the phone may say "within reach" or not; never where it is."""
    return Consent.objects.standing().filter(person=person, text__purpose=ConsentText.Purpose.POSITION).exists()


def own_offer_on(person: Person, slot_id: UUID) -> Offer | None:
    """What this person was asked on a slot: the one that stands, else the newest."""
    found = Offer.objects.filter(person=person, slot_id=slot_id, sent_at__isnull=False, state__in=TOLD)
    return found.order_by(Case(When(state__in=ACTIVE, then=0), default=1), "-sent_at").first()


def get_presence_desk(person: Person | None, place_id: str = "") -> Place:
    """The community whose comings this social worker sees, or one of an officer's district; 404 for everybody else."""
    return choose_place(presence_desks(person), place_id)


def presence_desks(person: Person | None) -> list[Place]:
    """One's own communities, or all of them for the district's staff."""
    asked = Q(pk__in=led_places(person)) | Q(pk__in=units_under(person).values("pk"), kind=Place.Kind.COMMUNITY)
    return list(Place.objects.filter(asked).order_by("code", "name"))


# --- what people ask of their own data -------------------------------------------------------------------------------------------------------


def requests_visible_to(person: Person | None) -> QuerySet[DataRequest]:
    """What people ask of their data, for who answers it: the community's social workers and the district; never one's own."""
    led, wide = led_places(person), units_under(person)
    if person is None or not (led or wide.exists()):
        raise Http404
    found = DataRequest.objects.filter(Q(place__in=led) | Q(place__in=wide)).exclude(Q(person=person) & Q(person__isnull=False))
    return found.select_related("person__household__community", "place", "answered_by")


def get_data_request_for(person: Person | None, request_id: UUID) -> DataRequest:
    return get_object_or_404(requests_visible_to(person), pk=request_id)


def get_request_to_copy(person: Person | None, request_id: UUID) -> DataRequest:
    """Whose copy may be made: one's own once it was answered, or, for who has no sign-in name, by who answers and hands it over."""
    kinds = (DataRequest.Kind.SEE, DataRequest.Kind.CARRY)
    if person is None:
        raise Http404
    own = Q(person=person, kind=DataRequest.Kind.CARRY, state=DataRequest.State.DONE)
    if led_places(person) or units_under(person).exists():
        handed = Q(pk__in=requests_visible_to(person).filter(state=DataRequest.State.OPEN, kind__in=kinds).values("pk"))
        return get_object_or_404(
            DataRequest.objects.select_related("place", "person").filter(own | handed, person__isnull=False), pk=request_id
        )
    return get_object_or_404(DataRequest.objects.select_related("place", "person").filter(own), pk=request_id)
