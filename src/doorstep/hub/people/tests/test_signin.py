"""Coming in: by name, by a phone that is one's own, by a printed code, and through the demonstration's doors."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.people.actions.account import LIMITS, begin_try, forgive_tries, issue_account, issue_code
from doorstep.hub.people.actions.vocabulary import mark_demonstration
from doorstep.hub.people.models import Account, Person, Registration, ResetCode, SigninTry
from doorstep.hub.people.queries import account_called, plain_phone, printed_code
from doorstep.hub.testing import PASSWORD, Cast

NEW = "三条小河一起向东流"
WRONG = "登录名或密码不对"


@pytest.fixture
def chen(cast: Cast) -> Person:
    """陈国梁 with a sign-in name and a password."""
    return account_for(cast.chen, "柳岸老陈")


def account_for(person: Person, username: str) -> Person:
    person.account = Account.objects.create_user(username=username, password=PASSWORD)
    person.save()
    return person


def sign_in(client: Client, login: str, password: str = PASSWORD, **more: str) -> str:
    """Tries to sign in; the page's text if it failed, else nothing."""
    answer = client.post(reverse("account_login"), {"login": login, "password": password}, **more)  # type: ignore[arg-type]
    assert answer.status_code in (302, 422)
    return answer.content.decode() if answer.status_code == 422 else ""


def inside(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("typed", ["柳岸老陈", " 柳岸老陈 ", "13900000003", "139 0000 0003", "+86 139-0000-0003", "１３９０００００００３"])
def test_the_name_or_the_own_phone_leads_in(chen: Person, client: Client, typed: str) -> None:
    assert chen.phone == "13900000003"
    assert sign_in(client, typed) == ""
    assert inside(client)


def test_a_phone_that_two_accounts_share_is_refused_like_a_wrong_password(cast: Cast, chen: Person, client: Client) -> None:
    other = account_for(cast.wang, "wangqian")
    other.phone = chen.phone
    other.save()
    assert WRONG in sign_in(client, chen.phone)
    assert not inside(client)
    assert sign_in(client, "柳岸老陈") == ""


def test_a_number_that_only_a_new_registration_claims_stays_its_owners(cast: Cast, chen: Person) -> None:
    thief = account_for(Person.objects.create(name="赵某", phone=chen.phone), "zhao")
    Registration.objects.create(person=thief, place=cast.community)
    assert account_called(chen.phone) == chen.account


@pytest.mark.parametrize(
    ("login", "password"), [("柳岸老陈", "wrong"), ("没有这个人", PASSWORD), ("13800000000", PASSWORD), ("'; DROP", "x"), ("😀", "x")]
)
def test_every_failure_says_the_same(chen: Person, client: Client, login: str, password: str) -> None:
    page = sign_in(client, login, password)
    assert WRONG in page
    assert login.replace("'", "&#x27;") in page
    assert password not in page or password == "x"
    assert not inside(client)


def test_an_account_that_was_closed_is_refused_like_a_wrong_password(chen: Person, client: Client) -> None:
    Account.objects.filter(person=chen).update(is_active=False)
    assert WRONG in sign_in(client, "柳岸老陈")


def test_after_five_wrong_tries_even_the_right_password_waits(chen: Person, client: Client) -> None:
    for _number in range(LIMITS["pair"]):
        assert WRONG in sign_in(client, "柳岸老陈", "wrong")
    assert "试得太多了" in sign_in(client, "柳岸老陈")
    assert "试得太多了" in sign_in(client, chen.phone), "the phone is no second row of tries"
    assert sign_in(client, "柳岸老陈", REMOTE_ADDR="10.0.0.9") == "", "from elsewhere the owner still gets in"


def test_behind_our_proxy_each_reader_has_the_own_tries(chen: Person, client: Client, settings: Any) -> None:
    for number in range(LIMITS["address"] + 1):
        begin_try(name=f"nobody{number}", address="127.0.0.1")
    assert "试得太多了" in sign_in(client, "柳岸老陈", HTTP_X_FORWARDED_FOR="203.0.113.7"), (
        "without the setting the header counts for nothing"
    )
    settings.PROXIES = 1
    assert sign_in(client, "柳岸老陈", HTTP_X_FORWARDED_FOR="203.0.113.7") == ""
    for number in range(LIMITS["address"]):
        begin_try(name=f"nobody{number}", address="203.0.113.8")
    # What stands before the proxy's own word is written by who asks.
    assert "试得太多了" in sign_in(Client(), "柳岸老陈", HTTP_X_FORWARDED_FOR="10.1.2.3, 203.0.113.8")


def test_the_wait_ends_after_a_quarter_of_an_hour(chen: Person, client: Client) -> None:
    for _number in range(LIMITS["pair"] + 1):
        begin_try(name="柳岸老陈", address="127.0.0.1")
    SigninTry.objects.update(at=timezone.now() - timedelta(minutes=16))
    assert sign_in(client, "柳岸老陈") == ""


@pytest.mark.django_db
def test_tries_on_many_names_from_one_address_are_counted_together() -> None:
    passed = [begin_try(name=f"name{number}", address="10.1.1.1") for number in range(LIMITS["address"] + 3)]
    assert passed.count(True) == LIMITS["address"]
    forgive_tries(name="name1", address="10.1.1.1")
    assert begin_try(name="name1", address="10.1.1.1")


@pytest.mark.django_db
def test_tries_on_one_name_from_many_addresses_are_counted_together() -> None:
    passed = [begin_try(name="one", address=f"10.1.1.{number}") for number in range(LIMITS["name"] + 3)]
    assert passed.count(True) == LIMITS["name"]


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("139 0000 0003", "13900000003"),
        ("+8613900000003", "13900000003"),
        ("0519-86612345", "051986612345"),
        ("abc", ""),
        ("", ""),
        ("++1", ""),
    ],
)
def test_phones_are_read_as_people_type_them(typed: str, phone: str) -> None:
    assert plain_phone(typed) == phone


