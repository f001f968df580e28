"""Records on the way in and out: hours of elsewhere, files for the national system, and what people ask of their own data."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.models import Identified
from doorstep.hub.people.models import Person, Place

from .hours import Hours
from .record import Award, Disputable, Evaluation


class Transfer(Disputable, Identified):
    """Hours that another system recorded: shown apart, never counted as witnessed here."""

    class State(models.TextChoices):
        WAITS = "waits", _("等另一个人批")
        TAKEN = "taken", _("已收下，本处没有核过")
        REFUSED = "refused", _("没有收")

    batch = models.UUIDField(default=uuid4, help_text="the file it came in: taken whole or not at all")
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="transfers")
    unit = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=60)
    start = models.DateField()
    end = models.DateField()
    tenths = models.PositiveIntegerField()
    paper = models.CharField(max_length=120, help_text="which paper or file it was taken from")
    entered_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    approved_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITS)
    decided_at = models.DateTimeField(null=True)
    salt = models.BinaryField(max_length=32, default=bytes, help_text="opens the digest in the ledger to whoever is shown the paper")
    entry = models.BigIntegerField(null=True, unique=True)

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["batch"]), models.Index(fields=["person", "state"])]
        constraints = [
            models.CheckConstraint(condition=~Q(entered_by=models.F("approved_by")), name="transfer_by_two"),
            models.CheckConstraint(condition=~Q(person=models.F("approved_by")), name="transfer_not_approved_by_oneself"),
        ]


class Sheet(models.TextChoices):
    """What a table on the way out or in is about; each kind has its own columns."""

    SERVICE = "service", _("服务")
    TRAINING = "training", _("培训")
    AWARDS = "awards", _("表彰")
    EVALUATIONS = "evaluations", _("评价")
    EARLIER = "earlier", _("别处转来的时长")
    ANSWERS = "answers", _("对方的回话")
    NUMBERS = "numbers", _("全国志愿者编号")


#: What leaves; the others come in.
SENT = (Sheet.SERVICE, Sheet.TRAINING, Sheet.AWARDS, Sheet.EVALUATIONS)


class ColumnMap(Identified):
    """Which column of another system's file takes, or gives, which fact: data, since those files change."""

    district = models.ForeignKey(Place, null=True, on_delete=models.PROTECT, related_name="+")
    sheet = models.CharField(max_length=12, choices=Sheet.choices, default=Sheet.SERVICE)
    name = models.CharField(max_length=60)
    columns = models.JSONField(help_text="a list of {heading, fact, words}")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["district", "sheet"], name="one_map_a_sheet")]


class Shipment(Identified):
    """A file that left for another system: which records were in it, with which columns, why and by whom."""

    class Format(models.TextChoices):
        XLSX = "xlsx", _("Excel 表格")
        CSV = "csv", _("CSV 文本")

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", help_text="the district")
    sheet = models.CharField(max_length=12, choices=[(one.value, one.label) for one in SENT], default=Sheet.SERVICE)
    columns = models.JSONField(help_text="the columns as they were")
    map_name = models.CharField(max_length=60)
    start = models.DateField()
    end = models.DateField()
    format = models.CharField(max_length=4, choices=Format.choices)
    why = models.CharField(max_length=200)
    count = models.PositiveIntegerField()
    made_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at"]


class Shipped(models.Model):
    """One record in a file that left, and what the other system answered to it."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="lines")
    hours = models.ForeignKey(Hours, null=True, on_delete=models.PROTECT, related_name="shipped")
    award = models.ForeignKey(Award, null=True, on_delete=models.PROTECT, related_name="shipped")
    evaluation = models.ForeignKey(Evaluation, null=True, on_delete=models.PROTECT, related_name="shipped")
    entry = models.BigIntegerField(null=True, help_text="the ledger's entry that left: what was corrected since is sent anew")
    struck = models.BooleanField(default=False, help_text="it left to take back what this table had said before")
    taken = models.BooleanField(null=True, help_text="what the other system did with this line; nothing: it has not answered")
    answer = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shipment", "hours"], name="shipped_once_a_file"),
            models.UniqueConstraint(fields=["shipment", "award"], name="award_shipped_once_a_file"),
            models.UniqueConstraint(fields=["shipment", "evaluation"], name="evaluation_shipped_once_a_file"),
            models.CheckConstraint(
                condition=Q(hours__isnull=False, award=None, evaluation=None)
                | Q(hours=None, award__isnull=False, evaluation=None)
                | Q(hours=None, award=None, evaluation__isnull=False),
                name="shipped_is_one_record",
            ),
        ]


class DataRequest(Identified):
    """Somebody asks to see, correct, carry away or delete what is kept about them; the clock runs until it is answered."""

    class Kind(models.TextChoices):
        SEE = "see", _("看看记了我什么")
        CORRECT = "correct", _("有错，请改")
        CARRY = "carry", _("带走一份")
        DELETE = "delete", _("删掉")

    class State(models.TextChoices):
        OPEN = "open", _("在办")
        DONE = "done", _("办好了")
        REFUSED = "refused", _("没有办，有理由")

    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="data_requests")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    words = models.CharField(max_length=400, blank=True)
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    answer = models.CharField(max_length=400, blank=True)
    answered_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["due_on"]
        indexes = [models.Index(fields=["place", "state", "due_on"])]
