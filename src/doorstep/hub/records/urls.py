"""The addresses of records: presence, hours, certificates, the ledger, what looks odd, and records on the way in and out."""

from django.urls import URLPattern, path

from .views import watch as watching

app_name = "records"
#: Coming and leaving.
presence: list[URLPattern] = []
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
