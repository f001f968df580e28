"""Start-up checks of what keeps the records: the database's library and settings, the secret key, the names that are answered to."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections
from django.db.utils import OperationalError
from django.utils import timezone

from .access import is_loopback
from .queries import behind_by

#: The first library without the race in the write-ahead log.
SOUND_SQLITE = (3, 51, 3)
FULL, WAL = 2, "wal"
LOOPBACK_NAMES = {"localhost", "127.0.0.1", "[::1]"}


def library_faults(version: str) -> list[CheckMessage]:
    if tuple(int(part) for part in version.split(".")) >= SOUND_SQLITE:
        return []
    wanted = ".".join(map(str, SOUND_SQLITE))
    return [
        Error(
            f"SQLite {version} 可能写坏数据库 · SQLite {version} can corrupt the database under load.",
            hint=f"要 {wanted} 或更新的，它随 pysqlite3 装好：再运行一次 script/demo · {wanted} or newer comes with pysqlite3.",
            id="doorstep.E001",
        )
    ]


def pragma_faults(found: dict[str, Any]) -> list[CheckMessage]:
    """What the connection is really set to, not what the settings file hopes."""
    wanted = {"journal_mode": WAL, "synchronous": FULL, "foreign_keys": 1, "mmap_size": 0}
    wrong = {name: found[name] for name, value in wanted.items() if found[name] != value}
    if not wrong:
        return []
    said = ", ".join(f"{name}={value}" for name, value in wrong.items())
    return [
        Error(
            f"SQLite 的设置会丢数据：{said} · SQLite is set to lose data: {said}.",
            hint="数据库文件要放在本机的盘上（不要放网络盘），OPTIONS 不要改 · Keep the file on a local disk and leave OPTIONS alone.",
            id="doorstep.E002",
        )
    ]


@register(Tags.database)
def check_database(databases: Sequence[str] | None = None, **_more: object) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        if connection.vendor != "sqlite":
            continue
        try:
            with connection.cursor() as cursor:
                version = cursor.execute("SELECT sqlite_version()").fetchone()[0]
                names = ("journal_mode", "synchronous", "foreign_keys", "mmap_size")
                values = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in names}
        except OperationalError as error:
            found.append(Error(f"打不开数据库 · The database cannot be opened: {error}", id="doorstep.E003"))
            continue
        found += [*library_faults(version), *pragma_faults(values), *transaction_faults(connection.settings_dict)]
    return found


def transaction_faults(database: dict[str, Any]) -> list[CheckMessage]:
    """Two writers queue instead of failing halfway, and no page holds the lock while it is drawn."""
    if database.get("OPTIONS", {}).get("transaction_mode") == "IMMEDIATE" and not database.get("ATOMIC_REQUESTS"):
        return []
    return [
        Error(
            "SQLite 的事务要用 IMMEDIATE，ATOMIC_REQUESTS 要关 · SQLite needs transaction_mode IMMEDIATE and ATOMIC_REQUESTS off.",
            hint="不然几个人同时写，就有人写不进去 · Otherwise writers at the same moment fail.",
            id="doorstep.E004",
        )
    ]


@register(Tags.database)
def check_clock(databases: Sequence[str] | None = None, **_more: object) -> list[CheckMessage]:
    """Whether the computer's clock is behind the journal's last lines: nothing that is written then can be believed."""
    if "default" not in (databases or []):
        return []
    try:
        behind = behind_by(timezone.now())
    except DatabaseError:
        return []
    if not behind:
        return []
    minutes = -(-behind // timedelta(minutes=1))
    return [
        Error(
            f"这台电脑的钟走慢了，比最后一条记录还早 {minutes} 分钟 · The clock is {minutes} minutes behind the last line of the journal.",
            hint="对好时钟再用；这以前签到签退先不收，手机里的都留着 · Set the clock; until then nobody can check in or out, and phones keep their acts.",
            id="doorstep.E007",
        )
    ]


@register(Tags.security)
def check_secret(**_more: object) -> list[CheckMessage]:
    try:
        key = settings.SECRET_KEY
    except ImproperlyConfigured:
        key = ""
    if len(key) >= 12:
        return []
    return [
        Error(
            "密钥是空的或太短 · The secret key is empty or too short.",
            hint="删掉数据目录里空的 secret-key 文件，或设 DOORSTEP_SECRET_KEY · Remove the empty file secret-key, or set DOORSTEP_SECRET_KEY.",
            id="doorstep.E005",
        )
    ]


@register(Tags.security)
def check_hosts(**_more: object) -> list[CheckMessage]:
    """Which names the pages answer to, seen beside the address they listen on."""
    hosts = set(settings.ALLOWED_HOSTS)
    if not hosts or "*" in hosts:
        return [
            Error(
                "DOORSTEP_ALLOWED_HOSTS 不能空，也不能是 * · DOORSTEP_ALLOWED_HOSTS must neither be empty nor *.",
                hint="写上大家打开网页用的名字，用逗号隔开 · Name the hosts under which people open the pages.",
                id="doorstep.E006",
            )
        ]
    if is_loopback(settings.BIND_HOST):
        return []
    found: list[CheckMessage] = []
    if hosts <= LOOPBACK_NAMES:
        found.append(
            Warning(
                "别的电脑打不开：DOORSTEP_ALLOWED_HOSTS 里只有本机 · Other computers will be refused: only this one is in DOORSTEP_ALLOWED_HOSTS.",
                hint="加上大家用的名字或地址 · Add the name or address that people use.",
                id="doorstep.W001",
            )
        )
    if not settings.BEHIND_HTTPS:
        found.append(
            Warning(
                "没有 HTTPS，密码在网上是明的 · Without HTTPS passwords travel in the clear.",
                hint="前面放一个有证书的代理，设 DOORSTEP_HTTPS=1（见 docs/operations.md）· Put a proxy with a certificate in front.",
                id="doorstep.W002",
            )
        )
    return found
