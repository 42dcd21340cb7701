"""What a test does to the running city beside the browser: over HTTP, as somebody who has logged in."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from playwright.sync_api import Page

from tests.frontend.conftest import RunningCity


@contextmanager
def logged_in(city: RunningCity, username: str = "demo-planner") -> Iterator[httpx.Client]:
    with httpx.Client(base_url=city.url, timeout=30) as client:
        client.post("/api/login", json={"username": username, "password": f"{username}-city"}).raise_for_status()
        client.headers["X-CSRFToken"] = client.cookies["csrftoken"]
        yield client


def enter(page: Page, city: RunningCity, path: str, username: str = "demo-planner") -> None:
    """Open a page as somebody who has logged in, without going by the console, whose map takes its time."""
    credentials = {"username": username, "password": f"{username}-city"}
    assert page.request.post(f"{city.url}/api/login", data=credentials).ok
    page.goto(city.url + path)


def zone(city: RunningCity, kind: str, code: str) -> dict[str, Any] | None:
    """The zone with this code that holds now, as the API has it."""
    with logged_in(city) as client:
        listed = client.get("/api/zones", params={"kind": kind, "q": code}).json()["items"]
        found = [line["id"] for line in listed if line["code"] == code]
        return dict(client.get(f"/api/zones/{found[0]}").json()) if found else None
