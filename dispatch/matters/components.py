"""The components around a place, for whoever registers what has become of one of them."""

from typing import Any

from django.contrib.gis.db.models.functions import Distance, GeometryDistance
from django.contrib.gis.geos import Point
from ninja import Field, Schema

from dispatch.models import Component

MOST = 20


class Near(Schema):
    """A place in WGS-84 degrees; `category` leaves only components of it, or of a class that it begins with."""

    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)
    category: str = Field(default="", max_length=12)
    within_m: float = Field(default=60, gt=0, le=500)


def components_near(near: Near) -> list[dict[str, Any]]:
    """The nearest components, with their metres; one statement, by the spatial index."""
    here = Point(near.lon, near.lat, srid=4326)
    found = Component.objects.annotate(distance=Distance("geom", here, spheroid=True))
    if near.category:
        found = found.filter(category__startswith=near.category)
    return [
        {
            "code": one.code,
            "category": one.category,
            "lon": one.geom.x,
            "lat": one.geom.y,
            "distance_m": round(one.distance.m, 1),
            "manager": one.manager,
            "owner": one.owner,
            "maintainer": one.maintainer,
        }
        for one in found.order_by(GeometryDistance("geom", here))[:MOST]
        if one.distance.m <= near.within_m
    ]
