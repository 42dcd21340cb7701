"""What cases have to do with zones, over HTTP: what a change would do, and the page of a zone."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from dispatch import preview, scenes
from geo import change_sets
from geo.forms import ChangesIn
from geo.lines import line
from twin import clock, journal, revisions
from twin.problems import Problem
from twin.session import person

router = Router(tags=["dispatch"])


@router.post("/zones/preview")
def preview_changes(request: HttpRequest, body: ChangesIn) -> dict[str, Any]:
    """What a set of changes would do to open cases, devices and last month's reports. Nothing is saved."""
    user = person(request)
    wanted = body.wanted()
    try:
        return preview.preview(lambda said: change_sets.apply(said, wanted, user, at=body.begin), user)
    except revisions.NotReady as error:
        raise Problem(503, f"{error}.", detail_zh=f"城市尚未就绪：{error}。") from error


@router.get("/zones/{int:zone_id}/scene")
def scene(request: HttpRequest, zone_id: int) -> dict[str, Any]:
    """The page of a zone: its figures of today and at this hour a week before, of what the person may see."""
    now = clock.now(revisions.read())
    version = scenes.held(zone_id, now)
    return {"zone": line(version)} | scenes.scene(version, now, person(request).scope)


class SceneIn(Schema):
    layers: scenes.Layers


@router.put("/zones/{int:zone_id}/scene")
def keep_scene(request: HttpRequest, zone_id: int, body: SceneIn) -> dict[str, Any]:
    """Choose the layers that the scene of a zone shows to everybody."""
    with journal.writing() as said:
        scenes.keep(said, zone_id, body.layers, person(request), request=request)
    return scene(request, zone_id)
