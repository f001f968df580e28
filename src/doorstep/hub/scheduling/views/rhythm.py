"""The district's weekly rhythm: set in words, seen as a line of the week."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from doorstep.hub.people.models import Place
from doorstep.hub.people.queries import next_monday
from doorstep.hub.web.acting import submit
from doorstep.hub.web.reading import signed_in, the_reader

from ..access import planning_places
from ..actions.rhythm import set_rhythm, stands
from ..forms.rhythm import RhythmForm
from ..queries import rhythm_of
from ..weekline import line_of_week


@signed_in
def rhythm(request: HttpRequest) -> HttpResponse:
    reader = the_reader(request)
    districts = [place for place in planning_places(reader) if place.kind != Place.Kind.COMMUNITY]
    if not districts:
        raise Http404
    district = districts[0]
    now_set = rhythm_of(district)
    form = RhythmForm(request.POST or None, initial=RhythmForm.told(now_set))
    seen = request.POST.get("seen", "")

    def act(said: Mapping[str, Any]) -> str:
        set_rhythm(by=reader, place=district, wanted=form.wanted(), seen=seen)
        return reverse("scheduling:rhythm")

    # What could not even be read is shown again as drawn from the same rhythm; what was refused, as drawn from the new one.
    drawn_from = seen if request.method == "POST" and not form.is_valid() else stands(now_set)
    if request.method == "POST":
        answer = submit(request, form, act, done=_("存好了。从现在起照新的节奏走，已经告诉人的回话时间不变。"))
        if answer is not None:
            return answer
    context = {
        "form": form,
        "seen": drawn_from,
        "place": district,
        "rhythm": now_set,
        "line": line_of_week(now_set),
        "monday": next_monday(),
    }
    return render(request, "scheduling/planning/rhythm.html", context, status=422 if form.errors else 200)
