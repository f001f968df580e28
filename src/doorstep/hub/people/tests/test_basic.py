"""The basic block: the national number of a volunteer, written by a social worker, never an identity number, never twice."""

import pytest
from django.test import Client
from django.urls import reverse

from doorstep.hub.journal.access import Stale
from doorstep.hub.people.actions.basic import (
    IdentityNumber,
    NoNationalNumber,
    NoVolunteer,
    NumberTaken,
    change_basic,
    give_national_numbers,
    national_number,
)
from doorstep.hub.people.actions.person import OwnWork
from doorstep.hub.people.models import Person, VolunteerProfile
from doorstep.hub.testing import Cast

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]


def profile(cast: Cast, name: str = "chen") -> VolunteerProfile:
    return VolunteerProfile.objects.get(person=getattr(cast, name))


def test_a_social_worker_writes_the_national_number_on_the_volunteers_page(cast: Cast, client: Client) -> None:
    cast.sign_in(client, cast.zhou)
    url = reverse("people:volunteer_act", args=[cast.chen.pk, "basic"])
    said = {"basic-residence": "柳岸街道", "basic-national_no": "js 2026-000815", "basic-seen": profile(cast).version, "once": "a"}
    assert client.post(url, said).status_code == 302
    assert (profile(cast).national_no, profile(cast).person.residence) == ("JS2026-000815", "柳岸街道")
    assert "JS2026-000815" in client.get(f"/record/of/{cast.chen.pk}/").content.decode()
    assert client.post(url, said | {"once": "b"}).status_code == 422, "drawn from an older page"


def test_where_the_home_stands_for_the_residence_it_goes_on_doing_so(cast: Cast) -> None:
    """The page shows the community of the home: saved with it, nothing is written down that would stay when the home changes."""
    home = cast.shen.household
    Person.objects.filter(pk=cast.chen.pk).update(household=home)
    change_basic(by=cast.zhou, profile=profile(cast), place=cast.community, residence=home.community.name, national_no="JS-0001")
    assert profile(cast).person.residence == "" and profile(cast).person.lives_in == home.community.name
    change_basic(by=cast.zhou, profile=profile(cast), place=cast.community, residence="石桥街道", national_no="JS-0001")
    assert profile(cast).person.residence == "石桥街道"


@pytest.mark.parametrize("words", ["32040419900101001X", "320404195503150022"])
def test_an_identity_number_is_not_taken_for_it(words: str) -> None:
    with pytest.raises(IdentityNumber):
        national_number(words)


@pytest.mark.parametrize("words", ["12", "张三", "A" * 21, "AB_CD"])
def test_what_is_no_number_is_sent_back(words: str) -> None:
    with pytest.raises(NoNationalNumber):
        national_number(words)


@pytest.mark.parametrize(
    ("words", "number"), [("", None), ("  ", None), ("320404199013450015", "320404199013450015"), ("js-0001", "JS-0001")]
)
def test_what_is_one_is_kept_as_it_is_written(words: str, number: str | None) -> None:
    assert national_number(words) == number


def test_a_number_belongs_to_one_and_nobody_writes_their_own(cast: Cast) -> None:
    change_basic(by=cast.zhou, profile=profile(cast), place=cast.community, residence="", national_no="JS-0001")
    with pytest.raises(NumberTaken):
        change_basic(by=cast.zhou, profile=profile(cast, "jiang"), place=cast.community, residence="", national_no="js-0001")
    with pytest.raises(OwnWork):
        change_basic(by=cast.chen, profile=profile(cast), place=cast.community, residence="", national_no="JS-0002")
    with pytest.raises(Stale):
        change_basic(by=cast.zhou, profile=profile(cast), place=cast.community, residence="", national_no="JS-0003", seen=1)


def test_a_list_is_taken_whole_or_not_at_all(cast: Cast) -> None:
    with pytest.raises(NumberTaken):
        give_national_numbers(by=cast.zhou, place=cast.community, rows=[(cast.chen, "JS-0001"), (cast.jiang, "JS-0001")])
    assert profile(cast).national_no is None, "what was written before the fault is taken back"
    assert give_national_numbers(by=cast.zhou, place=cast.community, rows=[(cast.chen, "JS-0001"), (cast.jiang, "JS-0002")]) == 2
    assert [profile(cast).national_no, profile(cast, "jiang").national_no] == ["JS-0001", "JS-0002"]


def test_a_list_says_whose_number_is_taken_and_may_change_two_over(cast: Cast) -> None:
    give_national_numbers(by=cast.zhou, place=cast.community, rows=[(cast.chen, "JS-0001"), (cast.jiang, "JS-0002")])
    give_national_numbers(by=cast.zhou, place=cast.community, rows=[(cast.chen, "JS-0002"), (cast.jiang, "JS-0001")])
    assert [profile(cast).national_no, profile(cast, "jiang").national_no] == ["JS-0002", "JS-0001"]
    with pytest.raises(NumberTaken) as refused:
        give_national_numbers(by=cast.zhou, place=cast.community, rows=[(cast.chen, "JS-0001")])
    assert str(refused.value.sentence).startswith(cast.chen.name) and profile(cast).national_no == "JS-0002"
    VolunteerProfile.objects.filter(person=cast.jiang).delete()
    with pytest.raises(NoVolunteer):
        give_national_numbers(by=cast.zhou, place=cast.community, rows=[(cast.jiang, "JS-0009")])


def test_whoever_signs_up_may_say_where_they_live(cast: Cast, client: Client) -> None:
    said = {
        "name": "顾小梅", "community": str(cast.community.pk), "phone": "13900008888", "birth_date": "1990-05-06", "residence": "石桥街道", "words": "",
        "username": "guxiaomei", "password": "mei-hua-2026", "once": "a",
    }  # fmt: skip
    assert client.post(reverse("account_signup"), said).status_code == 302
    assert Person.objects.get(name="顾小梅").lives_in == "石桥街道"
