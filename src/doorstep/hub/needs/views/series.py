"""A matter that comes back every week: arranged ahead with the same people, seen week by week, ended in one act."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from doorstep.hub.web.acting import press, submit
from doorstep.hub.web.reading import signed_in, the_reader
from doorstep.hub.web.templatetags.doorstep import day

from ..access import get_led_need_for
from ..actions.series import Ahead, end_series, publish_ahead
from ..ahead import still_to_come, weeks_ahead
from ..forms.series import AheadForm


@signed_in
def ahead(request: HttpRequest, need_id: UUID) -> HttpResponseBase:
    """The same person, the coming weeks."""
    reader = the_reader(request)
    need = get_led_need_for(reader, need_id)
    form = AheadForm(request.POST or None, initial={"version": need.version})
    done: list[Ahead] = []

    def act(said: Mapping[str, Any]) -> str:
        done.append(publish_ahead(by=reader, need=need, weeks=said["weeks"], seen=said["version"]))
        return reverse("needs:ahead", args=[need.pk])

    if request.method == "POST":
        answer = submit(request, form, act, done=_("接下来几周先照这样排上了，还没有问任何人。到那一周再发邀请。"))
        for made in done:
            for week, person, why in made.missing:
                messages.warning(
                    request, _("%(day)s 那一周：%(name)s。%(why)s") % {"day": day(week), "name": person.name, "why": why.sentence}
                )
        if answer is not None:
            return answer
    rows = weeks_ahead(need)
    context = {"need": need, "form": form, "rows": rows, "later": still_to_come(rows)}
    return render(request, "needs/ahead.html", context, status=422 if form.errors else 200)


@require_POST
@signed_in
def end(request: HttpRequest, need_id: UUID) -> HttpResponseBase:
    """The weeks that are still to come are taken back."""
    reader = the_reader(request)
    need = get_led_need_for(reader, need_id)

    def act() -> None:
        end_series(by=reader, need=need)

    return press(request, act, back=reverse("needs:ahead", args=[need.pk]), done=_("后面几周都停了，问过的人都告诉了。"))
