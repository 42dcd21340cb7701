"""Import and export over HTTP."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import pyogrio
import pytest
from django.test import Client
from shapely.geometry import shape

from geo.exchange.files import Format
from geo.models import ZoneVersion
from tests.geo.exchange.samples import FileOf, park, zipped
from tests.small_city import square
from twin.models import AuditRow, User


@pytest.fixture
def desk(client: Client, city: None) -> Client:
    client.force_login(User.objects.get(username="demo-planner"))
    return client


def post(client: Client, path: Path, **form: Any) -> Any:
    with path.open("rb") as file:
        return client.post("/api/zones/import", {"kind": "park", "file": file, **form})


def test_a_dry_run_then_the_same_plan_applied(desk: Client, file_of: FileOf) -> None:
    path = zipped(file_of([park("PK100", 0, 0)], Format.SHAPEFILE, crs=4549, encoding="GBK"))
    plan = post(desk, path).json()
    assert (plan["applied"], plan["counts"]["created"]) == (False, 1)
    assert plan["file"]["crs"].startswith("EPSG:4549")
    assert plan["columns"]["fields"]["code"] == "code"
    assert not ZoneVersion.objects.filter(zone__code="PK100").exists()
    done = post(desk, path, apply="true", plan=plan["plan"])
    assert done.status_code == 200
    assert done.json()["applied"]
    assert ZoneVersion.objects.get(zone__code="PK100").name_zh == "新园"
    assert AuditRow.objects.get(act="zones.imported").address == "127.0.0.1"


def test_options_are_form_fields(desk: Client, file_of: FileOf) -> None:
    path = file_of([{"X": "PK100", "geometry": park("", 0, 0)["geometry"], "a": 1, "b": 2}])
    form = {"code": "X", "name_zh": "=园 {X}", "attributes": '["b"]', "retire_missing": "true"}
    plan = post(desk, path, holds_from="2050-01-01T00:00", **form).json()
    assert [line["name_zh"] for line in plan["created"]] == ["园 PK100"]
    assert [line["code"] for line in plan["retired"]] == ["PK001"]
    assert plan["columns"]["attributes"] == ["b"]
    assert plan["holds_from"].startswith("2050-01-01T00:00:00+08:00")


def look(client: Client, path: Path, **form: Any) -> Any:
    with path.open("rb") as file:
        return client.post("/api/zones/import/columns", {"file": file, **form})


def test_the_columns_of_a_file_before_they_are_mapped(desk: Client, file_of: FileOf) -> None:
    rows = [
        {"网格编码": f"PK{i}", "名称": "甲", "area": 1.5 * i, "geometry": park("", i, 0)["geometry"]} for i in (1, 2)
    ]
    found = look(desk, zipped(file_of(rows, Format.SHAPEFILE, crs=4549, encoding="GBK"))).json()
    assert (found["features"], found["encoding"]) == (2, "GBK")
    assert found["crs"].startswith("EPSG:4549")
    assert found["columns"][0] == {"name": "网格编码", "samples": ["PK1", "PK2"]}
    assert found["fields"] == {"code": "网格编码", "name_zh": "名称"}


def test_one_of_several_layers_is_chosen_from_a_list(desk: Client, file_of: FileOf) -> None:
    path = file_of([park("PK1", 0, 0)], layer="parks")
    pyogrio.write_dataframe(geopandas.read_file(path), path, layer="others", append=True)
    answer = look(desk, path)
    assert (answer.status_code, answer.json()["reason"], answer.json()["layers"]) == (
        422,
        "choose_layer",
        ["parks", "others"],
    )
    assert look(desk, path, layer="others").json()["layer"] == "others"


def test_a_dry_run_shows_the_shapes_if_asked(desk: Client, file_of: FileOf) -> None:
    path = file_of([park("PK100", 0, 0), park("PK001", 1, 0)])
    assert "shapes" not in post(desk, path).json()
    new, moved = post(desk, path, shapes="true").json()["shapes"]["features"]
    assert (new["properties"]["what"], moved["properties"]["what"]) == ("created", "changed")
    assert shape(new["geometry"]).equals(square(0, 0))


def test_an_export_for_a_map_provider_says_so_in_its_name(desk: Client) -> None:
    answer = desk.get("/api/zones/export", {"kind": "park", "crs": "gcj-02", "format": "flatgeobuf"})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="zones-park-GCJ02.fgb"'


def test_faults_are_listed_and_stop_the_import(desk: Client, file_of: FileOf) -> None:
    path = file_of([park("PK100", 0, 0), park("PK100", 1, 0)])
    dry = post(desk, path)
    assert (dry.status_code, dry.json()["faults"][0]["row"]) == (200, 2)
    answer = post(desk, path, apply="true")
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["faults"][0]["reason"] == "duplicate_code"
    assert "Nothing was imported, because of 1 faults. The first: row 2: Its code" in answer.json()["detail"]


def test_a_file_that_is_none_is_a_problem_in_both_languages(desk: Client, tmp_path: Path) -> None:
    path = tmp_path / "zones.txt"
    path.write_text("hello")
    answer = post(desk, path).json()
    assert (answer["status"], answer["reason"]) == (422, "unknown_format")
    assert "文件不是" in answer["detail_zh"]


def test_a_plan_that_no_longer_holds_is_a_conflict(desk: Client, file_of: FileOf) -> None:
    assert post(desk, file_of([park("PK100", 0, 0)]), apply="true", plan="0123456789ab").status_code == 409


def test_only_planners_and_administrators_import(client: Client, operator: User, file_of: FileOf) -> None:
    client.force_login(operator)
    assert post(client, file_of([park("PK100", 0, 0)])).status_code == 403
    assert look(client, file_of([park("PK100", 0, 0)])).status_code == 403


@pytest.mark.parametrize("format", ["geojson", "shapefile", "geopackage", "kml", "flatgeobuf"])
def test_exports(format: str, desk: Client, tmp_path: Path) -> None:
    answer = desk.get("/api/zones/export", {"kind": "park", "format": format})
    assert answer.status_code == 200
    assert 'filename="zones-park.' in answer.headers["Content-Disposition"]
    path = tmp_path / answer.headers["Content-Disposition"].partition('"')[2].rstrip('"')
    path.write_bytes(answer.content)
    assert geopandas.read_file(path)["code"].tolist() == ["PK001"]


def test_an_export_of_another_time_or_kind(desk: Client) -> None:
    assert desk.get("/api/zones/export", {"kind": "park", "at": "2020-01-01T00:00"}).status_code == 422
    assert desk.get("/api/zones/export", {"kind": "nonsense"}).status_code == 422
    assert desk.get("/api/zones/export", {"kind": "park", "format": "dxf"}).status_code == 422
    answer = desk.get("/api/zones/export", {"kind": "cell", "crs": "EPSG:4549"})
    assert len(geopandas.read_file(io.BytesIO(answer.content))) == 16


def test_a_single_zone_is_still_found(desk: Client, zone_id: Callable[[str], int]) -> None:
    assert desk.get(f"/api/zones/{zone_id('park:PK001')}").json()["code"] == "PK001"
