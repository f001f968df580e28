"""Long lists come in pages that keep the rest of the address."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest


def page_of(request: HttpRequest, rows: QuerySet[Any] | list[Any], size: int = 30) -> Page[Any]:
    """The page that the address asks for; a number out of range gives the nearest page there is."""
    page = Paginator(rows, size).get_page(request.GET.get("page"))
    page.previous_url = _with_page(request, page.number - 1)  # type: ignore[attr-defined]
    page.next_url = _with_page(request, page.number + 1)  # type: ignore[attr-defined]
    return page


def _with_page(request: HttpRequest, number: int) -> str:
    asked = request.GET.copy()
    asked["page"] = str(number)
    return f"?{asked.urlencode()}"
