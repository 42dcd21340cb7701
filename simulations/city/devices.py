"""Devices: most sit on a component, some stand by the water, in underpasses or by the road."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from shapely import Polygon

from simulations.city.frame import Geometries
from simulations.city.layout import Layout
from simulations.city.names import Name
from simulations.city.roads import Road
from simulations.city.roadside import along


@dataclass(frozen=True)
class Kind:
    """A kind of device: how many sit on components of the given categories, and how many stand alone."""

    kind: str
    prefix: str
    name: Name
    on_components: int
    categories: tuple[str, ...] = ()
    alone: int = 0


COVERS = ("C-01-01", "C-01-02", "C-01-03", "C-01-06")
KINDS = [
    Kind("water_level", "WL", Name("水位计", "Water Level Gauge"), 60, ("C-01-03",), 90),
    Kind("manhole_tilt", "MT", Name("井盖监测器", "Manhole Cover Monitor"), 520, COVERS),
    Kind("bin_fill", "BF", Name("垃圾箱满溢监测器", "Bin Fill Monitor"), 350, ("C-03-05",)),
    Kind("lamp_controller", "LC", Name("路灯控制器", "Lamp Controller"), 400, ("C-01-37",)),
    Kind("air_quality", "AQ", Name("空气监测站", "Air Quality Station"), 0, (), 60),
    Kind("noise", "NS", Name("噪声监测仪", "Noise Meter"), 0, (), 120),
    Kind("gas_leak", "GL", Name("燃气泄漏监测器", "Gas Leak Detector"), 200, ("C-01-11",)),
    Kind("lift_monitor", "LM", Name("电梯监测器", "Lift Monitor"), 200, ("C-01-76",)),
]


def place(
    components: pd.DataFrame, layout: Layout, roads: list[Road], area: Polygon, scale: float, rng: np.random.Generator
) -> pd.DataFrame:
    """All devices: `code`, `kind`, `component` (code or None), `geometry` (points, local metres), `label` (a Name).

    `components` has `code`, `category` and `geometry` (points); `roads` are those in the district, whose `area` is
    given."""
    frames = []
    free = np.ones(len(components), dtype=bool)
    for kind in KINDS:
        fit = np.flatnonzero(components["category"].isin(kind.categories).to_numpy() & free)
        chosen = np.sort(rng.choice(fit, round(kind.on_components * scale), replace=False))
        free[chosen] = False
        mounted = components.iloc[chosen][["code", "geometry"]].rename(columns={"code": "component"})
        alone = _alone(kind, layout, roads, area, round(kind.alone * scale), rng)
        standing = pd.DataFrame({"component": None, "geometry": alone})
        frame = pd.concat([mounted, standing] if len(mounted) else [standing], ignore_index=True)
        frame["kind"] = kind.kind
        frame["code"] = [f"{kind.prefix}-{i:04d}" for i in range(1, len(frame) + 1)]
        frame["label"] = [kind.name] * len(frame)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _alone(
    kind: Kind, layout: Layout, roads: list[Road], area: Polygon, count: int, rng: np.random.Generator
) -> Geometries:
    if kind.kind == "water_level":
        dips = _underpasses(roads)[: count // 3]
        return np.concatenate([dips, _in_water(layout, area, count - len(dips))])
    classes = ("residential",) if kind.kind == "noise" else ("arterial", "secondary")
    mine = [road for road in roads if road.road_class in classes]
    places = along(mine, 150.0, np.full(len(mine), 14.0), (1,)).points
    chosen: Geometries = places[np.sort(rng.choice(len(places), count, replace=False))]
    return chosen


def _underpasses(roads: list[Road]) -> Geometries:
    """Where an expressway crosses an arterial: the road below floods first."""
    lines = {kind: [r.line for r in roads if r.road_class == kind] for kind in ("expressway", "arterial")}
    crossings = shapely.union_all(lines["expressway"]).intersection(shapely.union_all(lines["arterial"]))
    parts = shapely.get_parts(crossings)
    points: Geometries = parts[shapely.get_type_id(parts) == 0]
    return points


def _in_water(layout: Layout, area: Polygon, count: int) -> Geometries:
    """Gauges at even distances along the outlines of the water, a few metres out from the bank."""
    wet = shapely.get_parts(shapely.buffer([w.shape for w in layout.water], -4.0))
    wet = shapely.get_parts(shapely.intersection(wet, area.buffer(-20)))
    banks = shapely.boundary(wet[shapely.area(wet) > 5000])
    ends = np.cumsum(shapely.length(banks))
    at = (np.arange(count) + 0.5) / max(count, 1) * ends[-1]
    which = np.searchsorted(ends, at)
    points: Geometries = shapely.line_interpolate_point(banks[which], at - (ends - shapely.length(banks))[which])
    return points
