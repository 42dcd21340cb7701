"""Build the demo city from a seed."""

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from shapely import Polygon

from simulations.city import addresses, components, devices, grid, layout, names, places, roads
from simulations.city import areas as responsible
from simulations.city.administration import CRS, Administration, administration
from simulations.city.city import City
from simulations.city.fabric import Fabric, weave
from simulations.city.frame import to_lonlat, to_metres

__all__ = ["SEED", "City", "generate"]

SEED = 20261123


def generate(seed: int = SEED, scale: float = 1.0) -> City:
    """Build the district; the same seed gives the same city. `scale` is its share of the full size, for quick tests.

    Raises ValueError for a scale outside 0.2 to 1.
    """
    if not 0.2 <= scale <= 1:
        raise ValueError(f"scale must lie between 0.2 and 1, not {scale}")
    plan_rng, build_rng, name_rng, thing_rng = np.random.default_rng(seed).spawn(4)
    invent = names.inventions(name_rng)
    plan = layout.plan(plan_rng, scale)
    fabric = weave(plan, invent, scale, build_rng)
    cells = grid.partition(fabric.pieces.shapes, fabric.community)
    areas = administration(cells, fabric.street_of_community, invent)

    boundary = to_metres(areas.boundary.geometry.to_numpy())[0]
    # Things beside roads keep clear of the boundary, half of whose roads lies in the next district.
    inner = roads.clip(fabric.main, boundary.buffer(-40)) + fabric.small
    water = _water_frame(plan, fabric)
    zones = places.zones(fabric, plan.lake, invent, scale, thing_rng)
    labels = places.labels(_metric(areas.streets), _metric(areas.communities), zones, _within(water, boundary))
    built = fabric.buildings
    things = _components(components.place(inner, built.shapes, built.heights, boundary, scale, thing_rng), areas)
    west, south, east, north = areas.boundary.total_bounds.tolist()
    middle = to_lonlat(np.array([shapely.Point(layout.OLD_TOWN)]))[0]
    return City(
        code=grid.ADMIN,
        name_zh=names.DISTRICT.zh,
        name_en=names.DISTRICT.en,
        seed=seed,
        bbox=(west, south, east, north),
        centre=(middle.x, middle.y),
        boundary=areas.boundary,
        streets=areas.streets,
        communities=areas.communities,
        cells=areas.cells,
        areas=responsible.areas(areas.cells, areas.communities),
        zones=_degrees(zones),
        water=_degrees(water),
        green=_degrees(places.green(fabric, water["geometry"].to_numpy())),
        roads=_degrees(_road_frame(fabric.main + fabric.small + fabric.paths)),
        buildings=_degrees(pd.DataFrame({"kind": built.kinds, "height": built.heights, "geometry": built.shapes})),
        labels=_degrees(labels),
        addresses=_degrees(addresses.addresses(inner, built.shapes, scale)),
        components=things,
        devices=_devices(devices.place(_metric(things), plan, inner, boundary, scale, thing_rng), areas),
    )


def _water_frame(plan: layout.Layout, fabric: Fabric) -> pd.DataFrame:
    rows = [(w.kind, w.name.zh, w.name.en, w.shape.intersection(plan.world)) for w in plan.water]
    rows += [("pond", "", "", pond) for pond in fabric.ponds]
    return pd.DataFrame(rows, columns=["kind", "name_zh", "name_en", "geometry"])


def _road_frame(lines: list[roads.Road]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "class": [road.road_class for road in lines],
            "name_zh": [road.name.zh for road in lines],
            "name_en": [road.name.en for road in lines],
            "geometry": [road.line for road in lines],
        }
    )


def _within(frame: pd.DataFrame, area: Polygon) -> pd.DataFrame:
    """What of the shapes lies in the area, each one's largest part."""
    parts = [
        max(shapely.get_parts(shapely.intersection(shape, area)), key=lambda part: float(part.area), default=None)
        for shape in frame["geometry"]
    ]
    clipped = frame.assign(geometry=parts)
    return clipped[[part is not None and part.area > 0 for part in parts]]


def _metric(frame: GeoDataFrame) -> pd.DataFrame:
    return pd.DataFrame(frame).assign(geometry=to_metres(frame.geometry.to_numpy()))


def _degrees(frame: pd.DataFrame) -> GeoDataFrame:
    return GeoDataFrame(frame.assign(geometry=to_lonlat(frame["geometry"].to_numpy())), crs=CRS)


def _components(frame: pd.DataFrame, areas: Administration) -> GeoDataFrame:
    """In degrees, with code and cell; those that fall on the boundary or outside are left out."""
    result = _degrees(frame)
    cell = _cell_codes(result, areas)
    result = result.assign(cell=cell)[cell != ""].sort_values(["category", "cell"], kind="stable", ignore_index=True)
    sequence = result.groupby("category").cumcount() + 1
    result["code"] = [
        f"{grid.ADMIN}{category[2:4]}{category[5:7]}{number:06d}"
        for category, number in zip(result["category"], sequence, strict=True)
    ]
    office = "STR." + result["cell"].str[7:9]
    for column in ("department_manager", "department_owner", "department_maintainer"):
        result[column] = result[column].where(result[column] != "STR", office)
    columns = ["code", "category", "cell", "department_manager", "department_owner", "department_maintainer"]
    return result[[*columns, "geometry"]]


def _devices(frame: pd.DataFrame, areas: Administration) -> GeoDataFrame:
    """In degrees, named after the community in which each stands."""
    result = _degrees(frame)
    community = pd.Series(_cell_codes(result, areas)).str[:12]
    name = areas.communities.set_index("code")[["name_zh", "name_en"]]
    at, label, number = name.loc[community], result["label"], result["code"].str[3:]
    result["name_zh"] = at["name_zh"].to_numpy() + label.map(lambda n: n.zh) + number
    result["name_en"] = at["name_en"].to_numpy() + " " + label.map(lambda n: n.en) + " " + number
    return result[["code", "kind", "component", "name_zh", "name_en", "geometry"]]


def _cell_codes(frame: GeoDataFrame, areas: Administration) -> np.ndarray:
    """The code of the cell in which each point lies; an empty text outside the district."""
    point, cell = areas.cells.sindex.query(frame.geometry, predicate="intersects")
    codes = np.full(len(frame), "", dtype=object)
    codes[point[::-1]] = areas.cells["code"].to_numpy()[cell[::-1]]
    return codes
