"""Names leave the house only so: known again, with a reason, locked by a passphrase that is shown once, and marked with who took them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from doorstep.hub.people.models import Person, Place
from doorstep.hub.web.knowing import LASTS, ask_again, is_known
from doorstep.hub.web.reading import the_reader

from ..forms.leaving import WhyForm
from ..packing import MARK, Part, locked, passphrase

INVALID = 422
SALT = "doorstep.leaving"


@dataclass(frozen=True)
class Leaving:
    """Who takes it, when, of which unit, and why."""

    by: Person
    at: datetime
    unit: Place
    why: str

    def mark(self) -> str:
        """The line that goes with the data wherever it goes."""
        said = {"name": self.by.name, "unit": self.unit.name, "at": timezone.localtime(self.at).strftime("%Y-%m-%d %H:%M"), "why": self.why}
        return _("%(name)s 于 %(at)s 从 %(unit)s 取走，为了：%(why)s。只作这一个用处，用完删掉。") % said


@dataclass(frozen=True)
class Parcel:
    """What is to be taken: whose it is, what it is called, and what is in it once somebody takes it."""

    unit: Place
    title: str
    inside: str
    name: str
    back: str
    wrap: Callable[[Leaving], Iterable[Part]]
    why: str = ""


def take_away(request: HttpRequest, parcel: Parcel) -> HttpResponseBase:
    """First the password, then the reason, then the passphrase on the page, then the file. Called after access was decided."""
    by = the_reader(request)
    if not is_known(request):
        return ask_again(request)
    if "sealed" in request.POST:
        return _file(request, by, parcel)
    form = WhyForm(request.POST if request.method == "POST" else None, initial={"why": parcel.why})
    context = {"parcel": parcel, "form": form}
    if request.method == "POST" and form.is_valid():
        phrase = passphrase()
        sealed = signing.dumps({"by": str(by.pk), "path": request.path, "why": form.cleaned_data["why"], "phrase": phrase}, salt=SALT)
        mark = Leaving(by, timezone.now(), parcel.unit, form.cleaned_data["why"]).mark()
        return render(request, "records/leaving/key.html", context | {"phrase": phrase, "sealed": sealed, "mark": mark})
    return render(request, "records/leaving/why.html", context, status=INVALID if form.errors else 200)


def _file(request: HttpRequest, by: Person, parcel: Parcel) -> HttpResponseBase:
    """The passphrase comes back with the form that showed it, under our signature, and is kept nowhere."""
    try:
        said = signing.loads(request.POST["sealed"], salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        said = {}
    if (said.get("by"), said.get("path")) != (str(by.pk), request.path):
        messages.error(request, _("这个密码放得太久了。请重新来一次，会给您一个新的。"))
        return redirect(request.path)
    leaving = Leaving(by, timezone.now(), parcel.unit, str(said["why"]))
    # Wrapped before the answer begins: the journal's line is written, or nothing leaves.
    parts = parcel.wrap(leaving)
    mark = Part(MARK, leaving.mark().encode())
    answer = StreamingHttpResponse(locked(chain([mark], parts), str(said["phrase"])), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{parcel.name}.zip"'
    answer["Cache-Control"] = "no-store"
    return answer
