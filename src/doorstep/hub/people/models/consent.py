"""What a person agreed to, in which words, through which channel, and whether it still stands."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.models import Identified

from .person import Person


class ConsentText(models.Model):
    """The words agreed to; a change of words is a new version, never an edit."""

    class Purpose(models.TextChoices):
        SERVICE = "service", _("为办这件事使用信息")
        PROXY = "proxy", _("请别人代为提出")
        HEALTH = "health", _("使用健康或残疾情况")
        MINOR = "minor", _("未成年人参加志愿服务")
        PUBLICATION = "publication", _("公开姓名或故事")
        CERTIFICATE = "certificate", _("把志愿服务证明交给学校或单位")
        POSITION = "position", _("签到时手机说一声在不在附近")

    purpose = models.CharField(max_length=15, choices=Purpose.choices)
    version = models.PositiveSmallIntegerField()
    text = models.TextField()
    text_en = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["purpose", "version"], name="one_text_a_version")]


class ConsentQuerySet(models.QuerySet["Consent"]):
    def standing(self) -> "ConsentQuerySet":
        return self.filter(withdrawn_at=None)


class Consent(Identified):
    class Channel(models.TextChoices):
        WEB = "web", _("网上")
        PHONE = "phone", _("电话")
        IN_PERSON = "in_person", _("当面")
        PAPER = "paper", _("纸面")

    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="consents")
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    channel = models.CharField(max_length=10, choices=Channel.choices)
    given_by_name = models.CharField(max_length=40, blank=True, help_text="who spoke for the person, if not the person")
    relation = models.CharField(max_length=20, blank=True)
    witness = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    objects = ConsentQuerySet.as_manager()
