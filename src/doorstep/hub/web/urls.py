"""The frame's own addresses."""

from django.urls import path

from . import views

app_name = "web"
urlpatterns = [
    path("view/", views.view, name="view"),
    path("here/worker.js", views.worker, name="worker"),
    path("here/offline/", views.offline, name="offline"),
]
