"""What residents ask for, in their own words, and what became of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.models import Identified
from doorstep.hub.people.models import Consent, Household, Person, Place, ServiceCategory
from doorstep.hub.scheduling.models import Channel, Slot


class NeedState(models.TextChoices):
    NEW = "new", _("等社工核实")
    CHECKED = "checked", _("已核实，在找人")
    REFERRED = "referred", _("已转到别处")
    DONE = "done", _("已办完")
    UNMET = "unmet", _("没办成")
    CANCELLED = "cancelled", _("已撤回")


class NeedQuerySet(models.QuerySet["Need"]):
    def waiting(self) -> "NeedQuerySet":
        return self.filter(state=NeedState.NEW)

    def in_community(self, place: Place) -> "NeedQuerySet":
        return self.filter(community=place)


class Need(Identified):
    class For(models.TextChoices):
        SELF = "self", _("我自己")
        FAMILY = "family", _("家里人")
        NEIGHBOUR = "neighbour", _("邻居")

    class Referral(models.TextChoices):
        HOTLINE_12345 = "12345", _("12345 热线")
        POLICE = "110", _("110 报警")
        AMBULANCE = "120", _("120 急救")
        LEGAL_AID = "legal_aid", _("法律援助中心")
        HOSPITAL = "hospital", _("医院")
        PROPERTY = "property", _("物业")
        OTHER = "other", _("别的部门")

    community = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="needs")
    household = models.ForeignKey(Household, null=True, blank=True, on_delete=models.PROTECT, related_name="needs")
    resident = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="needs")
    own_words = models.TextField(max_length=2000)
    for_whom = models.CharField(max_length=10, choices=For.choices, default=For.SELF)
    asked_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="asked_needs")
    asker_name = models.CharField(max_length=40, blank=True)
    about_name = models.CharField(max_length=40, blank=True, help_text="whose matter it is, as the asker calls that person")
    relation = models.CharField(max_length=20, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    contact_via = models.CharField(max_length=80, blank=True)
    address = models.CharField(max_length=80, blank=True, help_text="as told, until the household is found")
    call_morning = models.BooleanField(default=False)
    call_afternoon = models.BooleanField(default=False)
    call_evening = models.BooleanField(default=False)
    consent = models.ForeignKey(Consent, null=True, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.WEB)
    asked_at = models.DateTimeField()
    answer_by = models.DateTimeField(help_text="the promise: until then the resident hears from us")
    title = models.CharField(max_length=40, blank=True)
    category = models.ForeignKey(ServiceCategory, null=True, blank=True, on_delete=models.PROTECT, related_name="needs")
    skilled = models.BooleanField(default=False, help_text="asks for a skill, not only for hands")
    wish = models.CharField(max_length=200, blank=True, help_text="who should come, who should not")
    state = models.CharField(max_length=10, choices=NeedState.choices, default=NeedState.NEW)
    checked_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="checked_needs")
    checked_at = models.DateTimeField(null=True)
    referral = models.CharField(max_length=10, choices=Referral.choices, blank=True)
    closing_words = models.CharField(max_length=300, blank=True)
    closed_at = models.DateTimeField(null=True)
    series = models.ForeignKey("Series", null=True, blank=True, on_delete=models.SET_NULL, related_name="needs")
    slots = models.ManyToManyField(Slot, through="Occasion", related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = NeedQuerySet.as_manager()

    class Meta:
        ordering = ["answer_by"]
        indexes = [models.Index(fields=["community", "state", "answer_by"]), models.Index(fields=["state", "asked_at"])]
        constraints = [
            models.CheckConstraint(condition=~Q(phone="") | ~Q(contact_via="") | Q(resident__isnull=False), name="need_has_a_way_to_reach")
        ]


class Series(Identified):
    """That one matter comes back every week: each week is a need of its own, with its own visit and its own end."""

    community = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="series")
    began_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    began_at = models.DateTimeField(auto_now_add=True)


class Occasion(models.Model):
    """That a slot was opened for a need: one a week until it is met."""

    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="occasions")
    slot = models.OneToOneField(Slot, on_delete=models.CASCADE, related_name="occasion")


class Verdict(models.Model):
    """The home's own word, after the visit, on how well it was done."""

    class Mark(models.TextChoices):
        WELL = "well", _("办好了")
        PARTLY = "partly", _("办了一半")
        BADLY = "badly", _("没办好")

    need = models.OneToOneField(Need, on_delete=models.CASCADE, related_name="verdict")
    mark = models.CharField(max_length=10, choices=Mark.choices)
    words = models.CharField(max_length=300, blank=True)
    said_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    at = models.DateTimeField()
