import logging
import signal
import threading
from datetime import datetime
from typing import Any

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand

from simulations.traffic.handling import next_step

log = logging.getLogger("departments")
TURN = 5.0  # seconds between looks at the open cases
WHO = {"username": "demo-admin", "password": "demo-admin-city"}


class Command(BaseCommand):
    help = "Handle cases as the departments would, over the HTTP API."

    def handle(self, *args: object, **options: object) -> None:
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        while not stop.is_set():
            try:
                with httpx.Client(base_url=f"http://{settings.WEB_HOST}:{settings.WEB_PORT}/api", timeout=10) as http:
                    self._log_in(http)
                    while not stop.wait(TURN):
                        self._turn(http, stop)
            except httpx.HTTPError as error:
                log.warning("the city does not answer: %s", error)
                stop.wait(TURN)

    def _log_in(self, http: httpx.Client) -> None:
        http.post("/login", json=WHO).raise_for_status()
        http.get("/me").raise_for_status()
        http.headers["X-CSRFToken"] = http.cookies["csrftoken"]

    def _turn(self, http: httpx.Client, stop: threading.Event) -> None:
        before: int | None = None
        while not stop.is_set():
            query: dict[str, Any] = {"open": "true", "limit": 200} | ({"before": before} if before else {})
            page = http.get("/cases", params=query).raise_for_status().json()
            now = datetime.fromisoformat(http.get("/figures").raise_for_status().json()["now"])
            for case in page["items"]:
                step = next_step(case, now)
                if step is not None and not stop.is_set():
                    body = {"version": case["version"], "note": step.note}
                    answer = http.post(f"/cases/{case['id']}/actions/{step.verb}", json=body)
                    if answer.status_code not in (200, 409):  # 409: a person was faster, which is fine
                        log.warning("%s %s: %s", case["number"], step.verb, answer.text)
            before = page["next"]
            if before is None:
                return
