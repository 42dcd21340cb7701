"""An export opens from a disk, in a browser that can reach nobody, and says what the moment was."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.test import Client
from playwright.sync_api import Page, sync_playwright

from dispatch import actions
from dispatch.models import Case
from tests.frontend.conftest import CHROMIUM_FLAGS
from tests.small_city import middle
from tests.twin.journals import head
from twin.models import AuditRow, Role, User

Make = Callable[..., Any]
EVIL = "=1+1</script><script>window.evil = 1</script><img src=x onerror='window.evil = 1'>"

# What lies under the pixels of the map, as deck.gl reads it back; until its first frame it cannot.
BOTH_CASES_ARE_DRAWN = """() => {
  try {
    const seen = deckInstance.pickObjects({ x: 0, y: 0, width: 700, height: 700 })
    return seen.filter((one) => one.layer.id === 'cases').length === 2
  } catch { return false }
}"""


@pytest.fixture
def export(client: Client) -> Make:
    def get(user: User, status: int = 200, **query: Any) -> Any:
        client.force_login(user)
        answer = client.get("/api/history/export", query)
        assert answer.status_code == status, answer.content[:300]
        return zipfile.ZipFile(io.BytesIO(answer.content)) if status == 200 else answer.json()

    return get


def table(bundle: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(bundle.read(name).decode("utf-8-sig"))))


@pytest.fixture
def moment(city: None, make_person: Make, open_case: Make) -> tuple[Case, int]:
    """A case whose address means harm, and the moment before it was accepted."""
    open_case(place=middle(3, 3))
    case: Case = open_case(place=middle(0, 0), address=EVIL)
    before = head()
    actions.act(case.pk, "accept", make_person(Role.ADMINISTRATOR), version=1)
    return case, before


def test_the_data_are_those_of_the_moment(moment: Any, export: Make, operator: User) -> None:
    case, before = moment
    bundle = export(operator, seq=before)
    assert {"index.html", "data/cases.csv", "data/cases.geojson", "data/devices.csv"} <= set(bundle.namelist())
    rows = {row["案卷号"]: row for row in table(bundle, "data/cases.csv")}
    assert len(rows) == 2
    assert rows[case.number]["状态"] == "待签收"
    assert rows[case.number]["地点"] == f"'{EVIL}", "no spreadsheet takes it for a formula"
    places = orjson.loads(bundle.read("data/cases.geojson"))["features"]
    assert [round(case.geom.x, 7), round(case.geom.y, 7)] in [p["geometry"]["coordinates"] for p in places]
    assert table(export(operator, language="en"), "data/cases.csv")[0]["status"] in ("Dispatched", "In handling")
    assert AuditRow.objects.filter(act="history.exported", user=operator).count() == 2


def test_a_span_has_its_changes_beside_it(moment: Any, export: Make, operator: User) -> None:
    case, before = moment
    bundle = export(operator, seq=before, until="2100-01-01T00:00:00Z")
    (change,) = [orjson.loads(line) for line in bundle.read("data/changes.jsonl").splitlines()]
    assert (change["kind"], change["id"], change["state"]["status"]) == ("case.accepted", str(case.pk), "accepted")
    assert [row["kind"] for row in table(bundle, "data/changes.csv")] == ["case.accepted"]


def test_what_a_person_may_not_see_is_not_in_it(moment: Any, export: Make, make_person: Make) -> None:
    stranger = make_person(Role.DEPARTMENT, departments=["GAR.NOBODY"])
    assert table(export(stranger), "data/cases.csv") == []


@pytest.fixture
def browser_page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS)
        yield browser.new_page(viewport={"width": 700, "height": 700})
        browser.close()


@pytest.fixture
def unpacked(moment: Any, export: Make, operator: User, tmp_path: Path) -> Path:
    export(operator).extractall(tmp_path)
    return tmp_path


def test_it_opens_from_a_disk_and_asks_nobody(unpacked: Path, browser_page: Page) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    browser_page.on("request", lambda request: asked.append(request.url))
    browser_page.on("pageerror", lambda error: complaints.append(str(error)))
    browser_page.goto((unpacked / "index.html").as_uri())
    browser_page.wait_for_selector("canvas")
    browser_page.wait_for_function(BOTH_CASES_ARE_DRAWN)
    assert [url for url in asked if not url.startswith(("file:", "blob:", "data:"))] == []
    assert complaints == []
    assert browser_page.evaluate("window.evil") is None, "what was reported is text"
    assert "案卷 2" in browser_page.inner_text("header")
    browser_page.click("text=data/cases.csv", trial=True)
