"""The ASGI front door: HTTP to Django, the one websocket to the live view."""

import os

import django
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "twin.settings")
django.setup()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402  (Django must be set up first)
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402
from channels.sessions import CookieMiddleware  # noqa: E402
from django.urls import path  # noqa: E402

from twin.live.consumer import LiveConsumer  # noqa: E402

http = get_asgi_application()
type(http).chunk_size = (
    1 << 20
)  # bytes; the city at a moment is 10 MB, which in Django's 64 KiB takes twice as long to send

application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": AllowedHostsOriginValidator(
            CookieMiddleware(URLRouter([path("ws/live", LiveConsumer.as_asgi())]))  # which looks up who it is
        ),
    }
)
