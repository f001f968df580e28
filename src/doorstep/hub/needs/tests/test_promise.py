"""What is promised to who asks: a call by day, from whom the page names only if it is sure."""

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.needs.forms.ask import AskForm
from doorstep.hub.needs.queries import promised_by, worker_of
from doorstep.hub.people.models import Membership
from doorstep.hub.testing import Cast


@pytest.mark.parametrize(
    ("asked", "promised"), [((25, 2, 34), (26, 9, 0)), ((25, 22, 10), (27, 9, 0)), ((25, 14, 5), (26, 14, 5)), ((25, 8, 40), (26, 8, 40))]
)
def test_nobody_is_promised_a_call_at_night(cast: Cast, asked: tuple[int, ...], promised: tuple[int, ...]) -> None:
    def at(day: int, hour: int, minute: int) -> datetime:
        return timezone.make_aware(datetime(2026, 11, day, hour, minute))

    assert promised_by(cast.community, at(*asked)) == at(*promised)


def test_among_several_social_workers_none_is_named_as_the_one_who_calls(client: Client, cast: Cast) -> None:
    url = reverse("needs:ask") + "?place=liuan"
    assert "的社工周敏打给您" in client.get(url).content.decode()
    Membership.objects.create(person=cast.stranger, place=cast.community, role="social_worker", since=cast.monday.replace(day=1))
    assert worker_of(cast.community) is None
    page = client.get(url).content.decode()
    assert "的社工打给您" in page and "周敏" not in page


def test_a_picture_alone_says_nothing() -> None:
    assert "请写一两句" in str(AskForm({"own_words": "😀！"}).errors["own_words"])
