"""Volunteers on the social worker's desk: found, verified by others, led, and never promoted by themselves."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.people.actions.account import issue_account
from doorstep.hub.people.actions.person import appoint, verify_credential
from doorstep.hub.people.actions.registration import register
from doorstep.hub.people.models import (
    Clearance,
    Consent,
    Credential,
    GuardianConsent,
    Membership,
    Person,
    Registration,
    Role,
    VolunteerProfile,
)
from doorstep.hub.testing import Cast

TODAY = timezone.localdate


@pytest.fixture
def zhou(cast: Cast, client: Client) -> Client:
    """周敏 at her desk."""
    return cast.sign_in(client, cast.zhou)


def send(client: Client, person: Person, name: str, once: str = "k", **said: Any) -> Any:
    url = reverse("people:volunteer_act", args=[person.pk, name])
    return client.post(url, {f"{name}-{field}": value for field, value in said.items()} | {"once": once})


def verify(cast: Cast, **changed: Any) -> dict[str, Any]:
    return {"skill": cast.skill("haircut").pk, "level": "2", "evidence": "理发师证，市人社局", "expires_on": "", "seen": 0} | changed


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, {"chen", "jiang", "tang", "ning"}), ({"q": "陈国梁"}, {"chen"}), ({"q": "V000002"}, {"tang"}), ({"q": "0003"}, {"chen", "ning"}),
        ({"kind": "skilled"}, {"jiang", "tang"}), ({"clearance": "ok"}, {"tang"}), ({"clearance": "none"}, {"chen", "jiang", "ning"}),
        ({"clearance": "soon"}, set()), ({"mine": "on"}, {"chen", "jiang", "tang", "ning"}), ({"kind": "no such kind"}, {"chen", "jiang", "tang", "ning"}),
        ({"skill": "999999"}, {"chen", "jiang", "tang", "ning"}), ({"q": "周敏"}, set()), ({"q": "😀"}, set()),
    ],
)  # fmt: skip
def test_volunteers_are_found_by_what_is_asked(cast: Cast, zhou: Client, asked: dict[str, str], found: set[str]) -> None:
    rows = zhou.get(reverse("people:volunteers"), asked).context["people"].object_list
    assert {row.person for row in rows} == {getattr(cast, key) for key in found}


def test_a_skill_finds_only_who_has_it_verified_and_in_date(cast: Cast, zhou: Client) -> None:
    Credential.objects.filter(person=cast.jiang).update(expires_on=TODAY() - timedelta(days=1), verified_on=TODAY() - timedelta(days=9))
    for code, found in (("tutoring", [cast.tang]), ("electrician", [])):
        rows = zhou.get(reverse("people:volunteers"), {"skill": cast.skill(code).pk}).context["people"].object_list
        assert [row.person for row in rows] == found


def test_a_clearance_that_ends_soon_is_found(cast: Cast, zhou: Client) -> None:
    Clearance.objects.filter(person=cast.tang).update(expires_on=TODAY() + timedelta(days=30))
    rows = zhou.get(reverse("people:volunteers"), {"clearance": "soon"}).context["people"].object_list
    assert [row.person for row in rows] == [cast.tang]


def test_a_skill_is_verified_once_and_counts(cast: Cast, zhou: Client) -> None:
    assert [send(zhou, cast.chen, "verify", **verify(cast)).status_code for _number in range(2)] == [302, 302]
    credential = Credential.objects.in_force(TODAY()).get(person=cast.chen)
    assert (credential.level, credential.verified_by) == (2, cast.zhou)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"skill": "999999"}, "verify-skill"),
        ({"level": "9"}, "verify-level"),
        ({"level": "0"}, "verify-level"),
        ({"level": "二"}, "verify-level"),
        ({"evidence": ""}, "这一项还空着"),
        ({"evidence": "长" * 5000}, "120"),
        ({"expires_on": (TODAY() - timedelta(days=1)).isoformat()}, "今天以前就到期了"),
        ({"expires_on": "明年"}, "这一天不对"),
        ({"seen": 7}, "别人刚改过这一页"),
    ],
)
def test_bad_credentials_are_refused(cast: Cast, zhou: Client, changed: dict[str, Any], sentence: str) -> None:
    answer = send(zhou, cast.chen, "verify", **verify(cast, **changed))
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert not Credential.objects.filter(person=cast.chen).exists()


@pytest.mark.parametrize(
    ("checked", "sentence"),
    [(TODAY() + timedelta(days=1), "在今天以后"), (TODAY() - timedelta(days=366), "满 12 个月"), ("", "必填")],
)
def test_a_bad_clearance_is_refused(cast: Cast, zhou: Client, checked: Any, sentence: str) -> None:
    answer = send(zhou, cast.chen, "clear", authority="柳岸派出所", checked_on=str(checked), passed="1", seen=0)
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert not Clearance.objects.filter(person=cast.chen).exists()


def test_a_clearance_lasts_twelve_months(cast: Cast, zhou: Client) -> None:
    day = TODAY() - timedelta(days=30)
    assert send(zhou, cast.chen, "clear", authority="柳岸派出所", checked_on=day.isoformat(), passed="1", seen=0).status_code == 302
    assert Clearance.objects.get(person=cast.chen).expires_on == day + timedelta(days=365)


def test_a_guardian_agrees_to_what_and_how_much(cast: Cast, zhou: Client) -> None:
    said: dict[str, Any] = {
        "guardian_name": "宁建华",
        "guardian_phone": "13900009999",
        "max_minutes": "60",
        "tasks": [cast.category("culture").pk],
        "channel": "paper",
    }
    assert send(zhou, cast.ning, "guardian", **said).status_code == 302
    row = GuardianConsent.objects.get(person=cast.ning)
    assert (row.max_minutes, [task.code for task in row.tasks.all()]) == (60, ["culture"])
    assert Consent.objects.filter(person=cast.ning).count() == 2, "the earlier one is kept beside it"


def test_nobody_verifies_himself(cast: Cast, zhou: Client) -> None:
    appoint(by=None, person=cast.zhou, role=Role.VOLUNTEER, place=cast.community, since=TODAY())
    VolunteerProfile.objects.create(person=cast.zhou, number="V000099", lat=0, lon=0)
    answer = send(zhou, cast.zhou, "verify", **verify(cast))
    assert answer.status_code == 422
    assert send(zhou, cast.zhou, "clear", authority="x", checked_on=TODAY().isoformat(), passed="1", seen=0).status_code == 422
    assert send(zhou, cast.zhou, "kind", kind="skilled", confidential_since="", seen=1).status_code == 422
    assert not cast.zhou.credentials.exists() and not cast.zhou.clearances.exists()
    assert "请另一位社工来办" in zhou.get(reverse("people:volunteer", args=[cast.zhou.pk])).content.decode()


def kind(client: Client, person: Person, **changed: Any) -> int:
    seen = VolunteerProfile.objects.get(person=person).version
    said = {"kind": "skilled", "confidential_since": TODAY().isoformat(), "seen": seen} | changed
    return int(send(client, person, "kind", once=f"{seen}{changed}", **said).status_code)


def test_skilled_work_opens_when_all_conditions_are_met(cast: Cast, zhou: Client) -> None:
    assert kind(zhou, cast.chen) == 422, "no professional credential yet"
    verify_credential(by=cast.zhou, person=cast.chen, skill=cast.skill("mediation"), level=1, evidence="调解员证", expires_on=None)
    assert kind(zhou, cast.chen, confidential_since="") == 422, "no promise yet"
    assert kind(zhou, cast.chen, confidential_since=(TODAY() + timedelta(days=1)).isoformat()) == 422
    assert kind(zhou, cast.chen) == 302
    profile = VolunteerProfile.objects.get(person=cast.chen)
    assert (profile.kind, profile.confidential_since) == ("skilled", TODAY())
    role = Membership.objects.get(person=cast.chen, until=None)
    assert (role.role, role.led_by) == (Role.SPECIALIST, cast.zhou)


def test_a_minor_stays_in_support(cast: Cast, zhou: Client) -> None:
    verify_credential(by=cast.zhou, person=cast.ning, skill=cast.skill("mediation"), level=1, evidence="证", expires_on=None)
    assert kind(zhou, cast.ning) == 422


def test_who_leads_and_who_brought_whom_in(cast: Cast, zhou: Client) -> None:
    seen: dict[str, Any] = {"led_by": cast.zhou.pk, "seen": 1}
    assert send(zhou, cast.tang, "lead", brought_in_by="v000000", **seen).status_code == 302
    assert send(zhou, cast.jiang, "lead", once="j", brought_in_by="V000002", **seen).status_code == 302
    page = zhou.get(reverse("people:volunteer", args=[cast.chen.pk]))
    assert [(depth, row.person) for depth, row, _may in page.context["tree"]] == [(0, cast.tang), (1, cast.jiang)]
    assert "他又带来了 2 位" in page.content.decode()
    assert send(zhou, cast.chen, "lead", once="a", brought_in_by="V000000", **seen).status_code == 422
    assert send(zhou, cast.chen, "lead", brought_in_by="V999999", once="b", **seen).status_code == 422
    assert send(zhou, cast.chen, "lead", once="c", led_by=cast.wu.pk, seen=1).status_code == 422, "吴倩 works elsewhere"


def test_somebody_stops_and_what_was_done_stays(cast: Cast, zhou: Client) -> None:
    assert send(zhou, cast.chen, "end", seen=1).status_code == 302
    assert Membership.objects.get(person=cast.chen).until == TODAY()
    assert send(zhou, cast.chen, "end", once="b", seen=1).status_code == 422, "the page was stale"


REGISTRATION = {
    "name": "王一苇",
    "phone": "13711112222",
    "birth_date": "1990-05-05",
    "words": "会理发",
    "username": "一苇",
    "password": "三条小河一起向东流",
}


def test_who_wants_to_help_is_called_and_welcomed_once(cast: Cast, zhou: Client) -> None:
    visitor = Client()
    said = REGISTRATION | {"community": cast.community.pk, "once": "k"}
    assert [visitor.post(reverse("account_signup"), said).status_code for _number in range(2)] == [302, 302]
    row = Registration.objects.get()
    assert not row.person.memberships.exists()
    assert visitor.get(reverse("people:volunteers")).status_code == 404
    assert "王一苇" in zhou.get(reverse("people:volunteers")).content.decode()
    assert "13711112222" in zhou.post(reverse("people:registration_phone", args=[row.pk])).content.decode()
    url = reverse("people:registration", args=[row.pk, "welcome"])
    assert zhou.post(url, {"once": "a"}).url == reverse("people:volunteer", args=[row.person_id])  # type: ignore[attr-defined]
    assert zhou.post(url, {"once": "b"}).url == reverse("people:volunteers")  # type: ignore[attr-defined]
    assert row.person.memberships.get().led_by == cast.zhou
    assert VolunteerProfile.objects.get(person=row.person).number == "V000004"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": "💪"}, "姓名里只写文字"),
        ({"birth_date": (TODAY() + timedelta(days=1)).isoformat()}, "出生日期在今天以后"),
        ({"birth_date": (TODAY() - timedelta(days=13 * 365)).isoformat()}, "未满 14 岁"),
        ({"phone": "1"}, "这个号码不对"),
        ({"username": "13900000003"}, "登录名不能全是数字"),
        ({"username": "a b"}, "中间不空格"),
        ({"username": "柳岸老陈"}, "有人用了"),
        ({"password": "123"}, "8"),
        ({"community": ""}, "必填"),
        ({"words": "长" * 5000}, "300"),
    ],
)
def test_bad_registrations_leave_nothing(cast: Cast, client: Client, changed: dict[str, Any], sentence: str) -> None:
    issue_account(by=cast.zhou, person=cast.chen, username="柳岸老陈")
    answer = client.post(reverse("account_signup"), REGISTRATION | {"community": cast.community.pk, "once": "k"} | changed)
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert not Registration.objects.exists()
    assert not Person.objects.filter(name="王一苇").exists()


def test_registrations_of_another_community_are_not_there(cast: Cast, client: Client) -> None:
    row = register(community=cast.community, **(REGISTRATION | {"birth_date": TODAY() - timedelta(days=9999)}))  # type: ignore[arg-type]
    cast.sign_in(client, cast.wu)
    assert client.post(reverse("people:registration", args=[row.pk, "welcome"])).status_code == 404
    assert client.post(reverse("people:registration_phone", args=[row.pk])).status_code == 404


def test_a_neighbour_from_the_register_begins_to_help(cast: Cast, zhou: Client) -> None:
    url = reverse("people:add_volunteer") + f"?person={cast.he.pk}"
    assert zhou.post(url, {"brought_in_by": "V000000", "once": "a"}).status_code == 302
    role = Membership.objects.get(person=cast.he)
    assert (role.role, role.led_by, role.brought_in_by) == (Role.VOLUNTEER, cast.zhou, cast.chen)
    answer = zhou.post(url, {"brought_in_by": "", "once": "b"})
    assert (answer.status_code, "已经是这个社区的志愿者" in answer.content.decode()) == (422, True)


def test_volunteers_in_english(cast: Cast, zhou: Client) -> None:
    cast.zhou.language = "en"
    cast.zhou.save()
    assert "4 pairs of hands" in zhou.get(reverse("people:volunteers")).content.decode()
    page = zhou.get(reverse("people:volunteer", args=[cast.tang.pk])).content.decode()
    assert "Tutoring" in page and "With children" in page
