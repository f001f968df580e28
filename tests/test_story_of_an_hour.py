"""An hour told end to end by four people in a real browser: offered, given, recorded, disputed, corrected, certified, checked, revoked."""

import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from doorstep.hub.people.models import Person
from doorstep.hub.records import book
from doorstep.hub.records.actions.booking import close_day
from doorstep.hub.records.models import Certificate, Correction, Hours, HoursState
from doorstep.hub.scheduling.models import Offer, OfferState, Slot
from doorstep.hub.testing import Cast

from .stage import Stage, stage

__all__ = ["stage"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
VERIFY = Path(__file__).parents[1] / "docs" / "verify_certificate.py"


class Clock:
    """The server's clock, eleven days ago and wound on by the story, so that at its end everything lies in the past of the outside world."""

    def __init__(self) -> None:
        self.moment: datetime | None = datetime.now(tz=timezone.get_current_timezone()).replace(hour=10, minute=0) - timedelta(days=11)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found, real = Clock(), timezone.now
    monkeypatch.setattr(timezone, "now", lambda: found.moment or real())
    return found


@pytest.fixture
def then(clock: Clock, cast: Cast) -> Cast:
    """The cast of the week after that day."""
    return cast


def test_from_a_yes_to_a_certificate_that_nobody_can_fake(clock: Clock, then: Cast, stage: Stage, tmp_path: Path) -> None:
    cast = then
    slot = cast.slot()
    chen, zhou, lin = stage.enter(cast.chen), stage.enter(cast.zhou), stage.enter(cast.lin)
    stranger = stage.open_page(size=stage.size)
    stranger.context.add_cookies([{"name": "doorstep_language", "value": stage.language, "url": stage.home}])
    offer = asks(stage, zhou, slot, cast.chen)
    says_yes(stage, chen, offer)
    comes_and_leaves(clock, stage, chen, zhou, offer)
    clock.moment = offer.start + timedelta(hours=5)
    disputes(stage, chen, Hours.objects.get())
    corrects(stage, zhou, lin, Hours.objects.get())
    clock.moment = offer.start + timedelta(days=1)
    close_day(day=timezone.localdate(offer.start))
    takes_a_certificate(stage, chen)
    token = checks(stage, stranger, chen, tmp_path)
    clock.moment = None
    assert offline(token, tmp_path, stage, stranger) == 0
    revokes(stage, zhou)
    stranger.goto(stranger.url)
    stage.look(stranger)
    expect(stranger.get_by_text(stage.say("已撤销")).first).to_be_visible()
    assert offline(token, tmp_path, stage, stranger) == 1
    assert not stage.wrong, "\n".join(stage.wrong)


def asks(stage: Stage, page: Page, slot: Slot, person: Person) -> Offer:
    """The social worker reads who is worth asking, and why, and asks him."""
    page.goto(stage.home + reverse("scheduling:slot", args=[slot.pk]))
    stage.look(page)
    stage.go(page, page.locator("#best").get_by_role("listitem").filter(has_text=person.name).get_by_role("button"))
    offer = Offer.objects.get(slot=slot)
    assert (offer.state, offer.person_id) == (OfferState.SENT, person.pk)
    return offer


def says_yes(stage: Stage, page: Page, offer: Offer) -> None:
    """He finds it waiting on his week, reads it through, and says yes."""
    page.goto(stage.home + reverse("scheduling:week"))
    stage.look(page)
    stage.go(page, page.locator(f"a[href='{reverse('scheduling:offer', args=[offer.pk])}']").first)
    stage.press(page, "我去")
    offer.refresh_from_db()
    assert offer.state == OfferState.ACCEPTED


def comes_and_leaves(clock: Clock, stage: Stage, chen: Page, zhou: Page, offer: Offer) -> None:
    """He types the six digits that stand on the social worker's phone, when he comes and when he leaves."""
    quiet = stage.open_page(size=stage.size, scripts=False)
    quiet.context.add_cookies(chen.context.cookies())  # type: ignore[arg-type]
    for minutes, words in ((0, "我到了"), (60, "我走了")):
        clock.moment = offer.start + timedelta(minutes=minutes)
        zhou.goto(stage.home + reverse("records:code", args=[offer.slot_id]))
        stage.look(zhou)
        digits = zhou.locator(".digits").inner_text()
        quiet.goto(stage.home + reverse("records:here", args=[offer.pk]))
        quiet.locator("[name=code]").fill(digits)
        quiet.get_by_role("button", name=stage.say(words), exact=True).click()
    hours = Hours.objects.get()
    assert (hours.tenths, hours.grade, hours.state) == (10, "code_pair", HoursState.RECORDED)


def disputes(stage: Stage, page: Page, hours: Hours) -> None:
    page.goto(stage.home + reverse("records:mine"))
    stage.look(page)
    stage.go(page, page.locator(f"a[href='{reverse('records:dispute', args=[hours.pk])}']").first)
    page.locator("[name=words]").fill("做了一个半小时，走的时候忘了再扫。")
    stage.press(page, "告诉社工")
    hours.refresh_from_db()
    assert hours.state == HoursState.DISPUTED


def corrects(stage: Stage, zhou: Page, lin: Page, hours: Hours) -> None:
    """The social worker proposes, the district approves; the earlier entry stays."""
    zhou.goto(stage.home + reverse("records:one", args=[hours.pk]))
    stage.look(zhou)
    expect(zhou.get_by_text("做了一个半小时，走的时候忘了再扫。").first).to_be_visible()
    stage.follow(zhou, stage.say("更正"))
    zhou.locator("[name=left]").fill(timezone.localtime(hours.left + timedelta(minutes=30)).strftime("%H:%M"))
    zhou.locator("[name=beyond_plan]").check()
    zhou.locator("[name=why]").fill("家里也说是一个半小时。")
    stage.press(zhou, "提更正")
    lin.goto(stage.home + reverse("records:one", args=[hours.pk]))
    stage.look(lin)
    stage.press(lin, "批，改成新的")
    hours.refresh_from_db()
    assert (hours.tenths, hours.state, Correction.objects.get().state) == (15, HoursState.RECORDED, "approved")


def takes_a_certificate(stage: Stage, page: Page) -> None:
    page.goto(stage.home + reverse("records:certificates"))
    stage.look(page)
    stage.press(page, "开证明")
    assert Certificate.objects.get().tenths == 15


def checks(stage: Stage, stranger: Page, chen: Page, folder: Path) -> Path:
    """A stranger types the number and learns that it is genuine, and no name; the holder hands over the small file."""
    stranger.goto(stage.home + reverse("records:check"))
    stage.look(stranger)
    stranger.locator("[name=number]").fill(Certificate.objects.get().number)
    stage.press(stranger, "查")
    expect(stranger.get_by_role("heading", level=1)).to_have_text(stage.say("这张证明是真的，<br>现在有效。").replace("<br>", ""))
    assert "陈国梁" not in stranger.content()
    with chen.expect_download() as saved:
        chen.get_by_role("link", name=stage.say("存电子证明")).click()
    token = folder / "certificate.jwt"
    saved.value.save_as(token)
    return token


def offline(token: Path, folder: Path, stage: Stage, page: Page) -> int:
    """Anybody with the file, the published keys and the list of revoked ones, on a computer without a network."""
    keys, status = folder / "keys.json", folder / "status.jwt"
    for address, path in ((reverse("records:keys_json"), keys), (reverse("records:status_list", args=[0]), status)):
        answer = page.request.get(stage.home + address)
        assert answer.ok, address
        path.write_bytes(answer.body())
    text = token.read_text()
    forged = folder / "forged.jwt"
    forged.write_text(text[:200] + ("A" if text[200] != "A" else "B") + text[201:])
    assert subprocess.run([sys.executable, VERIFY, forged, keys, status], check=False, capture_output=True).returncode == 1
    found = subprocess.run([sys.executable, VERIFY, token, keys, status], check=False, capture_output=True, text=True)
    print(found.stdout, found.stderr)
    return found.returncode


def revokes(stage: Stage, page: Page) -> None:
    page.goto(stage.home + reverse("records:certificate", args=[Certificate.objects.get().pk]))
    stage.look(page)
    page.locator("summary", has_text=stage.say("撤销这张证明")).click()
    page.locator("[name=reason]").first.check()
    page.locator("[name=words]").fill("那天记重了，改好再给您开。")
    stage.press(page, "撤销，告诉本人")
    assert book.hours_of(Certificate.objects.get().tenths) == "1.5" and Certificate.objects.get().state == "revoked"
