"""A city small enough to know by heart: 2 streets, 4 communities, 16 square cells, a park that beats the streets.

Cells are 0.001 degrees wide, from 120.300 E 31.570 N on; cell (column, row) counts from the south-west.
"""

from types import SimpleNamespace
from typing import Any

import geopandas
from shapely.geometry import LineString, Point, box

WEST, SOUTH, STEP = 120.300, 31.570, 0.001
CODE = "990101"
# lon, lat of the middle of cell (column, row)
OUTSIDE = (120.4, 31.7)


def middle(column: int, row: int) -> tuple[float, float]:
    """The middle of a cell, longitude first."""
    return WEST + (column + 0.5) * STEP, SOUTH + (row + 0.5) * STEP


def square(column: int, row: int, width: int = 1, height: int = 1) -> Any:
    return box(WEST + column * STEP, SOUTH + row * STEP, WEST + (column + width) * STEP, SOUTH + (row + height) * STEP)


def frame(rows: list[dict[str, Any]]) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame(rows, crs=4326)


def street_of(column: int) -> str:
    return f"{CODE}{1 + column // 2:03d}"


def community_of(column: int, row: int) -> str:
    return f"{street_of(column)}{1 + row // 2:03d}"


def small_city() -> Any:
    """The frames that `simulations.city.seed.store` takes."""
    cells = []
    for column in range(4):
        for row in range(4):
            number = 1 + (column % 2) + 2 * (1 - row % 2)  # west to east, then north to south
            community = community_of(column, row)
            cells.append(
                {
                    "code": f"{community}{number:03d}",
                    "community": community,
                    "area_m2": 10_500.0,
                    "geometry": square(column, row),
                }
            )
    named = lambda code, zh, en, shape, **more: {"code": code, "name_zh": zh, "name_en": en, "geometry": shape} | more  # noqa: E731
    middle_of_park = Point(middle(1, 1))
    return SimpleNamespace(
        boundary=frame([named(CODE, "示范区", "Demo District", square(0, 0, 4, 4))]),
        streets=frame(
            [
                named(street_of(0), "东风街道", "Dongfeng Street", square(0, 0, 2, 4)),
                named(street_of(2), "西湖街道", "Xihu Street", square(2, 0, 2, 4)),
            ]
        ),
        communities=frame(
            [
                named(community_of(c, r), f"社区{c}{r}", f"Community {c}{r}", square(c, r, 2, 2), street=street_of(c))
                for c in (0, 2)
                for r in (0, 2)
            ]
        ),
        cells=frame(cells),
        areas=frame([named("", "", "", square(0, 0))])[:0],  # none: every point would lie in one more zone
        zones=frame(
            [
                named("PK001", "中央公园", "Central Park", square(1, 1, 2, 2), kind="park"),
                named("SC001", "第一小学", "First School", square(3, 3), kind="school"),
            ]
        ),
        water=frame([named("", "小河", "Brook", square(0, 0, 4, 1), kind="river")]),
        green=frame([{"kind": "park", "geometry": square(1, 1, 2, 2)}]),
        roads=frame(
            [
                named(
                    "",
                    "中路",
                    "Middle Road",
                    LineString([(WEST, SOUTH + 2 * STEP), (WEST + 4 * STEP, SOUTH + 2 * STEP)]),
                )
                | {"class": "arterial"}
            ]
        ),
        buildings=frame([{"kind": "slab", "height": 18.0, "geometry": square(0, 0).buffer(-0.0003)}]),
        labels=frame([named("", "示范区", "Demo District", middle_of_park, rank=1) | {"class": "district"}]),
        addresses=frame(
            [
                {
                    "road": "中路",
                    "number": number,
                    "text_zh": f"中路{number}号",
                    "text_en": f"{number} Middle Road",
                    "geometry": Point(WEST + number * STEP / 10, SOUTH + 2.1 * STEP),
                }
                for number in range(1, 39)
            ]
        ),
        components=frame(
            [
                {
                    "code": f"{CODE}0101000001",
                    "category": "C-01-01",
                    "cell": cells[0]["code"],
                    "department_manager": "UMB",
                    "department_owner": "WAT.SUP",
                    "department_maintainer": "WAT.SUP",
                    "geometry": Point(middle(0, 0)),
                }
            ]
        ),
        devices=frame(
            [
                {
                    "code": "WL-0001",
                    "kind": "water_level",
                    "component": None,
                    "name_zh": "水位计 1",
                    "name_en": "Water gauge 1",
                    "geometry": Point(middle(2, 0)),
                },
                {
                    "code": "MT-0001",
                    "kind": "manhole_tilt",
                    "component": f"{CODE}0101000001",
                    "name_zh": "井盖 1",
                    "name_en": "Cover 1",
                    "geometry": Point(middle(0, 0)),
                },
            ]
        ),
    )
