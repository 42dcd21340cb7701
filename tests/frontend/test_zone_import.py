"""Importing zones in a real Chromium, on a real city: a Shapefile as Chinese GIS programs write it."""

import zipfile
from pathlib import Path

import geopandas
import pyogrio
import pytest
from playwright.sync_api import Page, expect

from tests.frontend.conftest import RunningCity
from tests.frontend.over_http import enter, logged_in, zone
from tests.small_city import SOUTH, STEP, WEST, square


@pytest.fixture
def shapefile(tmp_path: Path) -> Path:
    """Two parks in the 3-degree zone of the city, their table in GBK without a .cpg; one has a hole."""
    hole = square(0, 3).difference(square(0, 3).buffer(-STEP / 4))
    rows = [
        {"公园编号": "GY901", "公园": "新河公园", "面积": 1.5, "geometry": hole},
        {"公园编号": "GY902", "公园": "北门公园", "面积": 2.5, "geometry": square(1, 3)},
    ]
    path = tmp_path / "公园.shp"
    frame = geopandas.GeoDataFrame(rows, crs=4326).to_crs(4549)
    pyogrio.write_dataframe(frame, path, encoding="GBK")
    packed = tmp_path / "parks.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for part in tmp_path.glob("公园.*"):
            if part.suffix != ".cpg":
                archive.write(part, part.name)
    return packed


def choose(page: Page, field: str, text: str) -> None:
    """Choose from a pick list by a part of what it shows."""
    page.get_by_test_id(field).click()
    page.locator(".n-base-select-option", has_text=text).last.click()


def test_a_gbk_shapefile_is_looked_at_then_imported(page: Page, running_city: RunningCity, shapefile: Path) -> None:
    enter(page, running_city, "/zones/import?kind=park")

    page.get_by_test_id("import-file").set_input_files(shapefile)
    expect(page.get_by_test_id("import-crs")).to_contain_text("EPSG:4549")
    expect(page.get_by_test_id("import-encoding")).to_contain_text("GB18030")
    choose(page, "map-code", "GY901，GY902")  # the samples of the column
    choose(page, "map-name_zh", "新河公园")
    page.get_by_test_id("import-dry-run").click()

    expect(page.get_by_test_id("plan-created")).to_contain_text("2")
    expect(page.get_by_test_id("plan-faults")).to_contain_text("0")
    expect(page.get_by_test_id("plan-table")).to_contain_text("新河公园")
    assert zone(running_city, "park", "GY901") is None, "a dry run imports nothing"

    page.get_by_test_id("import-apply").click()
    expect(page.get_by_test_id("import-done")).to_be_visible()
    made = zone(running_city, "park", "GY901")
    assert made is not None
    assert (made["name_zh"], made["attributes"]) == ("新河公园", {"面积": 1.5})
    west, south, _, _ = made["bbox"]
    assert (round(west, 6), round(south, 6)) == (round(WEST, 6), round(SOUTH + 3 * STEP, 6))
    assert len(made["geometry"]["coordinates"][0]) == 2, "the hole is there"


def test_a_plan_that_others_have_overtaken_is_not_applied(
    page: Page, running_city: RunningCity, tmp_path: Path
) -> None:
    path = tmp_path / "parks.geojson"
    path.write_text(
        geopandas.GeoDataFrame([{"code": "GY905", "name": "甲", "geometry": square(2, 3)}], crs=4326).to_json()
    )
    enter(page, running_city, "/zones/import?kind=park")
    page.get_by_test_id("import-file").set_input_files(path)
    page.get_by_test_id("import-dry-run").click()
    expect(page.get_by_test_id("plan-created")).to_contain_text("1")

    form = {"kind": "park", "apply": "true", "code": "code", "name_zh": "=乙"}
    with logged_in(running_city) as planner:
        planner.post("/api/zones/import", data=form, files={"file": path.read_bytes()}).raise_for_status()
    page.get_by_test_id("import-apply").click()

    expect(page.get_by_test_id("import-problem")).to_contain_text("重新试运行")
    expect(page.get_by_test_id("import-apply")).to_be_disabled()
    made = zone(running_city, "park", "GY905")
    assert made is not None
    assert made["name_zh"] == "乙"


def test_faults_are_shown_with_their_row_and_what_to_do(page: Page, running_city: RunningCity, tmp_path: Path) -> None:
    path = tmp_path / "parks.geojson"
    rows = [{"code": "GY910", "name": name, "geometry": square(2, 3)} for name in "甲乙"]
    path.write_text(geopandas.GeoDataFrame(rows, crs=4326).to_json())
    enter(page, running_city, "/zones/import?kind=park")
    page.get_by_test_id("import-file").set_input_files(path)
    page.get_by_test_id("import-dry-run").click()

    expect(page.get_by_test_id("plan-faults")).to_contain_text("1")
    expect(page.get_by_test_id("plan-table")).to_contain_text("编码与第 1 行重复")
    expect(page.get_by_test_id("import-apply")).to_be_disabled()
