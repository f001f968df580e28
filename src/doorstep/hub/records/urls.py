"""The addresses of records: presence, hours, certificates, the ledger, what looks odd, and records on the way in and out."""

from django.urls import URLPattern, path

from .views import desk
from .views import presence as here
from .views import watch as watching

app_name = "records"
#: Coming and leaving.
presence: list[URLPattern] = [
    path("here/kept/", here.kept, name="kept"),
    path("here/at/<uuid:slot_id>/<str:code>/", here.at, name="at"),
    path("here/stand/<uuid:slot_id>/", here.at, name="stand_at"),
    path("here/<uuid:offer_id>/", here.here, name="here"),
    path("here/<uuid:offer_id>/near/", here.near, name="near"),
    path("presence/", desk.desk, name="presence"),
    path("presence/sheet/", desk.sheet, name="sheet"),
    path("presence/sheet/back/", desk.sheet_back, name="sheet_back"),
    path("presence/line/", desk.line, name="find_line"),
    path("presence/line/<str:code>/", desk.line, name="line"),
    path("presence/<uuid:slot_id>/code/", desk.code, name="code"),
    path("presence/<uuid:slot_id>/stand/", desk.stand, name="stand"),
    path("presence/<uuid:slot_id>/roll/", desk.roll, name="roll"),
    path("presence/offers/<uuid:offer_id>/<str:verb>/", desk.say, name="say"),
]
#: Hours, corrections, the record of a volunteer.
hours: list[URLPattern] = []
#: Certificates, their public check, heads and keys.
proofs: list[URLPattern] = []
#: What looks odd about hours.
watch: list[URLPattern] = [
    path("watch/", watching.watch, name="watch"),
    path("watch/<uuid:anomaly_id>/", watching.anomaly, name="anomaly"),
]
#: Records in and out, and what people ask of their data.
moving: list[URLPattern] = []
urlpatterns = [*presence, *hours, *proofs, *watch, *moving]
