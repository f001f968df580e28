"""The ledger as it is kept: entries and the hashes over them are inserted and never changed, each day is closed by a signed head."""

from django.db import models

from doorstep.hub.people.models import Person


class Log(models.Model):
    """One row: where the next entry goes. Whoever appends holds it, so numbers have no holes."""

    origin = models.CharField(max_length=100, help_text="the name of this log, forever")
    size = models.BigIntegerField(default=0)
    frontier = models.BinaryField(default=bytes)


class LogEntry(models.Model):
    """The canonical bytes of one entry, with what is looked for among them."""

    n = models.BigIntegerField(primary_key=True)
    data = models.BinaryField()
    kind = models.CharField(max_length=24)
    at = models.DateTimeField()
    unit = models.CharField(max_length=64)
    subject = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["n"]
        indexes = [models.Index(fields=["subject", "n"]), models.Index(fields=["at"])]


class LogHash(models.Model):
    """The hash of a full subtree that is kept: of each entry, and of each tile of entries."""

    level = models.PositiveSmallIntegerField()
    number = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "number"], name="log_hash_once")]


class LogHead(models.Model):
    """The signed head of a day, as text that anybody can keep."""

    day = models.DateField(unique=True)
    size = models.BigIntegerField()
    note = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-day"]


class LogKey(models.Model):
    """A public key of this installation and its days; the secret half is a file or a setting, never in the database."""

    name = models.CharField(max_length=200, help_text="the line of the key as verifiers take it")
    public = models.BinaryField(max_length=32, unique=True)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        ordering = ["since", "pk"]


class Salt(models.Model):
    """What turns a person into a pseudonym; with the person it goes, and nobody can say any more whose entries those were."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="salt")
    salt = models.BinaryField(max_length=32)


class RulePack(models.Model):
    """A version of the rules of hours that was adopted, as the bytes whose digest stands in the ledger."""

    name = models.CharField(max_length=50, unique=True, help_text="id@version")
    data = models.BinaryField()
    adopted_at = models.DateTimeField(auto_now_add=True)
    adopted_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")


class StarScheme(models.Model):
    """A version of the star scheme that a district adopted, kept as the bytes whose digest stands in the ledger."""

    name = models.CharField(max_length=50, unique=True, help_text="id@version")
    data = models.BinaryField()
    adopted_at = models.DateTimeField(auto_now_add=True)
    adopted_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
