"""What the search finds on the ground: zones that hold now, and addresses."""

from django.contrib.gis.db.models.functions import Centroid, Transform
from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.functions import Length

from geo.models import BasemapShape, ZoneVersion
from twin import clock
from twin.access import Scope
from twin.search import Hit


def zones(text: str, scope: Scope, most: int) -> list[Hit]:
    """Zones are the city's ground, which everybody may see. The great come before the small, a whole name first."""
    held = ZoneVersion.objects.holding(clock.now()).filter(
        Q(name_zh__icontains=text) | Q(name_en__icontains=text) | Q(zone__code__istartswith=text)
    )
    whole = Case(
        When(Q(name_zh__iexact=text) | Q(name_en__iexact=text) | Q(zone__code__iexact=text), then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    found = held.select_related("zone__kind").order_by(whole, Length("zone__code"), "zone__code", "pk")
    return [_zone(version) for version in found[:most]]


def _zone(version: ZoneVersion) -> Hit:
    west, south, east, north = version.geom.extent
    middle, kind = version.geom.point_on_surface, version.zone.kind
    return Hit(
        kind="zone",
        id=str(version.zone_id),
        code=version.zone.code,
        name_zh=version.name_zh,
        name_en=version.name_en,
        lon=middle.x,
        lat=middle.y,
        more_zh=kind.name_zh,
        more_en=kind.name_en,
        bbox=(west, south, east, north),
    )


def addresses(text: str, scope: Scope, most: int) -> list[Hit]:
    """Addresses of the basemap, which everybody may see; the shortest that fit come first."""
    found = (
        BasemapShape.objects.filter(layer="addresses")
        .filter(Q(name_zh__icontains=text) | Q(name_en__icontains=text))
        .annotate(place=Transform(Centroid("geom"), 4326))
        .order_by(Length("name_zh"), "name_zh", "pk")
    )
    return [
        Hit("address", str(shape.pk), "", shape.name_zh, shape.name_en, shape.place.x, shape.place.y)
        for shape in found[:most]
    ]
