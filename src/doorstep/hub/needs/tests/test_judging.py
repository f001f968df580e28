"""How well it was done: every finished visit can be judged by its home in one tap, once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from doorstep.hub.journal.models import Notice
from doorstep.hub.needs.access import NotDoneYet
from doorstep.hub.needs.actions.closing import record_visit
from doorstep.hub.needs.actions.judging import judge
from doorstep.hub.needs.models import Need, Verdict
from doorstep.hub.people.models import Person
from doorstep.hub.scheduling.models import OfferState
from doorstep.hub.testing import Cast


def done(cast: Cast, by: Person) -> Need:
    need = cast.need()
    slot = cast.checked(need)
    offer = cast.offer(slot, state=OfferState.ACCEPTED)
    record_visit(by=by, need=need, slot=slot, outcomes={offer: "served"}, channel="phone", now=offer.start + timedelta(hours=2))
    need.refresh_from_db()
    return need


def page_of(client: Client, need: Need, name: str = "request") -> str:
    return client.get(reverse(f"needs:{name}", args=[need.pk])).content.decode()


def test_a_finished_visit_is_judged_with_one_tap_and_the_social_worker_reads_it(client: Client, cast: Cast) -> None:
    need = done(cast, cast.zhou)
    cast.sign_in(client, cast.shen)
    assert "办得怎样？" in page_of(client, need)
    said = {"once": uuid4().hex, "mark": "partly", "words": "扶手还晃。"}
    answer = client.post(reverse("needs:judge", args=[need.pk]), said, follow=True).content.decode()
    assert "您在网上说：办了一半。扶手还晃。" in answer and "办得怎样？" not in answer
    verdict = Verdict.objects.get()
    assert (verdict.mark, verdict.said_by, verdict.channel) == ("partly", cast.shen, "web")
    assert "home_judged" in set(Notice.objects.to_person(cast.zhou.pk).values_list("kind", flat=True))
    assert "扶手还晃。" in page_of(cast.sign_in(client, cast.zhou), need, "check")
    again = client.post(reverse("needs:judge", args=[need.pk]), {"once": uuid4().hex, "mark": "well"})
    assert (again.status_code, Verdict.objects.get().mark) == (422, "partly")
    assert "您已经说过了" in again.content.decode()


def test_a_social_worker_takes_it_down_and_says_how_she_heard(client: Client, cast: Cast) -> None:
    need = done(cast, cast.zhou)
    cast.sign_in(client, cast.zhou).post(
        reverse("needs:judge", args=[need.pk]), {"once": uuid4().hex, "mark": "well", "channel": "in_person"}
    )
    assert Verdict.objects.get().channel == "in_person"


def test_a_home_that_noted_the_visit_itself_is_not_asked_again(client: Client, cast: Cast) -> None:
    need = done(cast, cast.shen)
    assert "办得怎样？" not in page_of(cast.sign_in(client, cast.shen), need)


def test_nothing_is_judged_before_it_is_done_nor_by_who_went(client: Client, cast: Cast) -> None:
    need = cast.need()
    with pytest.raises(NotDoneYet):
        judge(by=cast.shen, need=need, mark="well", channel="web")
    finished = done(cast, cast.zhou)
    answer = cast.sign_in(client, cast.chen).post(reverse("needs:judge", args=[finished.pk]), {"mark": "well"})
    assert answer.status_code == 404 and not Verdict.objects.exists()
