"""The visible path from support to skilled: what is there, what is missing, and what to do next."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from .models import Clearance, Credential, Person, VolunteerProfile
from .queries import age_in_years, today

ADULT = 18
SOON = timedelta(days=60)


class Step(NamedTuple):
    """One condition: how it stands (ok, wait, gap), its name, and what to do."""

    state: str
    title: Any
    sentence: Any


class Shown(NamedTuple):
    """A credential as a person reads it."""

    credential: Credential
    state: str
    word: Any


def shown(credential: Credential, day: date | None = None) -> Shown:
    """Verified, waiting for somebody to look, about to end, or over."""
    day = day or today()
    if credential.verified_on is None:
        return Shown(credential, "wait", _("等社工核验"))
    if credential.expires_on and credential.expires_on < day:
        return Shown(credential, "gap", _("过期了"))
    if credential.expires_on and credential.expires_on <= day + SOON:
        return Shown(credential, "wait", _("快到期"))
    return Shown(credential, "ok", _("已核验"))


def standing(person: Person) -> list[Shown]:
    """The person's skills, what is wrong first."""
    return in_order(list(person.credentials.filter(revoked_on=None).select_related("skill", "verified_by")))


def in_order(credentials: list[Credential]) -> list[Shown]:
    order = {"gap": 0, "wait": 1, "ok": 2}
    rows = (shown(row) for row in credentials if row.revoked_on is None)
    return sorted(rows, key=lambda row: (order[row.state], row.credential.skill.code))


def newest_clearance(person: Person) -> Clearance | None:
    return person.clearances.order_by("-checked_on", "-expires_on").first()


def path_to_skilled(profile: VolunteerProfile, skills: list[Shown]) -> list[Step]:
    """The conditions for skilled work; a social worker opens it when all of them are met."""
    age = age_in_years(profile.person.birth_date)
    professional = [row for row in skills if row.credential.skill.professional]
    verified = any(row.credential.verified_on and row.word != _("过期了") for row in professional)
    return [
        Step("ok", _("年满 18 岁"), "") if age is None or age >= ADULT else Step("wait", _("年满 18 岁"), _("先在支持型里积累，满了再说。")),
        Step("ok", _("一项核验过的专业证"), "") if verified
        else Step("wait" if professional else "gap", _("一项核验过的专业证"), _("把证的原件带给社工看一眼；还没有证，先问社工哪门课要人。")),
        Step("ok", _("签过保密承诺"), "") if profile.confidential_since
        else Step("gap", _("签过保密承诺"), _("家事、纠纷不外传。到社区当面签一张，社工记下日期。")),
    ]  # fmt: skip
