"""Building footprints: rows of houses packed into blocks, in the style of each."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import shapely

from simulations.city.frame import Floats, Geometries, Ints
from simulations.city.layout import NEW_TOWN
from simulations.city.styles import OUTLINES, STYLES, Style

FLOOR = 3.0  # metres
SMALLEST_LAND = 200.0  # square metres
PROBES = 40
TALL, LANDMARK = 50.0, 318.0  # metres
TIGHT = 0.88  # the least share of the usual gap between rows, where that makes room for one more
SHORTEST_PART = 0.55  # of a house's length; what is left of it at the end of a row must not be shorter


@dataclass(frozen=True)
class Buildings:
    shapes: Geometries
    kinds: list[str]
    heights: Floats
    block: Ints

    @staticmethod
    def joined(parts: list["Buildings"]) -> "Buildings":
        return Buildings(
            np.concatenate([part.shapes for part in parts]),
            [kind for part in parts for kind in part.kinds],
            np.concatenate([part.heights for part in parts]),
            np.concatenate([part.block for part in parts]),
        )


def build(land: Geometries, styles: list[str], angles: Floats, rng: np.random.Generator) -> Buildings:
    """Fill the land of each block (local metres) in its style, with rows in its direction (radians from east)."""
    made = []
    for name, style in STYLES.items():
        mine = np.array([used == name for used in styles], dtype=bool) & (shapely.area(land) > SMALLEST_LAND)
        if mine.any():
            made.append(_fill(land, np.flatnonzero(mine), angles, style, rng))
    return Buildings.joined(made)


def row_angles(land: Geometries, styles: list[str]) -> Floats:
    """The direction of the rows on each block's land: along its sides, but homes turn only so far from facing south."""
    corners = shapely.get_coordinates(shapely.oriented_envelope(land)[~shapely.is_empty(land)]).reshape(-1, 5, 2)
    side = corners[:, 1] - corners[:, 0]
    angles = np.zeros(len(land))
    angles[~shapely.is_empty(land)] = (np.arctan2(side[:, 1], side[:, 0]) + np.pi / 4) % (np.pi / 2) - np.pi / 4
    limits = np.radians([STYLES[name].tilt if name in STYLES else 45.0 for name in styles])
    clipped: Floats = np.clip(angles, -limits, limits)
    return clipped


def skyline(built: Buildings, rng: np.random.Generator) -> Buildings:
    """Offices and towers rise towards the middle of the new town; one stands above all."""
    x, y = shapely.get_coordinates(shapely.centroid(built.shapes)).T
    distance = np.hypot(x - NEW_TOWN[0], y - NEW_TOWN[1])
    tall = built.heights > TALL
    heights = built.heights * np.where(tall, 0.85 + 0.9 * np.exp(-((distance / 750) ** 2)), 1)
    offices = np.flatnonzero(tall & np.array([kind == "office" for kind in built.kinds]))
    if len(offices):
        heights[offices[np.argmin(distance[offices])]] = LANDMARK
    return replace(built, heights=np.round(heights * rng.uniform(0.98, 1.02, len(heights)), 1))


def _fill(land: Geometries, mine: Ints, angles: Floats, style: Style, rng: np.random.Generator) -> Buildings:
    plots = shapely.buffer(land[mine], -style.margin, join_style="mitre")
    mine, plots = mine[~shapely.is_empty(plots)], plots[~shapely.is_empty(plots)]
    ranges = {name: getattr(style, name) for name in ("depth", "row_gap", "length", "gap", "floors")}
    measure = {name: rng.uniform(low, high, len(mine)) for name, (low, high) in ranges.items()}
    level = _turned(plots, -angles[mine])
    rows = _rows(level, measure["depth"], measure["row_gap"], measure["length"])
    units = _units(level, rows, measure)
    units = units[rng.random(len(units)) < style.filled].reset_index(drop=True)
    shrink = 1 - style.ragged * rng.random((2, len(units)))
    shrink[0] *= rng.choice([-1, 1], len(units))  # half of the houses are mirrored
    plot = units["plot"].to_numpy()
    outline = rng.integers(len(style.shapes), size=len(units))
    shapes = np.empty(len(units), dtype=object)
    for k, name in enumerate(style.shapes):
        now = outline == k
        shapes[now] = _outlines(name, units[now], shrink[:, now], angles[mine[plot[now]]])
    inside = shapely.covers(shapely.buffer(plots, 0.3)[plot], shapes) if len(units) else np.zeros(0, dtype=bool)
    floors = np.maximum(1, np.round(measure["floors"][plot] + rng.normal(0, 0.06 * measure["floors"][plot])))
    return Buildings(shapes[inside], [style.kind] * int(inside.sum()), floors[inside] * FLOOR + 1.0, mine[plot[inside]])


def _turned(shapes: Geometries, angle: Floats) -> Geometries:
    """Each shape turned about the origin by its angle."""
    coords, owner = shapely.get_coordinates(shapes, return_index=True)
    cos, sin = np.cos(angle[owner]), np.sin(angle[owner])
    turned = np.column_stack([coords[:, 0] * cos - coords[:, 1] * sin, coords[:, 0] * sin + coords[:, 1] * cos])
    result: Geometries = shapely.set_coordinates(shapes.copy(), turned)
    return result


