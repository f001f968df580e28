"""Every page's address: each app brings its own."""

from django.urls import include, path

urlpatterns = [
    path("", include("doorstep.hub.overview.urls")),
    path("", include("doorstep.hub.web.urls")),
    path("", include("doorstep.hub.people.urls")),
    path("", include("doorstep.hub.scheduling.urls")),
    path("", include("doorstep.hub.records.urls")),
    path("", include("doorstep.hub.needs.urls")),
    path("account/", include("doorstep.hub.people.signin_urls")),
]

handler404 = "doorstep.hub.web.views.not_found"
handler403 = "doorstep.hub.web.views.refused"
handler500 = "doorstep.hub.web.views.broken"
