"""The rest of the basic block of a record: the area of residence, and the number that the national system has given."""

import re
from collections.abc import Sequence
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused, Stale, check_version
from doorstep.hub.journal.actions import record

from ..models import Person, Place, VolunteerProfile
from .person import OwnWork, own_residence

#: The form of the national number is nowhere published (MZ/T 061-2015 only says that it exists): letters, figures and dashes are taken.
NUMBER = re.compile(r"[0-9A-Z][0-9A-Z-]{3,19}").fullmatch
WEIGHTS, CHECKS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"


class NoNationalNumber(Refused):
    field = "national_no"
    sentence = _("全国志愿者编号是 4 到 20 位的数字、字母或短横。请照系统里的再抄一遍。")


class IdentityNumber(Refused):
    field = "national_no"
    sentence = _("这像是身份证号，不能当编号用，这里也不存。请填全国系统给的志愿者编号。")


class NumberTaken(Refused):
    field = "national_no"
    sentence = _("这个编号已经记在另一位志愿者名下了。请对一对是不是抄错了人。")


class NoVolunteer(Refused):
    sentence = _("这位刚刚不是志愿者了。请刷新页面，把这一行删掉再来。")


def national_number(words: str) -> str | None:
    """A number as it is stored, None for none; raises what is wrong with it."""
    number = words.strip().upper().replace(" ", "")
    if not number:
        return None
    if not NUMBER(number):
        raise NoNationalNumber
    if _is_identity(number):
        raise IdentityNumber
    return number


def _is_identity(number: str) -> bool:
    """Eighteen figures with a birth date and the right check figure (GB 11643)."""
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return False
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return CHECKS[sum(int(one) * weight for one, weight in zip(number, WEIGHTS, strict=False)) % 11] == number[17]


@transaction.atomic
def change_basic(
    *, by: Person, profile: VolunteerProfile, place: Place, residence: str, national_no: str | None, seen: int | None = None
) -> None:
    """As the social worker read it on the papers or in the national system."""
    if by.pk == profile.person_id:
        raise OwnWork
    number = national_number(national_no or "")
    check_version(profile.version, seen)
    Person.objects.filter(pk=profile.person_id).update(residence=own_residence(profile.person, residence))
    _give(profile, number)
    detail = {"national_no": bool(number), "residence": bool(residence.strip())}
    record(actor_id=by.pk, verb="change_basic", subject=profile.person, place_id=place.pk, detail=detail)


@transaction.atomic
def give_national_numbers(*, by: Person, place: Place, rows: Sequence[tuple[Person, str]]) -> int:
    """The numbers of a list that the national system gave: all or none, whoever had one of them before the list."""
    if any(by.pk == person.pk for person, _words in rows):
        raise OwnWork
    wanted = VolunteerProfile.objects.select_for_update().filter(person__in=[person for person, _words in rows])
    profiles = {profile.person_id: profile for profile in wanted.order_by("pk")}
    # Two who change their numbers by one list stand in nobody's way.
    VolunteerProfile.objects.filter(pk__in=[profile.pk for profile in profiles.values()]).update(national_no=None)
    for person, words in rows:
        try:
            if person.pk not in profiles:
                raise NoVolunteer
            _give(profiles[person.pk], national_number(words))
        except Refused as refusal:
            raise type(refusal)(gettext("%(name)s：%(why)s") % {"name": person.name, "why": refusal.sentence}) from refusal
    record(actor_id=by.pk, verb="give_national_numbers", subject=place, place_id=place.pk, detail={"people": len(rows)})
    return len(rows)


def _give(profile: VolunteerProfile, number: str | None) -> None:
    """Two editors of one page: the second is told; two people with one number: the later is."""
    if number and VolunteerProfile.objects.filter(national_no=number).exclude(pk=profile.pk).exists():
        raise NumberTaken
    try:
        # Two may both have found it free a moment ago.
        with transaction.atomic():
            own = VolunteerProfile.objects.filter(pk=profile.pk, version=profile.version)
            changed = own.update(national_no=number, version=F("version") + 1)
    except IntegrityError:
        raise NumberTaken from None
    if not changed:
        raise Stale
