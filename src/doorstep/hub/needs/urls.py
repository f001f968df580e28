"""The addresses of needs."""

from django.urls import path

from .views import asking, desk, forgetting, mine, series, visit

app_name = "needs"
urlpatterns = [
    path("ask/", asking.ask_page, name="ask"),
    path("ask/done/<uuid:need_id>/", asking.asked_page, name="asked"),
    path("my/", mine.mine, name="mine"),
    path("need/<uuid:need_id>/", mine.request_page, name="request"),
    path("need/<uuid:need_id>/agree/", mine.agree_button, name="agree"),
    path("need/<uuid:need_id>/swap/", mine.swap_button, name="swap"),
    path("need/<uuid:need_id>/move/", mine.move_form, name="move"),
    path("need/<uuid:need_id>/cancel/", mine.cancel_form, name="cancel"),
    path("need/<uuid:need_id>/went/", mine.went_form, name="went"),
    path("need/<uuid:need_id>/judge/", mine.judge_form, name="judge"),
    path("needs/", desk.inbox, name="inbox"),
    path("need/<uuid:need_id>/check/", desk.check, name="check"),
    path("need/<uuid:need_id>/homes/", desk.homes, name="homes"),
    path("need/<uuid:need_id>/refer/", desk.refer, name="refer"),
    path("need/<uuid:need_id>/give-up/", desk.giving_up, name="give_up"),
    path("need/<uuid:need_id>/again/", desk.arranging_again, name="again"),
    path("need/<uuid:need_id>/ahead/", series.ahead, name="ahead"),
    path("need/<uuid:need_id>/ahead/end/", series.end, name="end_series"),
    path("visit/<uuid:slot_id>/", visit.visit, name="visit"),
    path("forget/<uuid:request_id>/", forgetting.forget_person, name="forget"),
    path("need-form/", visit.paper, name="paper"),
    path("need/<uuid:need_id>/paper/", visit.paper_of, name="paper_of"),
]
