"""The addresses of people."""

from django.urls import path

from .views import homes, own, places, signin, volunteers

app_name = "people"
urlpatterns = [
    path("me/", own.me, name="me"),
    path("me/consents/<uuid:consent_id>/withdraw/", own.withdraw, name="withdraw"),
    path("me/profile/", own.profile, name="profile"),
    path("me/profile/skills/", own.claim, name="claim"),
    path("households/", homes.households, name="households"),
    path("households/new/", homes.new_household, name="new_household"),
    path("households/<uuid:household_id>/", homes.household, name="household"),
    path("households/<uuid:household_id>/members/new/", homes.member, name="new_member"),
    path("households/<uuid:household_id>/members/<uuid:person_id>/", homes.member, name="member"),
    path("households/<uuid:household_id>/members/<uuid:person_id>/moved/", homes.moved, name="moved"),
    path("people/<uuid:person_id>/phone/", homes.phone, name="phone"),
    path("volunteers/", volunteers.volunteers, name="volunteers"),
    path("volunteers/new/", volunteers.add, name="add_volunteer"),
    path("volunteers/registrations/<uuid:registration_id>/phone/", homes.registration_phone, name="registration_phone"),
    path("volunteers/registrations/<uuid:registration_id>/<str:what>/", volunteers.answer_registration, name="registration"),
    path("volunteers/<uuid:person_id>/", volunteers.volunteer, name="volunteer"),
    path("volunteers/<uuid:person_id>/<str:sent>/", volunteers.volunteer, name="volunteer_act"),
    path("places/", places.places, name="places"),
    path("places/<uuid:place_id>/", places.place, name="place"),
    path("places/<uuid:place_id>/end/", places.end, name="place_end"),
    path("places/<uuid:place_id>/handover/", places.handover, name="handover"),
    path("places/<uuid:place_id>/workers/<uuid:person_id>/leave/", places.worker_leaves, name="worker_leaves"),
    path("places/<uuid:place_id>/<str:sent>/", places.place, name="place_act"),
    path("demo/sign-in/<uuid:person_id>/", signin.demo_sign_in, name="demo_sign_in"),
    path("people/<uuid:person_id>/account/", signin.issue, name="issue"),
    path("people/slip/<uuid:code_id>/", signin.slip, name="slip"),
]
