"""Cells, communities and streets: exact tiling, nesting, codes."""

import re

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely

from simulations.city.generate import City
from simulations.city.grid import ADMIN, ROW

LAYERS = ["cells", "communities", "streets"]


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_tiles_the_district_without_gap_or_overlap(city: City, layer: str) -> None:
    shapes = getattr(city, layer).geometry.to_numpy()
    district = city.boundary.geometry.iloc[0]
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    assert shapely.coverage_union_all(shapes).equals(district)
    assert shapely.area(shapes).sum() == pytest.approx(district.area, rel=1e-12)


def test_the_district_is_one_piece_and_no_rectangle(city: City) -> None:
    district = city.boundary.geometry.iloc[0]
    assert district.geom_type == "Polygon"
    assert not district.interiors
    assert district.area < 0.85 * district.minimum_rotated_rectangle.area
    assert city.bbox == pytest.approx(district.bounds)


@pytest.mark.parametrize(
    ("layer", "column", "above"), [("cells", "community", "communities"), ("communities", "street", "streets")]
)
def test_a_layer_is_exactly_the_union_of_the_one_below(city: City, layer: str, column: str, above: str) -> None:
    parts: geopandas.GeoDataFrame = getattr(city, layer)
    wholes = getattr(city, above).set_index("code").geometry
    assert set(parts[column]) == set(wholes.index)
    for code, members in parts.groupby(column):
        assert shapely.coverage_union_all(members.geometry.to_numpy()).equals(wholes[code])


def test_cells_are_polygons_of_about_a_hectare(city: City) -> None:
    assert set(city.cells.geom_type) == {"Polygon"}
    assert city.cells["area_m2"].mean() == pytest.approx(10_000, rel=0.03)
    assert city.cells["area_m2"].between(3_500, 20_000).all()
    assert city.cells["area_m2"].between(7_000, 13_500).mean() > 0.85


def test_the_full_size_can_be_numbered(city: City) -> None:
    assert city.cells.groupby("community").size().max() <= 999
    assert city.communities.groupby("street").size().max() <= 999


def test_codes_nest(city: City) -> None:
    assert city.boundary["code"].tolist() == [ADMIN]
    for layer, pattern in zip(LAYERS, (r"990101\d{9}", r"990101\d{6}", r"990101\d{3}"), strict=True):
        codes = getattr(city, layer)["code"]
        assert codes.is_unique
        assert all(re.fullmatch(pattern, code) for code in codes)
    assert (city.cells["code"].str[:12] == city.cells["community"]).all()
    assert (city.communities["code"].str[:9] == city.communities["street"]).all()


@pytest.mark.parametrize(("layer", "column"), [("cells", "community"), ("communities", "street")])
def test_sequence_numbers_run_from_one_without_gaps(city: City, layer: str, column: str) -> None:
    for _, members in getattr(city, layer).groupby(column):
        assert sorted(members["code"].str[-3:].astype(int)) == list(range(1, len(members) + 1))


def test_cells_are_numbered_west_to_east_then_north_to_south(city: City) -> None:
    middles = city.cells.to_crs(4549).centroid
    cells = pd.DataFrame({"community": city.cells["community"], "x": middles.x, "y": middles.y})
    cells["number"] = city.cells["code"].str[-3:].astype(int)
    for _, members in cells.groupby("community"):
        ordered = members.sort_values("number")
        row = np.floor((ordered["y"].max() - ordered["y"]) / ROW).to_numpy()
        assert (np.diff(row) >= 0).all()
        same_row = np.diff(row) == 0
        assert (np.diff(ordered["x"])[same_row] > 0).all()


def test_names_are_there_in_both_languages_and_unique(city: City) -> None:
    for frame in (city.streets, city.communities):
        assert frame["name_zh"].is_unique
        assert frame["name_en"].is_unique
    assert city.streets["name_zh"].str.endswith("街道").all()
    assert city.communities["name_zh"].str.endswith("社区").all()
    assert city.name_zh == "一网示范区"
