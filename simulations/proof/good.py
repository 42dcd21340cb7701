"""A report that the city must take: what probes, malformed and numbered messages are made from."""

from datetime import UTC, datetime
from typing import Any

from geo.models import ZoneVersion
from simulations.traffic.stories import source_of, type_of

Event = dict[str, Any]
Place = tuple[float, float]


def places() -> list[Place]:
    """A point in every unit grid cell of the city that Django stands on: WGS-84 degrees, longitude first."""
    cells = ZoneVersion.objects.filter(zone__kind="cell").values_list("geom", flat=True)
    return [(point.x, point.y) for point in (cell.point_on_surface for cell in cells)]


def event(message_id: str, place: Place, channel: str = "hotline", **data: Any) -> Event:
    """A CloudEvent as a dict. `channel`: sensor, hotline or grid; `data` is added to the payload."""
    lon, lat = place
    said: Event = {"category": "E-01-10", "location": {"lon": lon, "lat": lat, "crs": "WGS84"}}
    if channel == "sensor":
        said |= {"device": "", "value": 1.5}
    else:
        said |= {"description": f"垃圾无人清理（{message_id}）", "worker": "网格员 001"}
    return {
        "specversion": "1.0",
        "id": message_id,
        "source": source_of[channel],
        "type": type_of[channel],
        "time": datetime.now(UTC).isoformat(),
        "data": said | data,
    }
