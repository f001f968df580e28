"""The start-up checks of the ledger: what is stored fits together, the clock has not gone back, certificates name an address that others can open."""

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import OperationalError, ProgrammingError
from django.utils import timezone

from doorstep.hub.journal.access import is_loopback

from .proving import Misfit, misfits
from .queries.proofs import Walk, kept_outside, last_walk


@register(Tags.database)
def check_ledger(databases: Sequence[str] | None = None, **_more: object) -> list[CheckMessage]:
    if not databases:
        return []
    try:
        walk = last_walk()
        return [*ledger_faults(misfits()), *([_found_at_night(walk)] if walk is not None and walk.alarm else [])]
    except (OperationalError, ProgrammingError):
        # No tables yet; that they are missing is said elsewhere.
        return []


@register(Tags.security)
def check_public_address(**_more: object) -> list[CheckMessage]:
    """Behind a proxy others come in, and the code on a certificate must lead them here."""
    if not settings.BEHIND_HTTPS or not is_loopback(urlsplit(settings.PUBLIC_URL).hostname or ""):
        return []
    return [
        Warning(
            f"证明上的码指着 {settings.PUBLIC_URL}，别人打不开 · The code on certificates leads to {settings.PUBLIC_URL}, which nobody else can open.",
            hint="开证明以前设好 DOORSTEP_PUBLIC_URL · Set DOORSTEP_PUBLIC_URL before the first certificate.",
            id="doorstep.W021",
        )
    ]


@register(Tags.database)
def check_witnesses(databases: Sequence[str] | None = None, **_more: object) -> list[CheckMessage]:
    """Heads that nobody outside keeps say nothing against who has this machine."""
    if not databases or settings.DEMONSTRATION:
        return []
    try:
        kept = kept_outside()
    except (OperationalError, ProgrammingError):
        return []
    found: list[CheckMessage] = []
    if settings.BEHIND_HTTPS and not (settings.HEADS_FOLDER or settings.WITNESSES):
        found.append(
            Warning(
                "日结只在自己的网页上，外面没有人留 · Heads are kept on our own page only.",
                hint="设 DOORSTEP_HEADS_FOLDER 或 DOORSTEP_WITNESSES，或者每周印一张贴出去 · Name a folder or witnesses, or print one each week.",
                id="doorstep.W023",
            )
        )
    if kept is not None and kept.failed:
        found.append(
            Warning(
                f"{kept.faults[0].day} 的日结没有送出去：{', '.join(kept.failed)} · That head did not get out.",
                hint="AnotherHistory：外面留的和这里的不一样，马上找查账的人；别的是文件夹或邮件不通，一小时再试 · AnotherHistory: what was kept "
                "outside is not what stands here, call an auditor; anything else is tried again within the hour.",
                id="doorstep.W024",
            )
        )
    return found


def ledger_faults(found: Iterable[Misfit]) -> list[CheckMessage]:
    return [_said(misfit) for misfit in found]


def _found_at_night(walk: Walk) -> CheckMessage:
    """What the last look over everything found, naming the first of each."""
    found = []
    if walk.overdue:
        found.append(f"从 {timezone.localtime(walk.at):%Y-%m-%d %H:%M} 起没有再看过 nobody has looked since")
    if walk.broke_off:
        found.append("没有看完 the look broke off, see the log of the service")
    elif walk.fault:
        where = "" if walk.entry is None else f" {walk.entry}"
        found.append(f"账本被动过（{walk.fault}{where}）the log was changed")
    if walk.refused is not None:
        found.append(f"{walk.refused} 的日结没有签 its head was not signed")
    found += [f"{one.code} {one.where}" for one in walk.misfits[:3]]
    if walk.count:
        first = walk.rows[0]
        found.append(
            f"{walk.count} 行和账本不一样，头一行 rows differ, the first: {first.table} {first.row} #{first.entry} {first.why} {first.field}"
        )
    return Warning(
        f"上次从头看一遍时对不上：{'; '.join(found)} · The last look over everything found what does not fit.",
        hint="别改任何东西，用 doorstep ledger export 导出来交给查账的人；改好了用 doorstep verify here 再看一遍 · "
        "Change nothing; export it for an auditor. Once put right, look again with `doorstep verify here`.",
        id="doorstep.W022",
    )


def _said(misfit: Misfit) -> CheckMessage:
    if misfit.code == "clock":
        return Warning(
            f"这台机器的钟比账本最后一条（{misfit.where}）还早 · The clock stands before the ledger's last entry ({misfit.where}).",
            hint="先校准时间：记下的时长都用这只钟 · Set the clock: every hour is counted by it.",
            id="doorstep.W020",
        )
    if misfit.code == "head_ahead":
        return Warning(
            f"有一张日结写的是还没到的日子（{misfit.where}），在那以前不会再有新的 · A head names a day to come ({misfit.where}): none is signed until then.",
            hint="先校准时间；钟没错，就是有人写过数据库：见 docs/records.md · Set the clock; if it is right, somebody wrote into the database: see docs/records.md.",
            id="doorstep.W025",
        )
    if misfit.code == "old_key":
        return Error(
            f"签名的钥匙是 {misfit.where} 就换下来的旧钥匙 · The signing key was replaced on {misfit.where} already.",
            hint="用现在的钥匙，或者做一把新的（docs/operations.md）· Use the present key or make a new one, see docs/operations.md.",
            id="doorstep.E021",
        )
    return Error(
        f"账本前后对不上：{misfit.code} {misfit.where} · What is stored of the ledger does not fit together.",
        hint="先别改任何东西：用 doorstep ledger export 导出来，拿日结走一遍 doorstep verify · Change nothing: export it and walk it against a head.",
        id="doorstep.E020",
    )
