"""A social worker of several communities sees the homes and volunteers of all of them, or of one."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from doorstep.hub.people.actions.person import appoint
from doorstep.hub.people.models import Role
from doorstep.hub.testing import Cast


@pytest.fixture
def desk(client: Client, cast: Cast) -> Client:
    """周敏, who looks after 石桥头 as well; 唐颖 helps there too."""
    since = cast.monday - timedelta(days=30)
    appoint(by=None, person=cast.zhou, role=Role.SOCIAL_WORKER, place=cast.other_community, since=since)
    appoint(by=None, person=cast.tang, role=Role.SPECIALIST, place=cast.other_community, since=since)
    return cast.sign_in(client, cast.zhou)


def body(client: Client, name: str, **asked: str) -> str:
    return client.get(reverse(f"people:{name}"), asked).content.decode()


def test_homes_of_all_or_of_one(desk: Client, cast: Cast, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(15):
        both = body(desk, "households")
    assert "12 幢 2 单元 501" in both and "3 幢 1 单元 301" in both
    one = body(desk, "households", place=str(cast.other_community.pk))
    assert "3 幢 1 单元 301" in one and "12 幢 2 单元 501" not in one
    assert f"?at={cast.other_community.pk}" in one


def test_volunteers_of_all_or_of_one(desk: Client, cast: Cast, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(15):
        both = body(desk, "volunteers")
    assert "陈国梁" in both and "唐颖" in both
    one = body(desk, "volunteers", place=str(cast.other_community.pk))
    assert "唐颖" in one and "陈国梁" not in one


@pytest.mark.parametrize("name", ["households", "volunteers"])
def test_who_has_one_community_is_not_asked_which(client: Client, cast: Cast, name: str) -> None:
    shown = body(cast.sign_in(client, cast.wu), name, place=str(cast.community.pk))
    assert "全部社区" not in shown
    assert "12 幢 2 单元 501" not in shown and "陈国梁" not in shown
