"""The addresses of people."""

from django.urls import path

from .views import own, signin

app_name = "people"
urlpatterns = [
    path("me/", own.me, name="me"),
    path("me/consents/<uuid:consent_id>/withdraw/", own.withdraw, name="withdraw"),
    path("me/profile/", own.profile, name="profile"),
    path("me/profile/skills/", own.claim, name="claim"),
    path("demo/sign-in/<uuid:person_id>/", signin.demo_sign_in, name="demo_sign_in"),
    path("people/<uuid:person_id>/account/", signin.issue, name="issue"),
    path("people/slip/<uuid:code_id>/", signin.slip, name="slip"),
]
