"""What cases have to do with zones, over HTTP: what a change would do, and the page of a zone."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from dispatch import preview
from geo import change_sets
from geo.forms import ChangesIn
from twin.session import person

router = Router(tags=["dispatch"])


@router.post("/zones/preview")
def preview_changes(request: HttpRequest, body: ChangesIn) -> dict[str, Any]:
    """What a set of changes would do to open cases, devices and last month's reports. Nothing is saved."""
    user = person(request)
    wanted = body.wanted()
    return preview.preview(lambda said: change_sets.apply(said, wanted, user, at=body.begin), user)
