"""The addresses of scheduling: what a volunteer sees, and what a social worker plans."""

from django.urls import URLPattern

app_name = "scheduling"
#: The volunteer's own pages.
volunteer: list[URLPattern] = []
#: The social worker's and the district's pages.
planning: list[URLPattern] = []
urlpatterns = [*volunteer, *planning]
