"""The table of times: to the end of the week that is planned next, one week apart from the other."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.needs.forms.times import TimesForm
from doorstep.hub.people.queries import next_monday
from doorstep.hub.testing import Cast


def at(day: int, hour: int) -> datetime:
    return timezone.make_aware(datetime(2026, 11, day, hour))


@pytest.mark.parametrize("day", [23, 25, 29])
def test_every_day_of_the_planned_week_can_be_ticked(day: int) -> None:
    weeks = TimesForm(now=at(day, 8)).weeks()
    assert [name for name, _days in weeks] == ["这一周", "下一周"]
    assert [days[-1][0] for _name, days in weeks] == [date(2026, 11, 29), date(2026, 12, 6)]
    assert weeks[0][1][0][0] == date(2026, 11, day)
    assert len(weeks[1][1]) == 7


def test_a_week_without_a_time_left_is_not_shown() -> None:
    assert [name for name, _days in TimesForm(now=at(29, 23)).weeks()] == ["下一周"]


def test_the_last_day_of_the_planned_week_is_taken() -> None:
    form = TimesForm({"cells": ["2026-12-06:0"]}, now=at(25, 8))
    assert form.is_valid() and form.windows(form.cleaned_data, 60)
    assert not form.errors


def test_the_page_says_one_week_only_before_it_is_ticked(client: Client, cast: Cast) -> None:
    need = cast.need()
    cast.checked(need)
    page = cast.sign_in(client, cast.shen).get(reverse("needs:request", args=[need.pk])).content.decode()
    assert "只勾同一周的" in page and page.index("只勾同一周的") < page.index("下一周</th>")
    assert f"{next_monday() + timedelta(days=6)}:2" in page
