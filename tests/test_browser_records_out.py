"""The watch, moved records and one's own data in a real browser: looked at by axe and a ruler, and a bought hour's story to its end."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pyzipper
from django.utils import timezone
from playwright.sync_api import Page, expect

from doorstep.hub.people.actions.person import appoint
from doorstep.hub.people.models import Person, Role
from doorstep.hub.records.actions.hours import approve_hours, back_fill
from doorstep.hub.records.models import Anomaly, DataRequest
from doorstep.hub.testing import PASSWORD, Cast
from tests.moved import a_request, a_shipment, a_transfer

from .conftest import DESK, PHONE, Open

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Axe = Callable[[Page], list[str]]


def at(days: int, hour: int) -> datetime:
    return (timezone.localtime() - timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)


@pytest.fixture
def bought(cast: Cast) -> Anomaly:
    """周敏 types in five hours for 陈国梁, and a colleague approves at once."""
    colleague = Person.objects.create(name="郑小虎")
    appoint(by=cast.lin, person=colleague, role=Role.SOCIAL_WORKER, place=cast.community, since=cast.monday - timedelta(days=400))
    for days, first, last in ((4, 9, 11), (6, 13, 15), (7, 9, 10)):
        row = back_fill(by=cast.zhou, person=cast.chen, unit=cast.community, title="社区活动", came=at(days, first), left=at(days, last))
        approve_hours(by=colleague, hours=row)
    return Anomaly.objects.get(kind="bought")


@pytest.mark.parametrize(
    "look", [{"size": PHONE}, {"size": DESK, "lang": "en", "theme": "dark"}, {"size": PHONE, "elder": True}], ids=["phone", "desk", "elder"]
)
def test_every_page_passes_axe_and_never_scrolls_sideways(
    cast: Cast, bought: Anomaly, opened: Open, axe: Axe, look: dict[str, object]
) -> None:
    batch, sent = a_transfer(cast.community, cast.chen).batch, a_shipment(cast.community, cast.lin).pk
    asked, done = a_request(cast.community, cast.chen, "delete", "open").pk, a_request(cast.community, cast.chen, "carry", "done")
    pages = {
        "lin": [
            "/watch/",
            f"/watch/{bought.pk}/",
            "/moving/",
            "/moving/columns/",
            "/moving/yearly/",
            f"/moving/sent/{sent}/",
            f"/moving/earlier/{batch}/",
        ],
        "zhou": ["/moving/earlier/", "/data-requests/", f"/data-requests/{asked}/"],
        "chen": ["/my-data/", "/my-data/kept/"],
    }
    wrong = []
    for reader, addresses in pages.items():
        for address in addresses:
            page = opened(cast.people[reader], address, **look)  # type: ignore[arg-type]
            wrong += [f"{address}: {fault}" for fault in axe(page)]
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                wrong.append(f"{address} scrolls sideways")
            page.context.close()
    assert wrong == [] and done.state == DataRequest.State.DONE


def test_the_district_looks_into_the_bought_hours(cast: Cast, bought: Anomaly, opened: Open) -> None:
    page = opened(cast.lin, "/watch/", size=DESK)
    first = page.locator(".rows .row").first
    expect(first).to_contain_text("周敏在 1 分钟里给陈国梁补了 5 小时。")
    first.click()
    page.get_by_label("确有问题").check()
    page.get_by_label("问了谁，怎么回事").fill("问过陈师傅，那三天他在南京。")
    page.get_by_role("button", name="写下结果").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("眼下没有要看的")
    page.get_by_role("link", name="看过的").click()
    expect(page.locator(".rows")).to_contain_text("问过陈师傅，那三天他在南京。")


def test_a_copy_is_asked_for_answered_and_carried_away(cast: Cast, opened: Open) -> None:
    page = opened(cast.chen, "/my-data/", scripts=False)
    page.get_by_label("带走一份").check()
    page.get_by_role("button", name="交上去").click()
    expect(page.locator(".rows")).to_contain_text("以前答复")
    page.context.close()
    page = opened(cast.zhou, "/data-requests/", size=DESK)
    page.locator(".rows .row").first.click()
    page.get_by_label("办好了").check()
    page.get_by_role("button", name="答复本人").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("没有等着答复的")
    page.context.close()
    page = opened(cast.chen, "/my-data/")
    with page.expect_download() as file:
        page.get_by_role("button", name="带走一份（ZIP）").click()
    assert file.value.suggested_filename == "my-records.zip"


@pytest.mark.parametrize(
    "look", [{"size": PHONE}, {"size": DESK, "lang": "en", "theme": "dark"}, {"size": PHONE, "elder": True}], ids=["phone", "desk", "elder"]
)
def test_a_file_leaves_by_password_reason_and_passphrase(
    cast: Cast, opened: Open, axe: Axe, tmp_path: Path, look: dict[str, object]
) -> None:
    sent = a_shipment(cast.community, cast.lin)
    page = opened(cast.lin, f"/moving/sent/{sent.pk}/file/", **look)  # type: ignore[arg-type]
    faults = axe(page)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button").click()
    page.locator("[name=why]").fill("报到省平台")
    faults += axe(page)
    page.locator("main form button").click()
    phrase = page.locator(".phrase").inner_text()
    faults += axe(page)
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    with page.expect_download() as file:
        page.locator("main form button").click()
    file.value.save_as(tmp_path / "taken.zip")
    with pyzipper.AESZipFile(tmp_path / "taken.zip") as archive:
        archive.setpassword(phrase.encode())
        assert "报到省平台" in archive.read(archive.namelist()[0]).decode()
    assert faults == []
