"""Writes on accounts: tries are counted, accounts and printed codes are issued, passwords are set."""

from datetime import timedelta
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused
from doorstep.hub.journal.actions import record

from ..models import Account, Person, ResetCode, SigninTry
from ..queries import account_called, printed_code, sign_in_name_taken

WINDOW = timedelta(minutes=15)
#: No try is counted for longer.
KEPT = timedelta(hours=1)
#: Tries within the window: one name from one address, one name from anywhere, anything from one address.
LIMITS = {"pair": 5, "name": 20, "address": 60}
#: A service desk may register a whole course of people from one computer.
REGISTRATIONS = {"pair": 20}
#: Asks by visitors without an account, in an hour: enough for a whole stairway behind one address, too few for a flood.
ASKS = {"pair": 10}
#: Certificates looked up from one address in an hour: enough for a school's office, too few to guess numbers.
CHECKS = {"pair": 60}
CODE_LASTS = timedelta(hours=48)
CODE_TRIES = 5


class NameTaken(Refused):
    field = "username"
    sentence = _("这个登录名有人用了。请换一个，比如后面加两个数字。")


class AlreadyHasAccount(Refused):
    sentence = _("他已经有登录名了。忘了密码，请改打一张重设条。")


class NoAccountYet(Refused):
    sentence = _("他还没有登录名。请先给他开一个。")


class WrongCode(Refused):
    """One sentence for every reason, so that nobody learns which names and codes exist."""

    sentence = _("登录名或重设码不对，或者重设码用过、过期了。一张码只能试 5 次；请社工再打一张。")


class TooManyTries(Refused):
    sentence = _("试得太多了。请过一刻钟再试，或者请社工帮您。")


def _keys(name: str, address: str) -> dict[str, str]:
    account = account_called(name)
    who = f"account:{account.pk}" if account else f"typed:{name.strip().casefold()}"
    said = {"pair": f"{who}@{address}", "name": who, "address": address}
    return {kind: salted_hmac("doorstep.signin", f"{kind}:{value}").hexdigest()[:32] for kind, value in said.items()}


def begin_try(*, name: str, address: str, limits: dict[str, int] | None = None, within: timedelta = WINDOW) -> bool:
    """Notes the try before it is made, then counts: of many at once no more than the limit get through."""
    now = timezone.now()
    keys = _keys(name, address)
    SigninTry.objects.filter(at__lt=now - KEPT).delete()
    row = SigninTry.objects.create(**keys)
    counted = SigninTry.objects.filter(at__gte=now - within).aggregate(
        **{f"of_{kind}": Count("pk", filter=Q(**{kind: key})) for kind, key in keys.items()}
    )
    if all(counted[f"of_{kind}"] <= limit for kind, limit in (limits or LIMITS).items()):
        return True
    row.delete()
    return False


def begin_ask(*, address: str) -> bool:
    """Notes that a visitor asks for help; False if too many came from that address within the hour."""
    return begin_try(name=":ask", address=address, limits=ASKS, within=KEPT)


def begin_check(*, address: str) -> bool:
    """Notes that somebody looks up a certificate; False if too many came from that address within the hour."""
    return begin_try(name=":check", address=address, limits=CHECKS, within=KEPT)


def forgive_tries(*, name: str, address: str) -> None:
    """Who got in from here is no longer counted here; what others tried elsewhere still is."""
    SigninTry.objects.filter(pair=_keys(name, address)["pair"]).delete()


@transaction.atomic
def create_account(*, username: str, password: str | None = None) -> Account:
    """An account with a name that nobody has; without a password nobody can sign in with it yet."""
    if sign_in_name_taken(username):
        raise NameTaken
    try:
        with transaction.atomic():
            return Account.objects.create_user(username=username, password=password)
    except IntegrityError:
        raise NameTaken from None


@transaction.atomic
def issue_account(*, by: Person, person: Person, username: str) -> ResetCode:
    """Gives the person a sign-in name and the first printed code."""
    if Person.objects.filter(pk=person.pk, account__isnull=False).exists():
        raise AlreadyHasAccount
    account = create_account(username=username)
    if not Person.objects.filter(pk=person.pk, account=None).update(account=account):
        raise AlreadyHasAccount
    record(actor_id=by.pk, verb="issue_account", subject=person)
    return _new_code(by, account)


@transaction.atomic
def issue_code(*, by: Person, person: Person) -> ResetCode:
    """A new printed code; the ones before it are void."""
    if person.account is None:
        raise NoAccountYet
    code = _new_code(by, person.account)
    record(actor_id=by.pk, verb="issue_code", subject=person)
    return code


def _new_code(by: Person, account: Account) -> ResetCode:
    now = timezone.now()
    ResetCode.objects.filter(account=account, used_at=None, expires_at__gt=now).update(expires_at=now)
    code = ResetCode(account=account, created_by=by.pk, expires_at=now + CODE_LASTS, tries_left=CODE_TRIES)
    code.code_hash = make_password(printed_code(code))
    code.save(force_insert=True)
    return code


def reset_password(*, name: str, code: str, password: str, address: str) -> Account:
    """Sets a new password with a printed code. A wrong try stays counted, whatever is rolled back around it."""
    if not begin_try(name=name, address=address):
        raise TooManyTries
    account = account_called(name)
    standing = _claim_try(account)
    digits = "".join(letter for letter in code if letter.isdigit())
    # Without a code the same work is done, so that the clock tells nobody which names exist.
    right = check_password(digits, standing.code_hash if standing else make_password(None))
    if account is None or standing is None or not right:
        raise WrongCode
    with transaction.atomic():
        if not ResetCode.objects.filter(pk=standing.pk, used_at=None).update(used_at=timezone.now()):
            raise WrongCode
        account.set_password(password)
        account.save(update_fields=["password"])
        record(actor_id=_person_id(account), verb="reset_password", subject=account)
    forgive_tries(name=name, address=address)
    return account


def _claim_try(account: Account | None) -> ResetCode | None:
    """Takes one of the five tries of the newest standing code; None if there is none left."""
    if account is None:
        return None
    standing = Q(account=account, used_at=None, tries_left__gt=0, expires_at__gt=timezone.now())
    code = ResetCode.objects.filter(standing).order_by("-created_at").first()
    if code is None or not ResetCode.objects.filter(standing, pk=code.pk).update(tries_left=F("tries_left") - 1):
        return None
    return code


@transaction.atomic
def change_password(*, account: Account, password: str) -> None:
    account.set_password(password)
    account.save(update_fields=["password"])
    record(actor_id=_person_id(account), verb="change_password", subject=account)


def _person_id(account: Account) -> UUID | None:
    return Person.objects.filter(account=account).values_list("pk", flat=True).first()
