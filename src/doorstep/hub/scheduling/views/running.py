"""A plan at work: how far it is, stopping it with the best so far, and its files when it is done."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from doorstep.hub.journal.access import Refused
from doorstep.hub.people.models import Place
from doorstep.hub.web.acting import press
from doorstep.hub.web.reading import signed_in, the_reader

from ..access import choose_place, get_plan_for, get_steered_plan, planning_places
from ..actions.arranging import hand_out
from ..actions.plan import stop_plan
from ..actions.rechecking import recheck_plan
from ..models import Plan
from ..proving import recheck as check_again
from .week import address_of


def _own_place(request: HttpRequest, plan: Plan) -> Place:
    """Where the reader looks at this plan from: the plan's own place, or the community that is planned with its district."""
    places = planning_places(the_reader(request))
    return next((place for place in places if place.pk == plan.place_id), None) or choose_place(places)


@require_GET
@signed_in
def progress(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """The strip that asks again every two seconds; when the plan is done the whole page is drawn anew."""
    plan = get_plan_for(the_reader(request), plan_id)
    place = _own_place(request, plan)
    here = address_of(place, plan.week)
    working = plan.state in (Plan.State.QUEUED, Plan.State.RUNNING)
    if not request.headers.get("HX-Request"):
        return redirect(here)
    if not working:
        return HttpResponse(status=204, headers={"HX-Redirect": here})
    return render(request, "scheduling/planning/progress.html", {"plan": plan, "own": plan.place_id == place.pk, "week_url": here})


@require_POST
@signed_in
def stop(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    plan = get_steered_plan(the_reader(request), plan_id)

    def act() -> None:
        stop_plan(by=the_reader(request), plan=plan)

    return press(request, act, back=address_of(plan.place, plan.week), done=_("好的，算完手上这一步就停，用现在最好的。"))


@require_POST
@signed_in
def recheck(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Whoever sees a proof may have it checked again."""
    reader = the_reader(request)
    plan = get_plan_for(reader, plan_id)
    found = check_again(plan)

    def act() -> None:
        recheck_plan(by=reader, plan=plan, found=found)

    return press(
        request, act, back=f"{address_of(_own_place(request, plan), plan.week)}#proof-{plan.pk}", done=_("核对过了，结果写在证明下面。")
    )


@require_GET
@signed_in
def plan_file(request: HttpRequest, plan_id: UUID, which: str) -> HttpResponse:
    """The checked files, to be checked again by anybody with the two of them and docs/verify_plan.py."""
    if which not in ("week", "plan"):
        raise Http404
    plan = get_steered_plan(the_reader(request), plan_id)
    try:
        data = hand_out(by=the_reader(request), plan=plan, which=which)
    except Refused as refusal:
        return render(request, "web/sorry.html", {
            "heading": _("没有文件"), "sentence": refusal.sentence, "next_url": address_of(plan.place, plan.week), "next_words": _("回一周安排"),
        }, status=404)  # fmt: skip
    name = f"doorstep-{which}-{plan.week.isoformat()}.json"
    return HttpResponse(data, content_type="application/json", headers={"Content-Disposition": f'attachment; filename="{name}"'})
