"""Named places over the grid (parks, schools, estates ...), green areas, and labels for the map."""

import numpy as np
import pandas as pd
import shapely
from shapely import Polygon

from simulations.city import names
from simulations.city.fabric import Fabric
from simulations.city.frame import Geometries, Ints
from simulations.city.landuse import ESTATE_STYLES, ESTATES
from simulations.city.layout import NEW_TOWN
from simulations.city.names import Inventions, Name
from simulations.city.roads import GREAT_PARK_AT

CODES = {
    "park": "PK",
    "school": "SC",
    "estate": "ES",
    "campus": "CA",
    "scenic_area": "SA",
    "construction_site": "CS",
    "event": "EV",
}
LABEL_GAP = 130.0  # metres
LEAST_GROUND = 8_000.0  # square metres of a building site or a fairground
GREEN = {
    "park": "park",
    "wood": "wood",
    "farmland": "farmland",
    "square": "grass",
    "bank": "riverside",
    "lake": "riverside",
    "vacant": "bare",
}


def _styled(fabric: Fabric, *styles: str) -> Ints:
    """Blocks that are built in one of the styles."""
    pairs = zip(fabric.style, fabric.land, strict=True)
    return np.array([i for i, (style, shape) in enumerate(pairs) if style in styles and not shape.is_empty], dtype=int)


def zones(fabric: Fabric, lake: Polygon, invent: Inventions, scale: float, rng: np.random.Generator) -> pd.DataFrame:
    """`kind`, `code`, `name_zh`, `name_en`, `geometry` (local metres)."""
    rows: list[tuple[str, Name, shapely.Geometry]] = []
    parks = np.array([i for i in _styled(fabric, "park") if fabric.use[i] != "campus"], dtype=int)
    parks = parks[np.argsort([-_importance(fabric, i) for i in parks], kind="stable")]
    park_names = iter(names.PARKS)
    rows += [("park", next(park_names), fabric.land[i]) for i in parks[: len(names.PARKS)]]
    for i in _styled(fabric, "school"):
        kind = names.SCHOOL_TYPES[int(rng.integers(len(names.SCHOOL_TYPES)))]
        rows.append(("school", _joined(next(invent), kind), fabric.land[i]))
    homes = _styled(fabric, *ESTATE_STYLES)
    homes = homes[shapely.area(fabric.land[homes]) > 12_000]
    for i in np.sort(rng.permutation(homes)[: round(ESTATES * scale)]):
        kind = names.ESTATE_TYPES[int(rng.integers(len(names.ESTATE_TYPES)))]
        rows.append(("estate", _joined(next(invent), kind), fabric.land[i]))
    blocks = zip(fabric.superblocks, fabric.superblock_use, strict=True)
    rows += [("campus", names.CAMPUS, shape.buffer(-20)) for shape, use in blocks if use == "campus"]
    rows += [("scenic_area", names.SCENIC, shape) for shape in _scenic_area(fabric, lake)]
    rows += _near_new_town(fabric)
    frame = pd.DataFrame(rows, columns=["kind", "name", "geometry"])
    order = frame.groupby("kind").cumcount() + 1
    frame["code"] = [f"{CODES[kind]}{number:03d}" for kind, number in zip(frame["kind"], order, strict=True)]
    frame["name_zh"] = [name.zh for name in frame["name"]]
    frame["name_en"] = [name.en for name in frame["name"]]
    return frame[["kind", "code", "name_zh", "name_en", "geometry"]]


def _scenic_area(fabric: Fabric, lake: Polygon) -> list[shapely.Geometry]:
    """The lake and the parks on its shore; empty where the district does not reach the lake."""
    near = lake.buffer(120)
    blocks = zip(fabric.superblocks, fabric.superblock_use, strict=True)
    parts = [shape for shape, use in blocks if use in ("lake", "park") and shape.intersects(near)]
    return [shapely.union_all(np.array(parts))] if parts else []


