"""What the search finds of devices."""

from django.db.models import Q

from ingest.models import Device
from twin.access import Scope
from twin.models import Feature
from twin.search import Hit


def devices(text: str, scope: Scope, most: int) -> list[Hit]:
    """Devices by name or the beginning of their code, as far as the person sees them on the map."""
    seen = Feature.objects.visible_to(scope).filter(object_type="device").values("object_id")
    fits = Q(code__istartswith=text) | Q(name_zh__icontains=text) | Q(name_en__icontains=text)
    found = Device.objects.filter(fits, pk__in=seen).order_by("code")[:most]
    return [Hit("device", d.code, d.code, d.name_zh, d.name_en, d.geom.x, d.geom.y) for d in found]
