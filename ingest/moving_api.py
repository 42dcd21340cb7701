"""Where things that move are, over HTTP: `POST /positions`, for systems that know it (vehicle tracking, workers' apps).

Positions are no reports: of a fix only the last counts, so none is kept as a dead letter, and a sender that got no
answer sends the next one. They are located in zones by the index in memory, a whole batch at once.
"""

import math
from datetime import datetime, timedelta
from typing import Annotated, Literal

import numpy as np
from django.db import transaction
from django.http import HttpRequest
from ninja import Field, Router, Schema

from geo.coordinates import TO_WGS84
from geo.lookup import index
from ingest.api import SourceToken
from twin import clock, positions
from twin.positions import OFF, Fix
from twin.problems import Problem
from twin.times import aware

router = Router(tags=["ingest"])
EARLY = timedelta(minutes=5)  # a fix from further in the future would hide all that follow
Text = Annotated[str, Field(max_length=120)]


class FixIn(Schema):
    """One thing at a time. `lon`, `lat` in degrees of the batch's `crs`; heading clockwise from north; speed in m/s."""

    type: Literal["person", "vehicle", "device"]
    id: Annotated[str, Field(min_length=1, max_length=80)]
    at: datetime
    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-85, le=85)]
    heading: Annotated[float, Field(ge=0, le=360)] | None = None
    speed: Annotated[float, Field(ge=0, le=400)] | None = None
    status: Annotated[int, Field(ge=0, le=OFF, description="255: off duty, leaves the map")] = 0
    name: Text = ""
    department: Annotated[str, Field(max_length=40)] = ""


class FixesIn(Schema):
    """Fixes of one coordinate system, which is declared and never guessed."""

    crs: Literal["WGS84", "CGCS2000", "GCJ02", "BD09"]
    fixes: Annotated[list[FixIn], Field(min_length=1, max_length=5_000)]
    exercise: Text = ""


@router.post("/positions", auth=SourceToken())
def receive(request: HttpRequest, body: FixesIn) -> dict[str, int]:
    """Take fixes in; of each thing the newest counts. All are taken, or none: 422 says which is at fault."""
    now = clock.now()
    for number, fix in enumerate(body.fixes):
        if (aware(fix.at) or now) > now + EARLY:
            raise Problem(
                422,
                f"Fix {number} ({fix.id}) is of a time to come: {fix.at.isoformat()}.",
                detail_zh=f"第 {number} 条定位（{fix.id}）的时间在未来：{fix.at.isoformat()}。",
                fix=number,
            )
    lon, lat = TO_WGS84[body.crs](np.array([fix.lon for fix in body.fixes]), np.array([fix.lat for fix in body.fixes]))
    zones = index.fresh(now)
    located = zones.locate(lon, lat)
    with transaction.atomic():
        positions.report(
            _fix(one, float(lon[i]), float(lat[i]), tuple(zones.ids[located.of(i)].tolist()), body.exercise)
            for i, one in enumerate(body.fixes)
        )
    return {"taken": len(body.fixes)}


def _fix(one: FixIn, lon: float, lat: float, zones: tuple[int, ...], exercise: str) -> Fix:
    return Fix(
        one.type,
        one.id,
        one.at,
        lon,
        lat,
        heading=math.nan if one.heading is None else one.heading,
        speed=math.nan if one.speed is None else one.speed,
        status=one.status,
        name=one.name,
        department=one.department,
        zones=zones,
        exercise=exercise,
    )
