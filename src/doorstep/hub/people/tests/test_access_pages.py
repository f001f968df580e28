"""Page × person: who may open what; everybody else is told that nothing is there."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from doorstep.hub.people import urls
from doorstep.hub.people.actions.account import issue_account, issue_code
from doorstep.hub.people.actions.registration import register
from doorstep.hub.people.models import Account
from doorstep.hub.testing import Cast

EVERYBODY = {"zhou", "lin", "wu", "chen", "jiang", "tang", "ning", "sun", "shen", "wang", "stranger"}
VOLUNTEERS = {"chen", "jiang", "tang", "ning"}
HERE, BOTH, OFFICE = {"zhou"}, {"zhou", "wu"}, {"lin"}

#: Name of the page, how its address is made, who may open it with GET. Pages that only act are in ACTS.
PAGES: list[tuple[str, Callable[[Cast], list[object]], set[str]]] = [
    ("me", lambda cast: [], EVERYBODY),
    ("profile", lambda cast: [], VOLUNTEERS),
    ("households", lambda cast: [], BOTH),
    ("new_household", lambda cast: [], BOTH),
    ("household", lambda cast: [cast.shen.household_id], HERE),
    ("new_member", lambda cast: [cast.shen.household_id], HERE),
    ("member", lambda cast: [cast.shen.household_id, cast.shen.pk], HERE),
    ("volunteers", lambda cast: [], BOTH),
    ("add_volunteer", lambda cast: [], BOTH),
    ("volunteer", lambda cast: [cast.chen.pk], HERE),
    ("volunteer_act", lambda cast: [cast.chen.pk, "verify"], HERE),
    ("issue", lambda cast: [cast.shen.pk], HERE),
    ("places", lambda cast: [], OFFICE),
    ("place", lambda cast: [cast.community.pk], OFFICE),
    ("place_act", lambda cast: [cast.community.pk, "alias"], OFFICE),
    ("handover", lambda cast: [cast.community.pk], OFFICE),
]
#: Pages that only act: who is let through (any answer but 404 and the way to sign-in).
ACTS: list[tuple[str, Callable[[Cast], list[object]], set[str]]] = [
    ("claim", lambda cast: [], VOLUNTEERS),
    ("moved", lambda cast: [cast.shen.household_id, cast.shen.pk], HERE),
    ("phone", lambda cast: [cast.shen.pk], HERE),
    ("place_end", lambda cast: [cast.community.pk], OFFICE),
    ("worker_leaves", lambda cast: [cast.community.pk, cast.zhou.pk], OFFICE),
]
#: Tested beside their own story.
ELSEWHERE = {"withdraw", "registration", "registration_phone", "slip", "demo_sign_in"}


def test_every_page_is_in_a_table() -> None:
    assert {pattern.name for pattern in urls.urlpatterns} == {name for name, _arguments, _who in PAGES + ACTS} | ELSEWHERE


@pytest.mark.parametrize(("name", "arguments", "who"), PAGES, ids=[page[0] for page in PAGES])
def test_who_may_open(cast: Cast, name: str, arguments: Callable[[Cast], list[object]], who: set[str]) -> None:
    url = reverse(f"people:{name}", args=arguments(cast))
    opened = {key for key in EVERYBODY if cast.sign_in(Client(), getattr(cast, key)).get(url).status_code == 200}
    assert opened == who
    assert Client().get(url).status_code == 302, "a visitor signs in first"


@pytest.mark.parametrize(("name", "arguments", "who"), ACTS, ids=[page[0] for page in ACTS])
def test_who_may_act(cast: Cast, name: str, arguments: Callable[[Cast], list[object]], who: set[str]) -> None:
    url = reverse(f"people:{name}", args=arguments(cast))
    for key in sorted(EVERYBODY - who):
        assert cast.sign_in(Client(), getattr(cast, key)).post(url).status_code == 404, key
    assert Client().post(url).url.startswith(reverse("account_login"))  # type: ignore[attr-defined]
    for key in sorted(who)[:1]:
        assert cast.sign_in(Client(), getattr(cast, key)).post(url).status_code in (200, 302, 422)


@pytest.mark.parametrize(
    ("by", "person", "status"),
    [
        ("zhou", "chen", 200), ("zhou", "shen", 200), ("zhou", "zhou", 404), ("zhou", "lin", 404), ("zhou", "wu", 404), ("zhou", "stranger", 404),
        ("wu", "stranger", 200), ("wu", "shen", 404), ("lin", "zhou", 200), ("lin", "wu", 200), ("lin", "lin", 404), ("lin", "shen", 404), ("chen", "shen", 404),
    ],
)  # fmt: skip
def test_nobody_climbs_by_printing_a_slip_for_somebody_who_may_more(cast: Cast, client: Client, by: str, person: str, status: int) -> None:
    url = reverse("people:issue", args=[getattr(cast, person).pk])
    assert cast.sign_in(client, getattr(cast, by)).get(url).status_code == status


def test_a_slip_is_only_for_who_printed_it_and_only_while_it_is_good(cast: Cast) -> None:
    code = issue_account(by=cast.zhou, person=cast.shen, username="沈阿姨")
    cast.shen.refresh_from_db()
    url = reverse("people:slip", args=[code.pk])
    assert cast.sign_in(Client(), cast.zhou).get(url).status_code == 200
    for key in EVERYBODY - {"zhou"}:
        assert cast.sign_in(Client(), getattr(cast, key)).get(url).status_code == 404
    issue_code(by=cast.zhou, person=cast.shen)
    assert cast.sign_in(Client(), cast.zhou).get(url).status_code == 404


def test_an_account_is_issued_once(cast: Cast, client: Client) -> None:
    cast.sign_in(client, cast.zhou)
    url = reverse("people:issue", args=[cast.shen.pk])
    answers = [client.post(url, {"username": "沈阿姨", "once": "k"}) for _number in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].url == answers[1].url, "the second tap leads to the same slip"  # type: ignore[attr-defined]
    assert Account.objects.filter(username="沈阿姨").count() == 1


def test_two_people_of_one_sign_in_name_is_refused(cast: Cast, client: Client) -> None:
    cast.sign_in(client, cast.zhou)
    issue_account(by=cast.zhou, person=cast.chen, username="Chen")
    answer = client.post(reverse("people:issue", args=[cast.shen.pk]), {"username": "chen", "once": "k"})
    assert (answer.status_code, "有人用了" in answer.content.decode()) == (422, True)


def test_a_visitor_who_registered_sees_nothing_of_others(cast: Cast, client: Client) -> None:
    row = register(
        name="王一苇",
        community=cast.community,
        phone="13711112222",
        birth_date=cast.shen.birth_date,
        words="",
        username="一苇",
        password="x" * 12,
    )
    cast.sign_in(client, row.person)
    for name, arguments, who in PAGES:
        status = client.get(reverse(f"people:{name}", args=arguments(cast))).status_code
        assert status == (200 if who == EVERYBODY else 404), name
