"""A zone saved over HTTP takes the very next report, in each of two processes that take reports in."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import connection
from django.test import Client
from psycopg.conninfo import make_conninfo

from dispatch.models import Case
from geo.models import Zone
from simulations.city.seed import demo_token
from simulations.proof.children import web_process
from simulations.proof.private import PrivateCity, running_servers
from tests import databases
from tests.small_city import middle, square
from tests.threads import PATIENCE
from twin.models import User

pytestmark = pytest.mark.usefixtures("own_city")
HOTLINE = "urn:yiwang:demo:hotline"
HERE = middle(0, 3)
PARK = {"kind": "park", "code": "PK777", "name_zh": "口袋公园", "geometry": square(0, 3).__geo_interface__}


def report(address: str, event: dict[str, Any]) -> set[str]:
    """Send an event to one of the processes; the zones of its case."""
    headers = {"Authorization": f"Bearer {demo_token(HOTLINE)}", "Content-Type": "application/cloudevents+json"}
    answer = httpx.post(f"http://{address}/api/events", json=event, headers=headers, timeout=PATIENCE)
    assert answer.status_code == 201, answer.text
    return zones_of(answer.json()["case"]["id"])


def zones_of(case: int) -> set[str]:
    return {str(zone) for zone in Zone.objects.filter(pk__in=Case.objects.get(pk=case).zones)}


def planner(address: str) -> httpx.Client:
    """A browser in which a planner has logged in."""
    client = Client()
    client.force_login(User.objects.get(username="demo-planner"))
    browser = httpx.Client(base_url=f"http://{address}", timeout=PATIENCE)
    browser.cookies.set("sessionid", client.cookies["sessionid"].value)
    browser.get("/api/me").raise_for_status()
    browser.headers["X-CSRFToken"] = browser.cookies["csrftoken"]
    return browser


def test_the_next_report_lies_in_the_new_zone_in_both_processes(
    make_event: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    url = make_conninfo(**databases.address(connection))
    city = PrivateCity(running_servers(), url, connection.settings_dict["NAME"])
    logs = [tmp_path / name for name in "ab"]
    for log in logs:
        log.mkdir()
    with web_process(city, logs[0]) as (_, one), web_process(city, logs[1]) as (_, other):
        browser = planner(one)
        for address in (one, other):
            assert "park:PK777" not in report(address, make_event(place=HERE)), "and its process knows the zones now"
        browser.put("/api/zones", json=PARK).raise_for_status()
        for address in (other, one):
            assert "park:PK777" in report(address, make_event(place=HERE))
        for case in Case.objects.values_list("pk", flat=True):
            assert "park:PK777" in zones_of(case), "what was open already followed"
        zone = Zone.objects.get(code="PK777").pk
        browser.delete(f"/api/zones/{zone}").raise_for_status()
        for address in (other, one):
            assert "park:PK777" not in report(address, make_event(place=HERE))
