"""Topology over HTTP: what is wrong with the zones of a kind, where, and what could be done."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from geo import changes
from geo.topology.checking import faults
from geo.topology.ground import load
from geo.topology.mending import propose
from geo.topology.report import as_json
from twin import clock
from twin.problems import Problem
from twin.session import person
from twin.times import aware

router = Router(tags=["geo"])


class MendIn(Schema):
    """`fault`, `mend` and `zone` as the report has them."""

    kind: str
    within: int | None = None
    fault: str
    mend: str
    zone: int | None = None


@router.get("/zones/topology")
def topology(
    request: HttpRequest, kind: str = "cell", within: int | None = None, at: datetime | None = None
) -> dict[str, Any]:
    """The faults of the zones of a kind, all or those in one zone, now or at a time. For planners and administrators.

    At most 1,000 are listed; `total` says how many there are.
    """
    changes.may_change(person(request))
    return as_json(load(kind, aware(at) or clock.now(), within))


@router.post("/zones/topology/mend")
def mend(request: HttpRequest, body: MendIn) -> dict[str, Any]:
    """The changes that would mend a fault, as `POST /zones/changes` takes them. Nothing is saved.

    409 if the fault is not there any more.
    """
    changes.may_change(person(request))
    ground = load(body.kind, clock.now(), body.within)
    fault = next((fault for fault in faults(ground) if fault.fingerprint == body.fault), None)
    if fault is None:
        raise Problem(
            409,
            "This fault is not there any more; check again.",
            detail_zh="该问题已不存在；请重新检查。",
        )
    return {"changes": propose(fault, ground, body.mend, body.zone)}
