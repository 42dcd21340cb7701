"""What stands in the city: buildings, components, devices, addresses, zones."""

import csv
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely

from simulations.city.generate import City
from tests.simulations.city.conftest import SCALE

DEPARTMENTS = Path(__file__).parents[3] / "simulations" / "city" / "data" / "departments.csv"


def within(points: geopandas.GeoDataFrame, area: shapely.Geometry) -> bool:
    shapely.prepare(area)
    return bool(shapely.covers(area, points.geometry.to_numpy()).all())


def test_no_building_stands_in_water_on_a_road_or_in_a_park(city: City) -> None:
    buildings = shapely.STRtree(city.buildings.geometry.to_numpy())
    parks = city.zones[city.zones["kind"] == "park"]
    roads = city.roads[city.roads["class"] != "path"]
    for taken in (city.water, parks, roads):
        hits = buildings.query(taken.geometry.to_numpy(), predicate="intersects")
        assert hits.size == 0


def test_buildings_are_simple_apart_and_inside(city: City) -> None:
    shapes = city.buildings.geometry.to_numpy()
    assert shapely.is_valid(shapes).all()
    assert within(city.buildings, city.boundary.geometry.iloc[0])
    first, second = shapely.STRtree(shapes).query(shapes, predicate="overlaps")
    assert len(first) == len(second) == 0
    assert city.buildings["height"].between(3, 400).all()


def test_cell_borders_hardly_cut_buildings(city: City) -> None:
    shrunk = shapely.buffer(city.buildings.geometry.to_numpy(), -1e-7)
    building, _ = shapely.STRtree(city.cells.geometry.to_numpy()).query(shrunk, predicate="intersects")
    assert (np.bincount(building) > 1).mean() < 0.005


def test_components_are_as_many_as_wanted_and_lie_in_their_cell(city: City) -> None:
    assert len(city.components) == 20_000 * SCALE
    cells = city.cells.set_index("code").geometry.loc[city.components["cell"]].to_numpy()
    assert shapely.intersects(cells, city.components.geometry.to_numpy()).all()


def test_component_codes_say_the_category_and_count_up(city: City) -> None:
    for category, members in city.components.groupby("category"):
        prefix = "990101" + str(category)[2:].replace("-", "")
        assert members["code"].tolist() == [f"{prefix}{number:06d}" for number in range(1, len(members) + 1)]


def test_the_three_departments_exist(city: City) -> None:
    known = {row["code"] for row in csv.DictReader(DEPARTMENTS.open(encoding="utf-8"))}
    for column in ("department_manager", "department_owner", "department_maintainer"):
        assert set(city.components[column]) <= known
    by_office = city.components[city.components["department_maintainer"].str.startswith("STR.")]
    assert len(by_office)
    assert (by_office["department_maintainer"].str[4:] == by_office["cell"].str[7:9]).all()


def test_devices_stand_on_fitting_components(city: City) -> None:
    assert len(city.devices) == 2_000 * SCALE
    assert city.devices["code"].is_unique
    assert within(city.devices, city.boundary.geometry.iloc[0])
    mounted = city.devices[city.devices["component"].notna()]
    assert mounted["component"].is_unique
    categories = city.components.set_index("code")["category"].loc[mounted["component"]]
    lamps = categories.to_numpy()[(mounted["kind"] == "lamp_controller").to_numpy()]
    assert set(lamps) == {"C-01-37"}
    assert set(city.devices[city.devices["component"].isna()]["kind"]) == {"water_level", "air_quality", "noise"}


def test_addresses_are_unique_and_speak_both_languages(city: City) -> None:
    assert len(city.addresses) == pytest.approx(8_000 * SCALE, rel=0.01)
    assert city.addresses["text_zh"].is_unique
    assert (city.addresses["text_zh"] == city.addresses["road"] + city.addresses["number"].astype(str) + "号").all()
    assert city.addresses["text_en"].str.match(r"\d+ \w").all()
    assert set(city.addresses["road"]) <= set(city.roads["name_zh"])
    assert within(city.addresses, city.boundary.geometry.iloc[0])


def test_zones_have_codes_of_their_kind_and_the_central_park_is_the_first(city: City) -> None:
    assert not city.zones.duplicated(["kind", "code"]).any()
    assert city.zones.set_index("code").loc["PK001", "name_zh"] == "中心公园"
    assert city.zones["name_zh"].is_unique
    assert shapely.is_valid(city.zones.geometry.to_numpy()).all()


def test_all_coordinates_are_degrees_of_the_same_place(city: City) -> None:
    west, south, east, north = city.bbox
    assert 120.2 < west < city.centre[0] < east < 120.4
    assert 31.5 < south < city.centre[1] < north < 31.65
    frames = [value for value in vars(city).values() if isinstance(value, geopandas.GeoDataFrame)]
    assert len(frames) == 14
    assert {frame.crs.to_epsg() for frame in frames} == {4326}
