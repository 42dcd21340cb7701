"""A set of changes of zones as people send it."""

import json
from datetime import datetime
from typing import Literal

import shapely
from ninja import Field, Schema

from geo import changes
from geo.api import ZoneIn
from geo.models import Zone, ZoneVersion
from twin.journal import Journal
from twin.models import User
from twin.problems import Problem


class SaveIn(ZoneIn):
    op: Literal["save"]


class RetireIn(Schema):
    op: Literal["retire"]
    zone: int
    base: int | None = None


class ChangesIn(Schema):
    changes: list[SaveIn | RetireIn] = Field(min_length=1, max_length=200)
    at: datetime | None = None
    reroute: bool = False


def apply(said: Journal, body: ChangesIn, user: User) -> list[ZoneVersion]:
    """Do all changes of the set."""
    done = []
    for change in body.changes:
        if isinstance(change, SaveIn):
            fields = change.dict(exclude={"op", "geometry", "base"})
            fields["holds_from"] = change.holds_from or body.at
            shape = shapely.from_geojson(json.dumps(change.geometry))
            done.append(changes.save(said, changes.Draft(shape=shape, **fields), user, base=change.base))
        else:
            zone = Zone.objects.filter(pk=change.zone).first()
            if zone is None:
                raise Problem(422, f"There is no zone {change.zone}.")
            done.append(changes.retire(said, zone, user, at=body.at))
    return done
