"""Hours as people read them, from the tenths in which they are kept."""

from django import template

from ..printing import hours

register = template.Library()


@register.filter
def as_hours(tenths: int | None) -> str:
    """12.5 from 125."""
    return hours(tenths) if tenths is not None else ""
