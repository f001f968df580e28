"""The addresses of overview."""

from django.urls import path

from . import views

app_name = "overview"
urlpatterns = [
    path("", views.home, name="home"),
    path("today/", views.worklist, name="worklist"),
    path("district/", views.district, name="district"),
    path("c/<slug:slug>/", views.public, name="public"),
]
