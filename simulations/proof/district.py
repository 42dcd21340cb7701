"""A plain district for checks and short runs: squares in straight rows, there at once. WGS-84, longitude first.

Two streets side by side, two communities in each, a community of 7 by 7 unit grid cells. There is no beauty in it, but
one of every kind of thing that the demo's reports name.
"""

from collections.abc import Iterator
from typing import Any

import geopandas
from shapely.geometry import LineString, Point, box

from simulations.city.city import City

WEST, SOUTH, STEP = 120.300, 31.570, 0.001  # degrees
CODE = "990101"
SIDE = 7  # cells along a side of a community
BLOCKS = [(street, community) for street in range(2) for community in range(2)]
DEVICES = {  # kind of device -> category of the component that it watches; "" for none
    "water_level": "",
    "manhole_tilt": "C-01-01",
    "bin_fill": "",
    "lamp_controller": "C-01-37",
    "air_quality": "",
    "noise": "",
    "gas_leak": "",
    "lift_monitor": "C-01-76",
}
Row = dict[str, Any]


def plain_district() -> City:
    """The frames that `simulations.city.seed.store` takes."""
    whole = _square(0, 0, 2 * SIDE, 2 * SIDE)
    components = [_component(street, community, c) for street, community in BLOCKS for c in DEVICES.values() if c]
    return City(
        code=CODE,
        name_zh="检验区",
        name_en="Proof District",
        seed=0,
        bbox=whole.bounds,
        centre=(whole.centroid.x, whole.centroid.y),
        boundary=_frame(_named(CODE, "检验区", "Proof District", whole)),
        streets=_frame(*(_street(street) for street in range(2))),
        communities=_frame(*(_community(*block) for block in BLOCKS)),
        cells=_frame(*(cell for block in BLOCKS for cell in _cells(*block))),
        areas=_frame(_named("", "", "", whole))[:0],
        zones=_frame(
            _named("PK001", "中央公园", "Central Park", _square(1, 1, 2, 2), kind="park"),
            _named("SC001", "第一小学", "First School", _square(4, 1), kind="school"),
            _named("ES001", "第一小区", "First Estate", _square(1, 4, 2, 2), kind="estate"),
        ),
        water=_frame(_named("", "小河", "Brook", _square(0, 0, 2 * SIDE, 1), kind="river")),
        green=_frame({"kind": "park", "geometry": _square(1, 1, 2, 2)}),
        roads=_frame({"class": "arterial", "geometry": LineString([(WEST, SOUTH), whole.centroid])}),
        buildings=_frame({"kind": "slab", "height": 18.0, "geometry": _square(4, 1).buffer(-STEP / 3)}),
        labels=_frame({"class": "district", "rank": 1, "geometry": whole.centroid}),
        addresses=_frame(*(_address(number) for number in range(2 * SIDE))),
        components=_frame(*components),
        devices=_frame(*_devices(components)),
    )


def _street_code(street: int) -> str:
    return f"{CODE}{street + 1:03d}"


def _street(street: int) -> Row:
    shape = _square(street * SIDE, 0, SIDE, 2 * SIDE)
    return _named(_street_code(street), f"第{street + 1}街道", f"Street {street + 1}", shape)


def _community_code(street: int, community: int) -> str:
    return f"{_street_code(street)}{community + 1:03d}"


def _community(street: int, community: int) -> Row:
    code, name = _community_code(street, community), f"{street + 1}-{community + 1}"
    shape = _square(street * SIDE, community * SIDE, SIDE, SIDE)
    return _named(code, f"社区 {name}", f"Community {name}", shape, street=_street_code(street))


def _cells(street: int, community: int) -> Iterator[Row]:
    code = _community_code(street, community)
    for i in range(SIDE * SIDE):
        shape = _square(street * SIDE + i % SIDE, community * SIDE + i // SIDE)
        yield {"code": f"{code}{i + 1:03d}", "community": code, "area_m2": 10_500.0, "geometry": shape}


def _address(number: int) -> Row:
    place = Point(WEST + (number + 0.5) * STEP, SOUTH + SIDE * STEP)
    return {"text_zh": f"中路 {number} 号", "text_en": f"{number} Middle Road", "number": number, "geometry": place}


def _component(street: int, community: int, category: str) -> Row:
    return {
        "code": f"{CODE}{category[2:4]}{category[5:]}{street * 1000 + community:06d}",
        "category": category,
        "cell": f"{_community_code(street, community)}001",
        "department_manager": "UMB",
        "department_owner": "WAT.SUP",
        "department_maintainer": "WAT.SUP",
        "geometry": _square(street * SIDE, community * SIDE).centroid,
    }


def _devices(components: list[Row]) -> Iterator[Row]:
    """One of each kind in each community."""
    for number in range(len(BLOCKS)):
        for kind, category in DEVICES.items():
            watched = [c for c in components if c["category"] == category][number:]
            place = watched[0]["geometry"] if watched else _square(number, number).centroid
            code = f"{kind.upper()}-{number + 1}"
            named = _named(code, f"设备 {code}", f"Device {code}", place)
            yield named | {"kind": kind, "component": watched[0]["code"] if watched else None}


def _square(column: int, row: int, width: int = 1, height: int = 1) -> Any:
    west, south = WEST + column * STEP, SOUTH + row * STEP
    return box(west, south, west + width * STEP, south + height * STEP)


def _named(code: str, zh: str, en: str, shape: Any, **more: Any) -> Row:
    return {"code": code, "name_zh": zh, "name_en": en, "geometry": shape} | more


def _frame(*rows: Row) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame(list(rows), crs=4326)
