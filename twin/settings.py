"""Settings of the whole house, read from the environment. Other rooms are named as strings only.

A wrong value stops the start with a sentence that names the variable: a silent fallback would run a city on the
wrong database.
"""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

ROOT = Path(__file__).resolve().parent.parent


def env(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def env_bool(name: str, default: bool) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value in ("True", "False"):
        return value == "True"
    raise ImproperlyConfigured(f"{name} is {value!r}; write True or False")


def env_int(name: str, default: int) -> int:
    value = os.environ.get(name, "")
    if not value:
        return default
    if not value.isdigit():
        raise ImproperlyConfigured(f"{name} is {value!r}; write a whole number")
    return int(value)


def database(url: str) -> dict[str, object]:
    """Turn a PostgreSQL URL (or a libpq connection string) into Django's setting."""
    parts = conninfo_to_dict(url)
    known = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    setting: dict[str, object] = {django: str(parts.pop(libpq, "") or "") for libpq, django in known.items()}
    return setting | {
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {key: value for key, value in parts.items() if value is not None},
    }


DEBUG = env_bool("YIWANG_DEBUG", False)
SECRET_KEY = env("YIWANG_SECRET_KEY", "only-for-a-private-machine" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("YIWANG_SECRET_KEY is not set; 'make up' writes one to .run/env")

WEB_HOST = env("YIWANG_WEB_HOST", "127.0.0.1")
WEB_PORT = env_int("YIWANG_WEB_PORT", 18800)
DATABASE_URL = env("YIWANG_DATABASE_URL", "postgresql://yiwang@127.0.0.1:18832/yiwang")
MQTT_URL = env("YIWANG_MQTT_URL")  # mqtt://host:port; empty: the city runs without this channel
KAFKA_BOOTSTRAP = env("YIWANG_KAFKA_BOOTSTRAP")  # host:port, ...; empty: without this channel
KAFKA_REPLICAS = env_int("YIWANG_KAFKA_REPLICAS", 1)  # of the city's topic, where this city makes it
# Names in the brokers start with this, so that a check or a test never meets the city's messages.
CHANNEL_PREFIX = env("YIWANG_CHANNEL_PREFIX", "yiwang")

ALLOWED_HOSTS = [host for host in env("YIWANG_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]").split(",") if host]
CSRF_TRUSTED_ORIGINS = [origin for origin in env("YIWANG_TRUSTED_ORIGINS").split(",") if origin]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
SESSION_COOKIE_AGE = 12 * 3600  # one shift
SESSION_COOKIE_SAMESITE = "Lax"
# The login lives in a browser on plain HTTP only on the machine itself; behind TLS this is set.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env_bool("YIWANG_BEHIND_TLS", False)

# What the web process does before it takes requests, so that the first report finds zones and rules at hand.
WARM_UP = ["dispatch.routing.warm_up", "ingest.sources.warm_up"]

# What the clock process does again and again (`twin clock` says how often); each may run in several processes at once.
CLOCK_TURNS = [
    "twin.journal.make_partitions",
    "geo.turns.mark_boundaries",
    "dispatch.rezoning.arrive",
    "geo.followers.catch_up",
    "dispatch.timers.turn",
    "ingest.alarms.turn",
    "dispatch.auditing.turn",
    "dispatch.attachments.cleaning.turn",
    "twin.history.making.make_keyframes",
]

# What follows in the transaction in which zones change: each gets the journal and the change (geo/followers.py).
ZONE_FOLLOWERS = ["dispatch.rezoning.follow", "ingest.rezoning.follow"]
# What else a preview of such a change counts (dispatch/preview.py), by its name in the answer.
ZONE_PREVIEWS = {"devices": "ingest.rezoning.foresee"}
# What an export of the city's past is made of: how objects of a type look in it, and the ground of its picture.
EXPORT_SHEETS = {"case": "dispatch.sheets.cases", "device": "ingest.sheets.devices"}
EXPORT_GROUND = "geo.ground.style"

# By which fields of a state viewers of the live view may filter, besides zone and department, which every object has.
LIVE_FILTERS = {
    "case": ["category", "urgency", "status", "channel", "exercise"],
    "report": ["category", "urgency", "channel", "exercise"],
    "device": ["kind", "status", "exercise"],
    "zone": ["kind"],
}

# What the search finds, each kind by a function of its room (twin/search.py), in the order in which they are listed.
SEARCHERS = {
    "case": "dispatch.search.cases",
    "zone": "geo.search.zones",
    "address": "geo.search.addresses",
    "component": "dispatch.search.components",
    "device": "ingest.search.devices",
}

# A city that says so of itself: demo logins are shown on the login page and tokens are printed.
DEMO_CITY = env_bool("YIWANG_DEMO_CITY", False)

INSTALLED_APPS = [
    "twin",
    "geo",
    "dispatch",
    "ingest",
    "simulations",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "ninja",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "twin.web.ContentSecurity",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
ROOT_URLCONF = "twin.urls"
ASGI_APPLICATION = "twin.asgi.application"
DATABASES = {"default": database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "twin.User"
SOURCE_MODEL = "ingest.Source"  # whose URIs a rule may name; for rooms below that one
DEPARTMENT_MODEL = "dispatch.Department"  # whose codes a zone may name; for rooms below that one
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = env("YIWANG_TIME_ZONE", "Asia/Shanghai")
USE_TZ = True

# The console's built bundle; a wheel carries it inside the package, a checkout has it where npm left it.
CONSOLE_DIST = ROOT / "frontend" / "console" / "dist"
MEDIA = Path(env("YIWANG_MEDIA", str(ROOT / ".run" / "media")))  # photos and papers of cases; every web process's
STATIC_URL = "/static/"
STATICFILES_DIRS = [("console", CONSOLE_DIST)] if CONSOLE_DIST.is_dir() else []
WHITENOISE_USE_FINDERS = True  # serve straight from the folders above: nothing to collect
WHITENOISE_MIMETYPES = {".mjs": "text/javascript"}  # module workers do not start without it
# Vite names its assets by content, so that they may be kept for ever.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/console/assets/.+-[A-Za-z0-9_-]{8}\.\w+$"

# GDAL before 3.9 would follow addresses inside a spatial reference; no spatial reference from outside is parsed here.
SILENCED_SYSTEM_CHECKS = ["gis.W001"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)-7s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("YIWANG_LOG_LEVEL", "INFO")},
    "loggers": {
        "kafka": {"level": "ERROR"},  # it warns of every step of a broker that is starting
        "httpx": {"level": "WARNING"},
        "pyogrio": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
        "uvicorn.access": {"level": "WARNING"},
        "uvicorn.error": {"level": "WARNING"},
    },
}
