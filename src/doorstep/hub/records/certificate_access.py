"""Who may issue, see, print, share and revoke certificates, and what the public may ask; every refusal with its sentence."""

import re
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused
from doorstep.hub.people.access import leads_at
from doorstep.hub.people.models import Person, Place

from .access import officer_over, recorded_units
from .models import Batch, BatchMember, Certificate, Hours

#: Letters of a number: none that looks like another (Crockford).
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOOKALIKES = str.maketrans("OIL", "011")
NUMBER = re.compile(rf"([0-9]{{4}})([{ALPHABET}]{{8}})")


class NotIssuer(Refused):
    sentence = _("证明由记录的社区来开，或者由本人自己开。请联系那边的社工。")


class NothingToCertify(Refused):
    sentence = _("这段时间里，这个社区还没有记下的服务时长。请换一段日子；时长还在等人批的，批了再开。")


class PeriodInFuture(Refused):
    field = "end"
    sentence = _("还没到的日子开不了证明。请把“到哪天”改成今天或以前。")


class RecordsDiffer(Refused):
    sentence = _("记录和账本对不上，证明先不能开。请告诉区里的工作人员，查清楚再开；不是您的错。")


class NoSealYet(Refused):
    sentence = _("这个社区还没有放上印章。不盖章的证明一样有效，扫码就能核对。")


class RevokedAlready(Refused):
    sentence = _("这张证明已经撤销了。")


class NameChanged(Refused):
    sentence = _("姓名和开证明时不一样了，这张印出来会对不上。请按现在的姓名重开一张。")


class NotAPicture(Refused):
    field = "image"
    sentence = _("印章要一张 PNG 图片，不超过 200 KB，边长 100 到 2000 点，四周透明的最好。")


class NotAskedAny(Refused):
    sentence = _("这一批里没有问您，或者已经收回了。请刷新页面看一看。")


class NobodyAgreed(Refused):
    sentence = _("还没有人同意，开不了。请先等本人答复。")


class UnderAge(Refused):
    sentence = _("未满 18 岁要监护人同意。请监护人到社区填一张同意书，由社工记下。")


class StandsStill(Refused):
    sentence = _("这一步现在做不了：这一批刚才有了变化。请刷新页面看一看。")


def may_keep(by: Person | None, unit: Place) -> bool:
    """The social workers of a unit and the district's staff keep its certificates."""
    return by is not None and (leads_at(by, unit.pk) or officer_over(by, unit))


def require_keeper(by: Person, unit: Place) -> None:
    if not may_keep(by, unit):
        raise NotIssuer


def require_issuer(by: Person, person: Person, unit: Place) -> None:
    """Oneself, for free and at once; the social workers of the unit and the district on request."""
    if by.pk != person.pk:
        require_keeper(by, unit)


def certificates_visible_to(person: Person | None) -> QuerySet[Certificate]:
    """One's own, and those of the units whose record one keeps."""
    if person is None:
        return Certificate.objects.none()
    found = Certificate.objects.select_related("unit__parent__parent", "person__volunteer", "issued_by", "unit__seal")
    return found.filter(Q(person=person) | Q(unit__in=recorded_units(person)))


def get_certificate_for(person: Person | None, certificate_id: UUID) -> Certificate:
    return get_object_or_404(certificates_visible_to(person), pk=certificate_id)


def get_own_certificate(person: Person | None, certificate_id: UUID) -> Certificate:
    if person is None:
        raise Http404
    return get_object_or_404(certificates_visible_to(person), pk=certificate_id, person=person)


def get_kept_certificate(person: Person | None, certificate_id: UUID) -> Certificate:
    """One that its unit may revoke: never one's own."""
    found = get_certificate_for(person, certificate_id)
    if not may_keep(person, found.unit) or (person is not None and found.person_id == person.pk):
        raise Http404
    return found


def holders_for(by: Person | None) -> QuerySet[Person]:
    """Whoever has hours in the units whose record one keeps, oneself left out."""
    if by is None:
        return Person.objects.none()
    hours = Hours.objects.standing().filter(unit__in=recorded_units(by)).exclude(person=None)
    return Person.objects.filter(pk__in=hours.values("person_id")).exclude(pk=by.pk)


def get_holder_for(by: Person | None, person_id: UUID) -> Person:
    return get_object_or_404(holders_for(by), pk=person_id)


def plain_number(text: str) -> str:
    """A number as it is stored, however it was typed: 2026-7k3f 9qxm, o for 0; empty if it cannot be one."""
    packed = re.sub(r"[\s\-—_.·/]+", "", text.upper()).translate(LOOKALIKES)
    found = NUMBER.fullmatch(packed)
    return f"{found[1]}-{found[2][:4]}-{found[2][4:]}" if found else ""


def certificate_called(text: str) -> Certificate | None:
    """For everybody who holds a number in the hand: the certificate, of which the page tells only what may be told."""
    every = Certificate.objects.select_related("unit", "person")
    if number := plain_number(text):
        return every.filter(number=number).first()
    try:
        return every.filter(pk=UUID(text.strip().removeprefix("urn:uuid:"))).first()
    except ValueError:
        return None


def batches_for(person: Person | None) -> QuerySet[Batch]:
    if person is None:
        return Batch.objects.none()
    return Batch.objects.select_related("unit", "made_by").filter(unit__in=recorded_units(person))


def get_batch_for(person: Person | None, batch_id: UUID) -> Batch:
    return get_object_or_404(batches_for(person), pk=batch_id)


def get_batch_member(person: Person | None, batch_id: UUID) -> BatchMember:
    """The place of the reader in a batch; for everybody else there is none."""
    if person is None:
        raise Http404
    return get_object_or_404(BatchMember.objects.select_related("batch__unit", "consent", "person"), batch=batch_id, person=person)


def get_member_for(person: Person | None, member_id: UUID) -> BatchMember:
    found = get_object_or_404(BatchMember.objects.select_related("batch__unit", "consent", "person"), pk=member_id)
    get_batch_for(person, found.batch_id)
    return found
