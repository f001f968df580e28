"""Many at the door at once: tries are counted before they are made, and a printed code opens once."""

import pytest
from django.contrib.auth import authenticate

from doorstep.hub.people.actions.account import CODE_TRIES, LIMITS, WrongCode, begin_try, issue_account, reset_password
from doorstep.hub.people.models import ResetCode, SigninTry
from doorstep.hub.people.queries import printed_code
from doorstep.hub.testing import Cast

from .racing import race

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]
NEW = "三条小河一起向东流"


def test_of_many_tries_at_once_no_more_than_the_limit_get_through(cast: Cast) -> None:
    result = race(24, lambda number: begin_try(name="沈阿姨", address="10.0.0.1"))
    assert result.errors == []
    assert result.answers.count(True) <= LIMITS["pair"]
    assert SigninTry.objects.count() == result.answers.count(True), "who was turned away does not lengthen the wait"


def test_a_printed_code_opens_once_however_many_hold_it(cast: Cast) -> None:
    figures = printed_code(issue_account(by=cast.zhou, person=cast.shen, username="沈阿姨"))

    def enter(number: int) -> str:
        reset_password(name="沈阿姨", code=figures, password=f"{NEW}{number}", address=f"10.0.0.{number}")
        return f"{NEW}{number}"

    result = race(10, enter)
    assert result.errors == []
    assert len(result.answers) == 1
    assert set(result.refusals) == {WrongCode}
    assert authenticate(username="沈阿姨", password=result.answers[0]) is not None


def test_many_wrong_codes_at_once_spend_no_more_than_five_tries(cast: Cast) -> None:
    issue_account(by=cast.zhou, person=cast.shen, username="沈阿姨")
    result = race(12, lambda number: reset_password(name="沈阿姨", code="00000000", password=NEW, address=f"10.0.1.{number}"))
    assert (result.errors, result.answers) == ([], [])
    assert ResetCode.objects.get().tries_left == 0 <= CODE_TRIES
