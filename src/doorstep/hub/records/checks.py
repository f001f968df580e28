"""The start-up checks of the ledger: what is stored fits together, the clock has not gone back, certificates name an address that others can open."""

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import OperationalError, ProgrammingError

from doorstep.hub.journal.access import is_loopback

from .proving import Misfit, misfits
from .queries.proofs import last_walk


@register(Tags.database)
def check_ledger(databases: Sequence[str] | None = None, **_more: object) -> list[CheckMessage]:
    if not databases:
        return []
    try:
        walk = last_walk()
        return ledger_faults([*misfits(), *([] if walk is None or walk.good else [Misfit("walk", str(walk.entry))])])
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


def ledger_faults(found: Iterable[Misfit]) -> list[CheckMessage]:
    return [_said(misfit) for misfit in found]


def _said(misfit: Misfit) -> CheckMessage:
    if misfit.code == "clock":
        return Warning(
            f"这台机器的钟比账本最后一条（{misfit.where}）还早 · The clock stands before the ledger's last entry ({misfit.where}).",
            hint="先校准时间：记下的时长都用这只钟 · Set the clock: every hour is counted by it.",
            id="doorstep.W020",
        )
    if misfit.code == "walk":
        return Warning(
            f"账本上次从头走一遍时和日结对不上，第一处在第 {misfit.where} 号 · The last walk found the ledger changed at entry {misfit.where}.",
            hint="别改任何东西，用 doorstep ledger export 导出来交给查账的人 · Change nothing; export it for an auditor.",
            id="doorstep.W022",
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
