"""A whole city for the browser: a database of its own, a web process, two ingest workers, and Chromium."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import paho.mqtt.publish as publish
import psycopg
import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect, sync_playwright
from psycopg import sql
from psycopg.conninfo import make_conninfo

from ops.servers import free_port

ROOT = Path(__file__).parents[2]
STORE = (
    "import django; django.setup()\n"
    "from simulations.city.seed import store\nfrom tests.small_city import small_city\n"
    "store(small_city(), lambda step: None)"
)
WORKERS = 2  # what a change does, it does in all of them
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    # The renderer is named so that a test does not depend on what a machine's Chromium would choose.
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    # The map alone is drawn by it: putting pages together is a third faster without.
    "--disable-gpu-compositing",
]

# How long something takes says nothing on a busy machine without a graphics card.
expect.set_options(timeout=30_000)


@dataclass(frozen=True)
class RunningCity:
    url: str
    prefix: str
    mqtt_host: str
    mqtt_port: int
    database: str

    def publish(self, topic: str, event: dict[str, Any]) -> None:
        """Publish over MQTT as a device does; returns when the broker has acknowledged."""
        publish.single(
            f"{self.prefix}/events/{topic}", json.dumps(event), qos=1, hostname=self.mqtt_host, port=self.mqtt_port
        )


@pytest.fixture(scope="session")
def running_city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCity]:
    """The small city served by real processes; ends with the tests."""
    name, port = f"yiwang_browser_{os.getpid()}", free_port()
    server = make_conninfo(settings.DATABASE_URL, dbname="postgres")
    environment = os.environ | {
        "YIWANG_DATABASE_URL": make_conninfo(settings.DATABASE_URL, dbname=name),
        "YIWANG_CHANNEL_PREFIX": name,
        "YIWANG_WEB_PORT": str(port),
        "YIWANG_DEMO_CITY": "True",
        "DJANGO_SETTINGS_MODULE": "twin.settings",
        "PYTHONPATH": str(ROOT),
    }
    processes: list[subprocess.Popen[bytes]] = []
    log = tmp_path_factory.mktemp("city") / "log"
    with psycopg.connect(server, autocommit=True) as connection, log.open("wb") as output:

        def run(*command: str) -> subprocess.Popen[bytes]:
            return subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
            )

        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            for preparation in (["-m", "twin.cli", "migrate"], ["-c", STORE]):
                assert run(*preparation).wait(timeout=120) == 0, log.read_text()
            processes += [run("-m", "twin.cli", "web"), *(run("-m", "twin.cli", "ingest") for _ in range(WORKERS))]
            url = f"http://127.0.0.1:{port}"
            await_true(lambda: _answers(f"{url}/healthz"), lambda: log.read_text())
            host, _, mqtt_port = settings.MQTT_URL.removeprefix("mqtt://").partition(":")
            yield RunningCity(url, name, host, int(mqtt_port), environment["YIWANG_DATABASE_URL"])
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(timeout=20)
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def await_true(condition: Callable[[], bool], tell: Callable[[], str], seconds: float = 60) -> None:
    """Ask until it is so; the failure tells what is known."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, tell()
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.fixture
def opened(running_city: RunningCity, make_event: Callable[..., dict[str, Any]]) -> str:
    """The number of a case that the rules have sent to the sanitation department, over MQTT."""
    with httpx.Client(base_url=running_city.url, timeout=30) as client:
        login = {"username": "demo-operator", "password": "demo-operator-city"}
        client.post("/api/login", json=login).raise_for_status()
        known = {case["number"] for case in client.get("/api/cases").json()["items"]}
        running_city.publish("hotline/12345", make_event(description="垃圾堆积"))
        for _ in range(600):
            fresh = [case for case in client.get("/api/cases").json()["items"] if case["number"] not in known]
            if fresh:
                return str(fresh[0]["number"])
    raise AssertionError("no case was opened")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One for each file; not for the whole run, as its event loop would stand in the way of tests that use the ORM."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    assert executable, "Chromium is not installed (apt-get install chromium)"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(running_city: RunningCity, chromium: Browser) -> Iterator[Page]:
    """A fresh Chromium page. The test fails on an error of the page, a failed request, or a request to another host."""
    faults: list[str] = []
    with chromium.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN") as context:
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))
        page.on("requestfailed", lambda request: faults.append(f"failed: {request.url} {request.failure}"))
        page.on(
            "request",
            lambda request: None if _own(request.url, running_city.url) else faults.append(f"elsewhere: {request.url}"),
        )
        yield page
    # A tile that is no longer needed when the map moves on is given up by the browser, which is no fault.
    assert [fault for fault in faults if "net::ERR_ABORTED" not in fault] == []


def _own(url: str, origin: str) -> bool:
    return url.startswith((origin, origin.replace("http", "ws"), "data:", "blob:"))
