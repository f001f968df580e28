"""Settings of the one Django project, read from the environment with safe defaults for a single computer."""

import os
import sys
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

env = environ.Env()
HOME = Path(env.str("DOORSTEP_HOME", default=str(Path.cwd() / ".doorstep")))
TESTING = "pytest" in sys.modules

DEBUG = False
DEMONSTRATION = env.bool("DOORSTEP_DEMONSTRATION", default=False)
# The address the server listens on; one-click sign-in refuses anything but loopback.
BIND_HOST = env.str("DOORSTEP_HOST", default="127.0.0.1")
ALLOWED_HOSTS = env.list("DOORSTEP_ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
# Where people outside reach this installation: it stands in the code on certificates and in the address of the list of revoked ones.
PUBLIC_URL = env.str("DOORSTEP_PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
BEHIND_HTTPS = env.bool("DOORSTEP_HTTPS", default=False)
# How many proxies of ours stand in front and write X-Forwarded-For; tries are counted by the address that they saw.
PROXIES = env.int("DOORSTEP_PROXIES", default=int(BEHIND_HTTPS))


def kept_secret(name: str, given: str, size: int, for_tests: str) -> str:
    """A secret from the environment, or one made once and kept beside the database, readable by its owner only."""
    if given or TESTING:
        return given or for_tests
    path = HOME / name
    if not path.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(os.urandom(size).hex())
    return path.read_text().strip()


SECRET_KEY = kept_secret("secret-key", env.str("DOORSTEP_SECRET_KEY", default=""), 48, "only-for-tests")
# 32 bytes in hex, with which the ledger's daily heads and the certificates are signed: keep a copy, and nobody else may have one.
LEDGER_KEY = kept_secret("ledger-key", env.str("DOORSTEP_LEDGER_KEY", default=""), 32, "07" * 32)
# Where the signed head of each day goes besides our own page: a folder that others keep, and addresses of units (not of persons).
HEADS_FOLDER = env.str("DOORSTEP_HEADS_FOLDER", default="")
WITNESSES = env.list("DOORSTEP_WITNESSES", default=[])
if env.str("DOORSTEP_EMAIL_URL", default=""):
    vars().update(env.email_url("DOORSTEP_EMAIL_URL"))
DEFAULT_FROM_EMAIL = env.str("DOORSTEP_EMAIL_FROM", default="doorstep@localhost")
EMAIL_TIMEOUT = 10
#: Working days within which a person who asks for the own data is answered.
DATA_REQUEST_DAYS = env.int("DOORSTEP_DATA_REQUEST_DAYS", default=15)

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "doorstep.hub.web",
    "doorstep.hub.journal",
    "doorstep.hub.people",
    "doorstep.hub.scheduling",
    "doorstep.hub.records",
    "doorstep.hub.needs",
    "doorstep.hub.overview",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "doorstep.hub.web.middleware.reader",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "doorstep.hub.urls"
WSGI_APPLICATION = "doorstep.hub.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "doorstep.hub.web.context.page",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "doorstep.hub.web.templatetags.doorstep"],
        },
    }
]

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{HOME / 'doorstep.sqlite3'}")}
if "sqlite" in DATABASES["default"]["ENGINE"]:
    # IMMEDIATE takes the write lock at BEGIN, so that two writers queue instead of failing halfway.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-65536;",
    }
# A thread keeps its connection: to open one and read the tables' names anew costs SQLite three milliseconds, a third of a short request.
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["ATOMIC_REQUESTS"] = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["doorstep.hub.people.signin.NameOrPhoneBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
if TESTING:
    # A slow hash protects passwords; the tests sign in thousands of times and have none to protect.
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "overview:home"
ACCOUNT_ADAPTER = "doorstep.hub.people.signin.Adapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = True
# allauth counts tries in the cache, which each web process has for itself; people/signin.py counts them in the database.
ACCOUNT_RATE_LIMITS = False

SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_HTTPS
# The proxy says that the reader came by HTTPS; without it forms would be refused as coming from elsewhere.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_HTTPS else None
SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "doorstep.hub.web.views.stale_form"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("中文")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "doorstep_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "static/"
# WhiteNoise serves straight from the packages: a community's computer needs no collectstatic.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
