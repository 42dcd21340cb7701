"""Responsibility areas of the demo city."""

import numpy as np
import shapely

from simulations.city.generate import City


def test_areas_are_made_of_whole_cells(city: City) -> None:
    cells = city.cells.geometry.to_numpy()
    for area in city.areas.geometry:
        own = cells[shapely.covers(area, shapely.point_on_surface(cells))]
        assert len(own) > 1
        assert shapely.coverage_union_all(own).equals(area)


def test_every_area_has_a_code_of_its_street_a_name_and_people(city: City) -> None:
    streets = set(city.streets["code"])
    assert city.areas["code"].is_unique
    assert {code[:9] for code in city.areas["code"]} == streets
    assert all(len(people) == 2 and people[0]["name"] for people in city.areas["people"])
    assert np.all(shapely.is_valid(city.areas.geometry.to_numpy()))
