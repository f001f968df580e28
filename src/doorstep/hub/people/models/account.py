"""How a person signs in, and what kind of installation this is."""

from django.contrib.auth.models import AbstractUser
from django.db import models

from doorstep.hub.journal.models import Identified


class Account(AbstractUser):
    """A sign-in name and a password; who the person is stands in Person."""


class ResetCode(Identified):
    """A printed one-time code with which a person sets a new password."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="reset_codes")
    code_hash = models.CharField(max_length=128)
    created_by = models.UUIDField()
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    tries_left = models.PositiveSmallIntegerField(default=5)
    used_at = models.DateTimeField(null=True)


class SigninTry(models.Model):
    """One try with a password or a code, kept for minutes: who tries too often has to wait, whichever process answers."""

    pair = models.CharField(max_length=32, db_index=True)
    name = models.CharField(max_length=32, db_index=True)
    address = models.CharField(max_length=32, db_index=True)
    at = models.DateTimeField(auto_now_add=True, db_index=True)


class Installation(models.Model):
    """The one row that says what this database is: a demonstration, or the real thing."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    demonstration = models.BooleanField(default=False)
    seed = models.IntegerField(null=True)
    size = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_installation")]
