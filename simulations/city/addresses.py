"""House numbers along named roads: odd on the left hand, even on the right, growing with the distance."""

import numpy as np
import pandas as pd
import shapely

from simulations.city.frame import Geometries
from simulations.city.roads import HALF_WIDTH, Road
from simulations.city.roadside import along

ADDRESSES = 8000
METRES_PER_NUMBER = 7.0
DENSER = 0.6  # more places are tried than wanted, since not every one has a building
REACH = 45.0  # an address stands this near to a building, in metres


def addresses(roads: list[Road], buildings: Geometries, scale: float) -> pd.DataFrame:
    """About 8,000 (times `scale`): `geometry` (points, local metres), `road`, `number`, `text_zh`, `text_en`."""
    named = [road for road in roads if road.name.zh and road.road_class in ("arterial", "secondary", "residential")]
    offset = np.array([HALF_WIDTH[road.road_class] + 5 for road in named])
    wanted = round(ADDRESSES * scale)
    found = along(named, 2 * sum(road.line.length for road in named) / wanted * DENSER, offset)
    near = np.unique(shapely.STRtree(buildings).query(found.points, predicate="dwithin", distance=REACH)[0])
    near = near[np.linspace(0, len(near) - 1, min(len(near), wanted)).astype(int)]
    taken: dict[tuple[str, int], int] = {}
    for i in near.tolist():
        road = named[found.road[i]].name.zh
        number = 2 * int(found.at[i] / METRES_PER_NUMBER / 2) + (1 if found.side[i] > 0 else 2)
        while (road, number) in taken:
            number += 2
        taken[road, number] = i
    english = {road.name.zh: road.name.en for road in named}
    return pd.DataFrame(
        [
            (found.points[i], road, number, f"{road}{number}号", f"{number} {english[road]}")
            for (road, number), i in taken.items()
        ],
        columns=["geometry", "road", "number", "text_zh", "text_en"],
    )
