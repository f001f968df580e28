"""Nobody says the same thing twice: what is under way stands above the form, and what is known of a relative need not be typed again."""

from django.test import Client
from django.urls import reverse

from doorstep.hub.needs.models import Need
from doorstep.hub.testing import Cast

URL = "needs:ask"


def brought(cast: Cast) -> Need:
    """王倩's matter for her mother, who is not in the register."""
    need = cast.need(asked_by=cast.wang, for_whom="family", about_name="许阿姨", relation="女儿", phone="13900001111")
    Need.objects.filter(pk=need.pk).update(resident=None, household=None)
    return need


def test_what_is_under_way_is_seen_before_it_is_said_again(client: Client, cast: Cast) -> None:
    need = cast.need()
    page = cast.sign_in(client, cast.shen).get(reverse(URL)).content.decode()
    assert "您说过、还在办的事" in page and reverse("needs:request", args=[need.pk]) in page
    desk = cast.sign_in(client, cast.zhou).get(reverse(URL), {"for": str(cast.shen.household_id)}).content.decode()
    assert "这一家还在办的事" in desk and reverse("needs:check", args=[need.pk]) in desk
    assert "还在办的事" not in cast.sign_in(client, cast.he).get(reverse(URL)).content.decode()


def test_a_second_matter_for_the_same_person_needs_no_second_telling(client: Client, cast: Cast) -> None:
    need = brought(cast)
    cast.sign_in(client, cast.wang)
    assert "还是许阿姨的事" in client.get(reverse(URL)).content.decode()
    page = client.get(reverse(URL), {"again": str(need.pk)}).content.decode()
    assert 'value="许阿姨"' in page and 'value="女儿"' in page and "住在哪个社区" not in page
    assert cast.sign_in(client, cast.he).get(reverse(URL), {"again": str(need.pk)}).status_code == 404


def test_the_form_asks_where_the_one_lives_who_needs_help(client: Client, cast: Cast) -> None:
    assert "要帮忙的人住在哪个社区" in cast.sign_in(client, cast.stranger).get(reverse(URL) + "?other=1").content.decode()


def test_checked_is_not_called_looking_for_somebody_once_all_is_settled(client: Client, cast: Cast) -> None:
    page = cast.sign_in(client, cast.zhou).get(reverse("needs:inbox")).content.decode()
    assert "已核实，还没办完" in page and "已核实，在找人" not in page


def test_english_pages_have_no_chinese_comma(client: Client, cast: Cast) -> None:
    need = cast.need(asker_name="Shen")
    client.cookies["doorstep_language"] = "en"
    assert "，Shen" not in cast.sign_in(client, cast.shen).get(reverse("needs:request", args=[need.pk])).content.decode()


def test_the_way_to_the_register_leaves_what_was_typed_where_it_is(client: Client, cast: Cast) -> None:
    page = cast.sign_in(client, cast.zhou).get(reverse("needs:homes", args=[brought(cast).pk]), {"find": "88 幢"}).content.decode()
    assert f'href="{reverse("people:households")}" target="_blank"' in page
