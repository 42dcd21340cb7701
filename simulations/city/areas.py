"""Responsibility areas (责任网格): several whole cells of a community each, with the people who see to them."""

from typing import Any

import numpy as np
import shapely
from geopandas import GeoDataFrame

COMMUNITIES = 2  # of each street that have areas; two in each
_SURNAMES = "王李张刘陈杨黄赵周吴徐孙"
_GIVEN = ("志强", "秀英", "建军", "丽华", "海燕", "国平", "晓东", "桂芳", "文博", "春梅", "永康")
_ROLES = (("网格长", "Area head"), ("专职网格员", "Grid worker"))


def areas(cells: GeoDataFrame, communities: GeoDataFrame) -> GeoDataFrame:
    """Columns code (12 characters), name_zh, name_en, people (as zones have them). Names and numbers are invented."""
    first = communities.sort_values("code").groupby("street", sort=True).head(COMMUNITIES)
    rows: list[dict[str, Any]] = []
    for community in first.to_dict("records"):
        own = cells[cells["community"] == community["code"]].geometry.to_numpy()
        for half, shape in enumerate(_halves(own), 1):
            number = len(rows) + 1
            rows.append(
                {
                    "code": f"{community['street']}R{number % 100:02d}",
                    "name_zh": f"{community['name_zh']}第{half}责任网格",
                    "name_en": f"{community['name_en']} area {half}",
                    "people": [_person(2 * number + i, *role) for i, role in enumerate(_ROLES)],
                    "geometry": shape,
                }
            )
    return GeoDataFrame(rows, crs=cells.crs)


def _halves(cells: Any) -> list[shapely.Geometry]:
    """A community's cells, the western and the eastern half of them."""
    west_to_east = np.argsort(shapely.get_x(shapely.centroid(cells)), kind="stable")
    halves = np.array_split(cells[west_to_east], 2)
    return [shapely.coverage_union_all(half) for half in halves if len(half)]


def _person(number: int, role_zh: str, role_en: str) -> dict[str, str]:
    name = _SURNAMES[number % len(_SURNAMES)] + _GIVEN[number % len(_GIVEN)]
    # No subscriber has a number that begins with 100.
    return {"name": name, "role_zh": role_zh, "role_en": role_en, "phone": f"1000000{number:04d}"}
