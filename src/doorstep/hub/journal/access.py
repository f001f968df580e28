"""How a refusal is said: a named class with its sentence, in the reader's language; and who can reach an address."""

import ipaddress

from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """Something that may not be done; `sentence` says why, and what to do next."""

    sentence: object = _("这一步现在做不了。请刷新页面再看一看。")

    def __init__(self, sentence: object = None) -> None:
        self.sentence = sentence or self.sentence
        super().__init__(str(self.sentence))


class Stale(Refused):
    sentence = _("别人刚改过这一页。您填的还在下面，请看一看新的内容再交。")


class KeyReused(Refused):
    sentence = _("这张表已经交过了，后来又改了内容。请回到上一页重新打开再交。")


def check_version(current: int, seen: int | None) -> None:
    """Raises Stale if the page was drawn from another version than the one that stands now."""
    if seen is not None and seen != current:
        raise Stale


def is_loopback(host: str) -> bool:
    """Whether nobody but this computer can reach the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
