"""What cases have to do with zones, over HTTP: what a change would do, and the page of a zone."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from dispatch import preview
from dispatch.change_sets import ChangesIn, apply
from geo import followers
from twin import journal
from twin.session import person

router = Router(tags=["dispatch"])


@router.post("/zones/changes")
def change_zones(request: HttpRequest, body: ChangesIn) -> dict[str, Any]:
    with journal.writing() as said:
        followers.noted(said).reroute = body.reroute
        versions = apply(said, body, person(request))
    return {"zones": [{"id": version.zone_id, "number": version.number} for version in versions]}


@router.post("/zones/preview")
def preview_changes(request: HttpRequest, body: ChangesIn) -> dict[str, Any]:
    """What a set of changes would do to open cases, devices and last month's reports. Nothing is saved."""
    user = person(request)
    return preview.preview(lambda said: apply(said, body, user), user)
