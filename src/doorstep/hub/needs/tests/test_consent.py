"""Consent that was taken back hides what was said from social workers, on every page and in every list."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from doorstep.hub.needs.actions.closing import record_visit
from doorstep.hub.needs.models import Need
from doorstep.hub.needs.queries import past_needs
from doorstep.hub.people.actions.person import withdraw_consent
from doorstep.hub.scheduling.models import OfferState
from doorstep.hub.testing import Cast

WORDS = "秘密的话，不要给人看。"


@pytest.fixture
def taken_back(cast: Cast, client: Client) -> Need:
    """沈秀英 has taken back what she asked, and her consent with it."""
    need = cast.need(own_words=WORDS)
    cast.sign_in(client, cast.shen)
    assert client.post(reverse("needs:cancel", args=[need.pk]), {"withdraw": "on", "once": uuid4().hex}).status_code == 302
    need.refresh_from_db()
    return need


@pytest.mark.parametrize("name", ["check", "request", "paper_of", "homes"])
def test_no_page_shows_it_to_the_social_worker(taken_back: Need, client: Client, cast: Cast, name: str) -> None:
    cast.sign_in(client, cast.zhou)
    answer = client.get(reverse(f"needs:{name}", args=[taken_back.pk]))
    assert answer.status_code == 404 and "秘密" not in answer.content.decode()


def test_the_home_itself_still_reads_it(taken_back: Need, client: Client, cast: Cast) -> None:
    assert WORDS in client.get(reverse("needs:request", args=[taken_back.pk])).content.decode()


def test_no_search_finds_it_and_the_list_says_only_that_it_was(taken_back: Need, client: Client, cast: Cast) -> None:
    cast.sign_in(client, cast.zhou)
    for words in ("秘密", "沈秀英", "0008"):
        page = client.get(reverse("needs:inbox"), {"q": words}).content.decode()
        assert "不要给人看" not in page and "没有找到" in page
    page = client.get(reverse("needs:inbox"), {"state": "cancelled"}).content.decode()
    assert "收回了同意" in page and "秘密" not in page and str(taken_back.pk) not in page
    assert "12 幢" not in page
    assert taken_back not in past_needs(cast.need())


def test_what_was_done_is_hidden_too_once_consent_is_gone(client: Client, cast: Cast) -> None:
    need = cast.need(own_words=WORDS)
    offer = cast.offer(cast.checked(need), state=OfferState.ACCEPTED)
    record_visit(by=cast.zhou, need=need, slot=offer.slot, outcomes={offer: "served"}, channel="phone", now=offer.end)
    cast.sign_in(client, cast.zhou)
    assert WORDS in client.get(reverse("needs:check", args=[need.pk])).content.decode()
    assert need.consent is not None
    withdraw_consent(by=cast.shen, consent=need.consent)
    assert client.get(reverse("needs:check", args=[need.pk])).status_code == 404


def test_consent_taken_back_on_the_own_page_hides_what_still_waits(client: Client, cast: Cast) -> None:
    need = cast.need(own_words=WORDS)
    assert need.consent is not None
    cast.sign_in(client, cast.zhou)
    pages = [reverse("overview:worklist"), reverse("needs:inbox"), reverse("needs:check", args=[cast.need(cast.he).pk])]
    assert all("秘密" in client.get(page).content.decode() for page in pages)
    withdraw_consent(by=cast.shen, consent=need.consent)
    assert not any("秘密" in client.get(page).content.decode() for page in pages)


def test_a_social_worker_who_writes_the_withdrawal_down_is_led_to_her_list(client: Client, cast: Cast) -> None:
    need = cast.need()
    cast.sign_in(client, cast.zhou)
    answer = client.post(reverse("needs:cancel", args=[need.pk]), {"withdraw": "on", "heard": "phone"}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("needs:inbox") and answer.status_code == 200
    assert "撤回了" in answer.content.decode()


def test_a_need_that_was_taken_over_without_consent_on_file_stays_readable(client: Client, cast: Cast) -> None:
    need = cast.need(own_words="从旧册子里抄来的")
    Need.objects.filter(pk=need.pk).update(consent=None)
    cast.sign_in(client, cast.zhou)
    assert client.get(reverse("needs:check", args=[need.pk])).status_code == 200
