"""Holding people's rows: in one order everywhere, so that of two who act for several people neither waits for the other."""

from collections.abc import Iterable
from uuid import UUID

from ..models import Person


def hold_people(people: Iterable[UUID | None], *, wholly: bool = False) -> None:
    """Until the transaction ends nobody else promises, settles or judges anything of these people.

    The order of the house: needs, slots, hours, people, the ledger's log. Others may go on writing rows that only name them;
    `wholly`, which is for forgetting, lets nobody do that either.
    """
    rows = Person.objects.select_for_update(no_key=not wholly).filter(pk__in={pk for pk in people if pk is not None})
    list(rows.order_by("pk").values_list("pk"))
