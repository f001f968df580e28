"""What a person sees and changes of himself, and what may not be typed away."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.journal.models import Entry
from doorstep.hub.people.actions.person import give_consent
from doorstep.hub.people.actions.vocabulary import install_vocabulary
from doorstep.hub.people.forms.own import far, long, often
from doorstep.hub.people.models import Consent, Credential, Person, Skill, VolunteerProfile
from doorstep.hub.testing import Cast

ME, PROFILE = "people:me", "people:profile"


def said(person: Person, **changed: Any) -> dict[str, Any]:
    """The profile form as the page fills it, with what the person changes."""
    profile = VolunteerProfile.objects.get(person=person)
    return {
        "offers_welcome": "1", "travel": "walk", "reach_m": "2000", "max_minutes": "240", "max_visits": "4", "languages": ["zh", "wuu"],
        "phone": "13900000003", "birth_date": "", "motto": "", "version": profile.version, "once": "k",
    } | changed  # fmt: skip


def test_everybody_finds_roles_consents_and_what_is_kept(cast: Cast, client: Client) -> None:
    page = cast.sign_in(client, cast.chen).get(reverse(ME)).content.decode()
    assert "陈国梁，您好" in page
    assert "柳岸社区 · 志愿者" in page
    assert "由社工周敏带" in page
    assert "139****0003" in page and "13900000003" not in page


def test_a_consent_is_taken_back_once_and_only_by_whom_it_is_of(cast: Cast, client: Client) -> None:
    consent = give_consent(person=cast.shen, purpose="service", channel="web")
    url = reverse("people:withdraw", args=[consent.pk])
    assert cast.sign_in(Client(), cast.chen).post(url, {"once": "a"}).status_code == 404
    cast.sign_in(client, cast.shen)
    for key in ("b", "b", "c"):
        assert client.post(url, {"once": key}).status_code == 302
    consent.refresh_from_db()
    assert consent.withdrawn_at is not None
    assert Entry.objects.filter(verb="withdraw_consent").count() == 1
    assert Consent.objects.count() == 2, "the guardian's consent stands"
    assert "收回了" in client.get(reverse(ME)).content.decode()


@pytest.mark.parametrize(
    ("told", "number", "said"),
    [(far, 800, "800 米"), (far, 2500, "2.5 公里"), (long, 375, "6 小时 15 分钟"), (long, 45, "45 分钟"), (often, 7, "7 次")],
)
def test_how_far_and_how_long_are_said_as_people_say_them(told: Callable[[int], str], number: int, said: str) -> None:
    assert told(number) == said


@pytest.mark.usefixtures("cast")
def test_what_was_called_badly_in_english_is_called_better_unless_a_district_changed_it() -> None:
    Skill.objects.filter(code="company").update(name_en="Company")
    Skill.objects.filter(code="patrol").update(name_en="Walks")
    install_vocabulary()
    assert list(Skill.objects.filter(code__in=("company", "patrol")).order_by("code").values_list("name_en", flat=True)) == [
        "Keeping company",
        "Walks",
    ]


def test_a_volunteer_says_how_to_be_asked(cast: Cast, client: Client) -> None:
    cast.sign_in(client, cast.chen)
    answer = client.post(reverse(PROFILE), said(cast.chen, offers_welcome="0", reach_m="500", motto="慢慢来"))
    assert answer.status_code == 302
    profile = VolunteerProfile.objects.get(person=cast.chen)
    assert (profile.offers_welcome, profile.reach_m, profile.motto, profile.version) == (False, 500, "慢慢来", 2)
    assert {language.code for language in cast.chen.languages.all()} == {"zh", "wuu"}
    assert "您正歇着" in client.get(reverse(PROFILE)).content.decode()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"birth_date": (timezone.localdate() + timedelta(days=1)).isoformat()}, "出生日期在今天以后"),
        ({"birth_date": "1850-01-01"}, "这一年太早了"),
        ({"birth_date": "昨天"}, "这一天不对"),
        ({"phone": "12345"}, "这个号码不对"),
        ({"phone": ""}, "必填"),
        ({"reach_m": "99999999"}, "reach_m"),
        ({"max_visits": "-3"}, "max_visits"),
        ({"languages": ["klingon"]}, "languages"),
        ({"categories": ["4711"]}, "categories"),
        ({"motto": "长" * 5000}, "motto"),
    ],
)
def test_bad_input_is_said_and_nothing_is_lost(cast: Cast, client: Client, changed: dict[str, Any], sentence: str) -> None:
    cast.sign_in(client, cast.chen)
    answer = client.post(reverse(PROFILE), said(cast.chen, **({"motto": "我打的字还在"} | changed)))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert "motto" in changed or "我打的字还在" in page
    assert VolunteerProfile.objects.get(person=cast.chen).version == 1


def test_two_editors_do_not_overwrite_each_other(cast: Cast, client: Client) -> None:
    cast.sign_in(client, cast.chen)
    assert client.post(reverse(PROFILE), said(cast.chen, motto="手机上写的")).status_code == 302
    answer = client.post(reverse(PROFILE), said(cast.chen, motto="电脑上写的", version=1, once="other"))
    assert answer.status_code == 422
    assert "别人刚改过这一页" in answer.content.decode()
    assert VolunteerProfile.objects.get(person=cast.chen).motto == "手机上写的"


def test_the_same_form_twice_changes_once(cast: Cast, client: Client) -> None:
    cast.sign_in(client, cast.chen)
    form = said(cast.chen, motto="一次")
    assert [client.post(reverse(PROFILE), form).status_code for _number in range(2)] == [302, 302]
    assert VolunteerProfile.objects.get(person=cast.chen).version == 2


@pytest.mark.parametrize("born", ["", "1990-05-05"])
def test_a_minor_cannot_type_the_protection_away(cast: Cast, client: Client, born: str) -> None:
    cast.sign_in(client, cast.ning)
    before = Person.objects.get(pk=cast.ning.pk).birth_date
    answer = client.post(reverse(PROFILE), said(cast.ning, birth_date=born))
    assert answer.status_code == 422
    assert "由社工看过证件再改" in answer.content.decode()
    assert Person.objects.get(pk=cast.ning.pk).birth_date == before


def test_a_claimed_skill_waits_for_somebody_to_look(cast: Cast, client: Client) -> None:
    cast.sign_in(client, cast.chen)
    claim = {"skill": cast.skill("haircut").pk, "evidence": "理发店做过十年", "once": "k"}
    assert client.post(reverse("people:claim"), claim).status_code == 302
    credential = Credential.objects.get(person=cast.chen)
    assert credential.verified_on is None
    assert not Credential.objects.in_force(timezone.localdate()).filter(person=cast.chen).exists()
    assert "等社工核验" in client.get(reverse(PROFILE)).content.decode()
    again = client.post(reverse("people:claim"), claim | {"once": "other"})
    assert (again.status_code, "这一项已经写着了" in again.content.decode()) == (422, True)


def test_a_skill_that_does_not_exist_is_refused(cast: Cast, client: Client) -> None:
    cast.sign_in(client, cast.chen)
    assert client.post(reverse("people:claim"), {"skill": "999999", "evidence": "x", "once": "k"}).status_code == 422
    assert not Credential.objects.filter(person=cast.chen).exists()


def test_the_path_to_skilled_says_what_is_missing(cast: Cast, client: Client) -> None:
    page = cast.sign_in(client, cast.chen).get(reverse(PROFILE)).content.decode()
    assert "往下学什么" in page and "先问社工哪门课要人" in page
    assert "往下学什么" not in cast.sign_in(Client(), cast.tang).get(reverse(PROFILE)).content.decode()


@pytest.mark.parametrize(("who", "status"), [("chen", 200), ("ning", 200), ("tang", 200), ("zhou", 404), ("shen", 404), ("lin", 404)])
def test_only_volunteers_have_a_profile(cast: Cast, client: Client, who: str, status: int) -> None:
    assert cast.sign_in(client, getattr(cast, who)).get(reverse(PROFILE)).status_code == status


@pytest.mark.django_db
@pytest.mark.parametrize("name", [ME, PROFILE, "account_change_password"])
def test_a_visitor_signs_in_first(client: Client, name: str) -> None:
    assert client.get(reverse(name)).status_code == 302


def test_the_pages_speak_english(cast: Cast, client: Client) -> None:
    cast.chen.language = "en"
    cast.chen.save()
    cast.sign_in(client, cast.chen)
    assert "What is kept about me here" in client.get(reverse(ME)).content.decode()
    page = client.get(reverse(PROFILE)).content.decode()
    assert "How to ask me" in page
    assert "Tutoring" in page and "教育辅导" not in page


def test_what_is_left_out_is_asked_for_in_our_own_words(cast: Cast, client: Client) -> None:
    cast.sign_in(client, cast.chen)
    page = client.post(reverse(PROFILE), said(cast.chen, travel="")).content.decode()
    assert "这一项还空着，请填上。" in page and "必填项" not in page


def test_the_area_of_residence_is_written_by_oneself_and_goes_with_the_person(cast: Cast, client: Client) -> None:
    cast.sign_in(client, cast.chen)
    assert client.post(reverse(PROFILE), said(cast.chen, residence="柳岸街道 柳岸社区")).status_code == 302
    cast.chen.refresh_from_db()
    assert cast.chen.lives_in == "柳岸街道 柳岸社区"
    assert cast.shen.lives_in == cast.shen.household.community.name, "who has a registered home need not write it"
    page = client.get("/record/").content.decode()
    assert "柳岸街道 柳岸社区" in page and "全国志愿者编号" in page
