"""The administrative layers: the district, its streets (街道), communities (社区) and unit grid cells (单元网格)."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from geopandas import GeoDataFrame

from simulations.city import names
from simulations.city.frame import Geometries, Ints, to_metres
from simulations.city.grid import ADMIN, Cells, dissolve, sequence
from simulations.city.names import Name

CRS = "EPSG:4326"


@dataclass(frozen=True)
class Administration:
    boundary: GeoDataFrame
    streets: GeoDataFrame
    communities: GeoDataFrame
    cells: GeoDataFrame


def administration(cells: Cells, street_of: Ints, invent: Iterator[Name]) -> Administration:
    """Codes and names. `street_of[c]` is the street of community c; both are numbered from 0."""
    communities = dissolve(cells.shapes, cells.communities)
    streets = dissolve(communities, street_of)
    community_number = sequence(to_metres(communities), street_of)
    cell_number = sequence(cells.metres, cells.communities)
    street_code = [f"{ADMIN}{number + 1:03d}" for number in range(len(streets))]
    community_code = [f"{street_code[s]}{n:03d}" for s, n in zip(street_of, community_number, strict=True)]
    cell_code = [f"{community_code[c]}{n:03d}" for c, n in zip(cells.communities, cell_number, strict=True)]
    community_names = [next(invent) for _ in communities]
    frames = Administration(
        boundary=_frame(
            [shapely.coverage_union_all(streets)],
            code=[ADMIN],
            name_zh=[names.DISTRICT.zh],
            name_en=[names.DISTRICT.en],
        ),
        streets=_frame(
            streets,
            code=street_code,
            name_zh=[f"{name.zh}街道" for name in names.STREETS[: len(streets)]],
            name_en=[f"{name.en} Subdistrict" for name in names.STREETS[: len(streets)]],
        ),
        communities=_frame(
            communities,
            code=community_code,
            street=[street_code[s] for s in street_of],
            name_zh=[f"{name.zh}社区" for name in community_names],
            name_en=[f"{name.en} Community" for name in community_names],
        ),
        cells=_frame(
            cells.shapes,
            code=cell_code,
            community=[community_code[c] for c in cells.communities],
            area_m2=np.round(shapely.area(cells.metres), 1),
        ),
    )
    return frames


def _frame(geometry: Geometries | list[shapely.Geometry], **columns: object) -> GeoDataFrame:
    frame = GeoDataFrame(columns, geometry=list(geometry), crs=CRS)
    return frame.sort_values("code", ignore_index=True)