def _importance(fabric: Fabric, index: int) -> float:
    """The great park comes first, so that it is PK001; then by size."""
    great = shapely.contains_xy(fabric.land[index], *GREAT_PARK_AT)
    return float(fabric.land[index].area) + (1e9 if great else 0)


def _joined(name: Name, kind: Name) -> Name:
    return Name(name.zh + kind.zh, f"{name.en} {kind.en}")


def _near_new_town(fabric: Fabric) -> list[tuple[str, Name, shapely.Geometry]]:
    """Two building sites on the vacant ground nearest to the new town's middle, and the fairground on a square."""
    vacant = zip(names.SITES, _nearest(fabric, "vacant"), strict=False)
    sites = [("construction_site", name, shape) for name, shape in vacant]
    fairs = sorted(_nearest(fabric, "square")[:4], key=lambda shape: -float(shape.area))
    return [*sites, *(("event", names.EVENT, shape) for shape in fairs[:1])]


def _nearest(fabric: Fabric, style: str) -> list[shapely.Geometry]:
    shapes = fabric.land[_styled(fabric, style)]
    shapes = shapes[shapely.area(shapes) > LEAST_GROUND]
    order = np.argsort(shapely.distance(shapes, shapely.Point(NEW_TOWN)), kind="stable")
    return list(shapes[order])


def green(fabric: Fabric, water: Geometries) -> pd.DataFrame:
    """`kind` and `geometry` (local metres) of what is drawn green: parks, woods, fields, lawns, banks."""
    chosen = _styled(fabric, *GREEN)
    shapes = shapely.difference(fabric.land[chosen], shapely.union_all(water))
    kinds = [GREEN[fabric.style[i]] for i in chosen] + ["pitch"] * len(fabric.pitches)
    shapes = np.concatenate([shapes, fabric.pitches])
    frame = pd.DataFrame({"kind": kinds, "geometry": shapes})
    return frame[~shapely.is_empty(shapes)].reset_index(drop=True)


def labels(streets: pd.DataFrame, communities: pd.DataFrame, places: pd.DataFrame, water: pd.DataFrame) -> pd.DataFrame:
    """`name_zh`, `name_en`, `class`, `rank` (1 is shown first), `geometry` (a point, local metres).

    All four frames have `name_zh`, `name_en` and `geometry` in local metres."""
    big = shapely.area(communities["geometry"].to_numpy()) > 500_000
    parts = [
        _points(streets, "street", 1),
        _points(water[water["kind"] == "lake"], "lake", 1),
        _points(water[water["kind"].isin(["river", "canal"])], "river", 2),
        _points(places[places["kind"].isin(["campus", "scenic_area"])], "landmark", 2),
        _points(places[places["kind"] == "park"].head(8), "park", 2),
        _points(places[places["kind"] == "park"].iloc[8:], "park", 3),
        _points(communities[big], "community", 3),
        _points(communities[~big], "community", 4),
    ]
    every = pd.concat(parts, ignore_index=True).sort_values("rank", kind="stable", ignore_index=True)
    return every.iloc[_apart(every["geometry"].to_numpy())].reset_index(drop=True)


def _apart(points: Geometries) -> list[int]:
    """Indices of the labels that stay when each keeps its distance from those before it."""
    kept: list[int] = []
    for i, point in enumerate(points):
        if all(point.distance(points[k]) >= LABEL_GAP for k in kept):
            kept.append(i)
    return kept


def _points(frame: pd.DataFrame, label: str, rank: int) -> pd.DataFrame:
    shapes = frame["geometry"].to_numpy()
    # The middle of the largest circle inside: a label there sits well even in bent shapes.
    points = [shapely.get_point(shapely.maximum_inscribed_circle(shape, tolerance=20), 0) for shape in shapes]
    result = frame[["name_zh", "name_en"]].assign(**{"class": label, "rank": rank})
    return result.assign(geometry=np.array(points, dtype=object))
