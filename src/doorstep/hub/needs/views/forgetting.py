"""The button that forgets a person who asked for it; it stands here because what was asked is forgotten first."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from doorstep.hub.records.access import get_data_request_for
from doorstep.hub.web.acting import press
from doorstep.hub.web.reading import signed_in, the_reader

from ..actions.forgetting import forget


@require_POST
@signed_in
def forget_person(request: HttpRequest, request_id: UUID) -> HttpResponse:
    by = the_reader(request)
    asked = get_data_request_for(by, request_id)

    def act() -> None:
        forget(by=by, request=asked, answer="")

    return press(request, act, back=reverse("records:data_request", args=[asked.pk]), done=_("删掉了。时长和账本留着，没有名字。"))
