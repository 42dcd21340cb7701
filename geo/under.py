"""The zones under one point, at any time: for people who ask. Batches of reports ask `geo.lookup`'s index."""

from datetime import datetime

import numpy as np
from django.contrib.gis.geos import Point
from ninja import Field, Schema

from geo.lookup import ZoneFacts, ZoneIndex
from geo.models import ZoneVersion
from geo.outlines import loaded


class Place(Schema):
    """A point in WGS-84 degrees."""

    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)


def zones_under(place: Place, at: datetime) -> list[ZoneVersion]:
    """The versions that hold at a time and contain a point, in order of precedence, one of each exclusive kind.

    An index of the few zones near the point decides, so that this answers as the index of all does.
    """
    point = Point(place.lon, place.lat, srid=4326)
    near = list(ZoneVersion.objects.holding(at).filter(geom__bboverlaps=point).select_related("zone__kind"))
    facts = [
        ZoneFacts(v.zone_id, v.zone.kind_id, v.zone.code, v.name_zh, v.name_en, v.precedence, v.department)
        for v in near
    ]
    index = ZoneIndex(facts, list(loaded(near)), {v.zone.kind_id for v in near if v.zone.kind.exclusive})
    located = index.locate(np.array([place.lon]), np.array([place.lat]))
    by_id = {version.zone_id: version for version in near}
    return [by_id[index.zones[position].id] for position in located.of(0)]
