"""Installing the words that every installation starts with; running it again changes nothing."""

from django.db import transaction

from ..models import ConsentText, Installation, NationalCategory, ServiceCategory, Skill
from ..vocabulary import CATEGORIES, CONSENTS, NATIONAL, SKILLS

#: What a skill was called in English before; who never changed it gets the better word.
RENAMED = {"company": "Company", "patrol": "Rounds"}


@transaction.atomic
def install_vocabulary() -> None:
    """Adds what is missing; what a district has renamed stays as it is."""
    for code, name, name_en in NATIONAL:
        NationalCategory.objects.get_or_create(code=code, defaults={"name": name, "name_en": name_en})
    for order, (code, name, name_en, national) in enumerate(CATEGORIES):
        category, is_new = ServiceCategory.objects.get_or_create(code=code, defaults={"name": name, "name_en": name_en, "order": order})
        if is_new:
            category.national.set(NationalCategory.objects.filter(code__in=national))
    for code, name, name_en, professional in SKILLS:
        skill, is_new = Skill.objects.get_or_create(code=code, defaults={"name": name, "name_en": name_en, "professional": professional})
        if not is_new and skill.name_en == RENAMED.get(code):
            Skill.objects.filter(pk=skill.pk).update(name_en=name_en)
    for purpose, version, text, text_en in CONSENTS:
        ConsentText.objects.get_or_create(purpose=purpose, version=version, defaults={"text": text, "text_en": text_en})
    Installation.objects.get_or_create(id=1)


@transaction.atomic
def mark_demonstration(*, seed: int, size: str) -> None:
    """Marks the database as a demonstration: no real person is in it, and one-click sign-in may be offered on loopback."""
    Installation.objects.update_or_create(id=1, defaults={"demonstration": True, "seed": seed, "size": size})