@pytest.fixture
def code(cast: Cast) -> ResetCode:
    """周敏 gave 沈秀英 a sign-in name."""
    return issue_account(by=cast.zhou, person=cast.shen, username="沈阿姨")


def reset(client: Client, code: str, name: str = "沈阿姨", password: str = NEW, again: str = "") -> int:
    said = {"username": name, "code": code, "password": password, "again": again or password}
    return client.post(reverse("account_reset_password"), said).status_code


def test_the_printed_code_sets_a_password_and_leads_in(code: ResetCode, client: Client) -> None:
    figures = printed_code(code)
    assert figures not in code.code_hash
    assert reset(client, f"{figures[:4]} {figures[4:]}") == 302
    assert inside(client)
    client.post(reverse("account_logout"))
    assert sign_in(client, "沈阿姨", NEW) == ""


def test_a_code_is_good_once(code: ResetCode, client: Client) -> None:
    assert reset(client, printed_code(code)) == 302
    assert reset(Client(), printed_code(code)) == 422


def test_a_code_ends_after_48_hours(code: ResetCode, client: Client) -> None:
    assert code.expires_at - timezone.now() <= timedelta(hours=48)
    ResetCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert reset(client, printed_code(code)) == 422


def test_five_wrong_tries_spoil_a_code_whoever_made_them(code: ResetCode) -> None:
    for number in range(5):
        assert reset(Client(REMOTE_ADDR=f"10.0.0.{number}"), "00000000") == 422
    assert ResetCode.objects.get().tries_left == 0
    assert reset(Client(REMOTE_ADDR="10.0.0.77"), printed_code(code)) == 422


def test_a_new_code_makes_the_old_one_void(cast: Cast, code: ResetCode, client: Client) -> None:
    cast.shen.refresh_from_db()
    new = issue_code(by=cast.zhou, person=cast.shen)
    assert reset(client, printed_code(code)) == 422
    assert reset(client, printed_code(new)) == 302


@pytest.mark.parametrize(
    ("name", "password", "again"),
    [("别人", NEW, NEW), ("沈阿姨", "12345678", "12345678"), ("沈阿姨", NEW, "别的话写在这里"), ("沈阿姨", "短", "短")],
)
def test_a_reset_that_is_not_right_changes_nothing(code: ResetCode, client: Client, name: str, password: str, again: str) -> None:
    assert reset(client, printed_code(code), name, password, again) == 422
    assert ResetCode.objects.get().used_at is None
    assert not inside(client)


def test_a_new_password_ends_other_sessions(code: ResetCode, client: Client) -> None:
    reset(client, printed_code(code))
    elsewhere = Client()
    sign_in(elsewhere, "沈阿姨", NEW)
    said = {"old": NEW, "password": "另外三条河也流走", "again": "另外三条河也流走", "once": "k1"}
    assert client.post(reverse("account_change_password"), said).status_code == 302
    assert client.get(reverse("account_change_password")).status_code == 200
    assert elsewhere.get(reverse("account_change_password")).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["email/", "confirm-email/", "password/set/", "login/code/confirm/", "reauthenticate/", "inactive/", "password/reset/done/"]
)
def test_pages_of_the_library_that_we_do_not_serve_do_not_exist(client: Client, path: str) -> None:
    assert client.get(f"/account/{path}").status_code == 404


def door(client: Client, person: Person, **more: str) -> int:
    return client.post(reverse("people:demo_sign_in", args=[person.pk]), **more).status_code  # type: ignore[arg-type]


def test_a_demonstrations_doors_open_on_this_computer(chen: Person, client: Client) -> None:
    mark_demonstration(seed=1, size="community")
    page = client.get(reverse("account_login")).content.decode()
    assert "以陈国梁进去" in page
    assert "柳岸社区 · 志愿者" in page
    assert door(client, chen) == 302
    assert inside(client)
    assert client.get(reverse("people:demo_sign_in", args=[chen.pk])).status_code == 405


def test_without_the_mark_there_is_no_door(chen: Person, client: Client) -> None:
    assert "以陈国梁进去" not in client.get(reverse("account_login")).content.decode()
    assert door(client, chen) == 404
    assert not inside(client)


@pytest.mark.parametrize(
    "more",
    [{"REMOTE_ADDR": "192.168.1.20"}, {"REMOTE_ADDR": ""}]
    + [
        {f"HTTP_{header}": "127.0.0.1"}
        for header in (
            "X_FORWARDED_FOR", "FORWARDED", "X_REAL_IP", "VIA", "X_FORWARDED_HOST", "X_FORWARDED_PROTO", "X_FORWARDED_SERVER",
            "CF_CONNECTING_IP", "TRUE_CLIENT_IP", "X_CLIENT_IP",
        )
    ],
)  # fmt: skip
def test_from_elsewhere_there_is_no_door(chen: Person, client: Client, more: dict[str, str]) -> None:
    mark_demonstration(seed=1, size="community")
    assert door(client, chen, **more) == 404
    assert not inside(client)


def test_served_to_others_there_is_no_door(chen: Person, client: Client, settings: pytest.FixtureRequest) -> None:
    mark_demonstration(seed=1, size="community")
    settings.BIND_HOST = "0.0.0.0"  # type: ignore[attr-defined]
    assert door(client, chen) == 404


def test_who_has_no_account_has_no_door(cast: Cast, chen: Person, client: Client) -> None:
    mark_demonstration(seed=1, size="community")
    assert door(client, cast.he) == 404
