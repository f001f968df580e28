"""The addresses of sign-in: of allauth's pages only those that we serve exist at all."""

from allauth.account.views import LogoutView
from django.urls import path

from .views import signin

urlpatterns = [
    path("login/", signin.signin, name="account_login"),
    path("logout/", LogoutView.as_view(template_name="people/account/logout.html"), name="account_logout"),
    path("again/", signin.again, name="account_again"),
    path("signup/", signin.sign_up, name="account_signup"),
    path("password/change/", signin.password, name="account_change_password"),
    path("password/reset/", signin.reset, name="account_reset_password"),
]
