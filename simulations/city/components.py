"""Registered components (部件) of the city and the departments that answer for them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from shapely import Polygon

from simulations.city.frame import Floats, Geometries
from simulations.city.roads import HALF_WIDTH, Road
from simulations.city.roadside import along, beside

MAIN = ("expressway", "arterial", "secondary")
TOWN = ("arterial", "secondary", "residential")


@dataclass(frozen=True)
class Kind:
    """One category: how many, on which roads, how far from the building line or from the middle of the road, and who
    manages (主管), owns (权属) and maintains (养护) it. On small streets `STR` stands for the street's own office."""

    category: str
    count: int
    roads: tuple[str, ...]
    from_edge: float | None
    departments: tuple[str, str, str]
    small_streets: str = ""


ROADSIDE = [
    Kind("C-01-37", 7000, MAIN, 3.5, ("UMB", "UMB.LGT", "UMB.LGT")),
    Kind("C-01-02", 3200, TOWN, None, ("WAT", "WAT.DRN", "WAT.DRN"), "STR"),
    Kind("C-01-03", 3200, TOWN, 5.0, ("WAT", "WAT.DRN", "WAT.DRN")),
    Kind("C-01-01", 1800, TOWN, None, ("WAT", "WAT.SUP", "WAT.SUP")),
    Kind("C-01-11", 900, TOWN, None, ("HOU", "GAS", "GAS")),
    Kind("C-01-06", 900, MAIN, 2.5, ("UMB", "UMB.LGT", "UMB.LGT")),
    Kind("C-03-05", 1600, TOWN, 2.0, ("UMB", "UMB.SAN", "UMB.SAN"), "STR"),
]
# Hydrants and lifts are not numbered in the catalogue: the city's own extension codes.
HYDRANT = Kind("C-01-77", 700, TOWN, 2.5, ("EMG.FIR", "WAT.SUP", "WAT.SUP"))
LIFT = Kind("C-01-76", 700, (), None, ("HOU", "HOU.PRP", "HOU.PRP"))
LIFT_FROM = 24.0  # metres; houses this high have lifts
# Off the middle line, so that covers of different networks do not lie on one another.
LANES = {"C-01-02": 1.2, "C-01-01": 3.1, "C-01-11": -2.2}


def place(
    roads: list[Road],
    buildings: Geometries,
    heights: Floats,
    area: Polygon,
    scale: float,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """All components: `category`, `geometry` (points, local metres), and three departments, where `STR` is to be
    replaced by the office of the street in which the component lies."""
    frames = [_beside(kind, roads, area, scale, rng) for kind in ROADSIDE]
    frames += [_hydrants(roads, area, scale, rng), _lifts(buildings, heights, scale, rng)]
    return pd.concat(frames, ignore_index=True)


def _beside(kind: Kind, roads: list[Road], area: Polygon, scale: float, rng: np.random.Generator) -> pd.DataFrame:
    """Exactly the wanted number, at regular distances along the roads of the kind's classes."""
    mine = [road for road in roads if road.road_class in kind.roads]
    if kind.from_edge is None:
        offset = np.full(len(mine), LANES[kind.category])
    else:
        offset = np.array([HALF_WIDTH[road.road_class] - kind.from_edge for road in mine])
    wanted = round(kind.count * scale)
    step = sum(road.line.length for road in mine) / wanted
    sides = (1, -1) if kind.from_edge is not None else (1,)
    found = along(mine, step * len(sides) * 0.98, offset, sides)
    # A few too many come out; a contiguous run keeps the distances regular.
    inside = np.flatnonzero(shapely.contains(area, found.points))
    start = int(rng.integers(max(1, len(inside) - wanted)))
    chosen = inside[start : start + wanted]
    small = [mine[road].road_class == "residential" for road in found.road[chosen]]
    return _frame(kind, found.points[chosen], np.array(small))


def _hydrants(roads: list[Road], area: Polygon, scale: float, rng: np.random.Generator) -> pd.DataFrame:
    """A little off junctions: where residential streets begin."""
    mine = [road.line for road in roads if road.road_class == "residential" and road.line.length > 60]
    here = np.full(len(mine), 1.0)
    points = beside(np.array(mine), 26.0 * here, (HALF_WIDTH["residential"] - 2.5) * here)
    points = points[shapely.contains(area, points)]
    points = points[np.sort(rng.permutation(len(points))[: round(HYDRANT.count * scale)])]
    return _frame(HYDRANT, points, np.ones(len(points), dtype=bool))


def _lifts(buildings: Geometries, heights: Floats, scale: float, rng: np.random.Generator) -> pd.DataFrame:
    tall = np.flatnonzero(heights >= LIFT_FROM)
    chosen = rng.choice(tall, round(LIFT.count * scale), replace=False, p=heights[tall] / heights[tall].sum())
    points = shapely.point_on_surface(buildings[np.sort(chosen)])
    return _frame(LIFT, points, np.zeros(len(points), dtype=bool))


def _frame(kind: Kind, points: Geometries, small: np.ndarray) -> pd.DataFrame:
    manager, owner, maintainer = kind.departments
    return pd.DataFrame(
        {
            "category": kind.category,
            "geometry": points,
            "department_manager": manager,
            "department_owner": owner,
            "department_maintainer": np.where(small & bool(kind.small_streets), kind.small_streets, maintainer),
        }
    )