def _rows(level: Geometries, depth: Floats, gap: Floats, length: Floats) -> pd.DataFrame:
    """Rows across each plot from south to north, spread over the height at which it is wide enough for a house."""
    south, north = _usable(level, SHORTEST_PART * length)
    height = np.maximum(north - south, 0)
    count = np.floor((height + TIGHT * gap) / (depth + TIGHT * gap)).astype(int)
    pitch = np.where(count > 1, (height - depth) / np.maximum(count - 1, 1), 0)
    pitch = np.minimum(pitch, (depth + gap) * 1.3)
    first = south + (height - depth - pitch * np.maximum(count - 1, 0)) / 2
    plot = np.repeat(np.arange(len(level)), count)
    order = np.arange(len(plot)) - np.repeat(np.cumsum(count) - count, count)
    return pd.DataFrame({"plot": plot, "y": first[plot] + order * pitch[plot]})


def _usable(level: Geometries, least: Floats) -> tuple[Floats, Floats]:
    """Between which heights each plot is at least so wide; the same number twice where it never is."""
    bounds = shapely.bounds(level)
    step = (bounds[:, 3] - bounds[:, 1]) / PROBES
    plot, probe = np.divmod(np.arange(len(level) * PROBES), PROBES)
    spans = _spans(level[plot], bounds[plot, 1] + (probe + 0.5) * step[plot])
    rows = spans["row"].to_numpy()
    rows = rows[(spans["east"] - spans["west"]).to_numpy() >= least[plot[rows]]]
    low, high = np.full(len(level), PROBES), np.zeros(len(level))
    np.minimum.at(low, plot[rows], probe[rows])
    np.maximum.at(high, plot[rows], probe[rows])
    return bounds[:, 1] + (low + 0.5) * step, bounds[:, 1] + (np.maximum(low, high) + 0.5) * step


def _units(level: Geometries, rows: pd.DataFrame, measure: dict[str, Floats]) -> pd.DataFrame:
    """Houses side by side along each row, as far as both fronts of the row lie in the plot. Houses of one plot stand
    in columns, so that there are ways through between them."""
    plot, y = rows["plot"].to_numpy(), rows["y"].to_numpy()
    fronts = [_spans(level[plot], y + back * measure["depth"][plot]) for back in (0, 1)]
    spans = fronts[0].merge(fronts[1], on="row", suffixes=("", "_back"))
    west = np.maximum(spans["west"], spans["west_back"]).to_numpy()
    east = np.minimum(spans["east"], spans["east_back"]).to_numpy()
    bounds = shapely.bounds(level)
    width, gap = bounds[:, 2] - bounds[:, 0], measure["gap"]
    columns = np.maximum(1, np.round((width + gap) / (measure["length"] + gap)))
    pitch = (width + gap) / columns
    plot = plot[spans["row"]]
    first = np.floor((west - bounds[plot, 0]) / pitch[plot])
    count = np.maximum(0, np.ceil((east - bounds[plot, 0]) / pitch[plot]) - first).astype(int)
    span = np.repeat(np.arange(len(west)), count)
    order = np.arange(len(span)) - np.repeat(np.cumsum(count) - count, count)
    plot = plot[span]
    start = bounds[plot, 0] + (first[span] + order) * pitch[plot]
    left, right = np.maximum(start, west[span]), np.minimum(start + (pitch - gap)[plot], east[span])
    units = pd.DataFrame(
        {
            "plot": plot,
            "x": (left + right) / 2,
            "y": y[spans["row"].to_numpy()[span]] + measure["depth"][plot] / 2,
            "length": right - left,
            "depth": measure["depth"][plot],
        }
    )
    return units[units["length"] > SHORTEST_PART * (pitch - gap)[plot]]


def _spans(level: Geometries, y: Floats) -> pd.DataFrame:
    """Where the line at height y[i] lies in level[i]: one line for each stretch."""
    bounds = shapely.bounds(level)
    ends = np.stack([np.column_stack([bounds[:, 0] - 1, y]), np.column_stack([bounds[:, 2] + 1, y])], axis=1)
    parts, row = shapely.get_parts(shapely.intersection(level, shapely.linestrings(ends)), return_index=True)
    extent, row = shapely.bounds(parts[~shapely.is_empty(parts)]), row[~shapely.is_empty(parts)]
    return pd.DataFrame({"row": row, "west": extent[:, 0], "east": extent[:, 2]})


def _outlines(name: str, units: pd.DataFrame, shrink: Floats, angle: Floats) -> Geometries:
    outline = np.array(OUTLINES[name])
    x = units["x"].to_numpy()[:, None] + outline[:, 0] * (units["length"].to_numpy() * shrink[0])[:, None]
    y = units["y"].to_numpy()[:, None] + outline[:, 1] * (units["depth"].to_numpy() * shrink[1])[:, None]
    cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
    corners = np.stack([x * cos - y * sin, x * sin + y * cos], axis=-1)
    shapes: Geometries = shapely.orient_polygons(shapely.polygons(corners))
    return shapes
