"""Writes on skills that somebody says of himself; until another has verified them they count for nothing."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused
from doorstep.hub.journal.actions import record

from ..models import Credential, Person, Skill


class SkillStandsAlready(Refused):
    field = "skill"
    sentence = _("这一项已经写着了。证换了新的，请带给社工核验。")


@transaction.atomic
def claim_skill(*, person: Person, skill: Skill, evidence: str) -> Credential:
    """The person says "I can do this"; a social worker will look at the evidence."""
    if Credential.objects.filter(person=person, skill=skill, revoked_on=None).exists():
        raise SkillStandsAlready
    try:
        with transaction.atomic():
            claimed = Credential.objects.create(person=person, skill=skill, level=1, evidence=evidence)
    except IntegrityError:
        raise SkillStandsAlready from None
    record(actor_id=person.pk, verb="claim_skill", subject=person, detail={"skill": skill.code})
    return claimed
