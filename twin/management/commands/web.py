from typing import Any

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection
from django.utils.module_loading import import_string

# What the live view's figures rest on; what measures it serves with the same.
SERVER: dict[str, Any] = {
    "ws": "websockets-sansio",  # the fastest of uvicorn's; frames are small, so compression would only cost
    "ws_per_message_deflate": False,
    "lifespan": "off",
    "access_log": False,
    "log_config": None,
    "timeout_graceful_shutdown": 3,
}


class Command(BaseCommand):
    help = "Serve the console, the API and the live view."

    def handle(self, *args: object, **options: object) -> None:
        self.stdout.write(f"Yiwang at http://{settings.WEB_HOST}:{settings.WEB_PORT}")
        for prepare in settings.WARM_UP:
            import_string(prepare)()
        connection.close()
        uvicorn.run("twin.asgi:application", host=settings.WEB_HOST, port=settings.WEB_PORT, **SERVER)
