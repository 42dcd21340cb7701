"""What browsers and programs send when zones change, and how it becomes changes."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Field, Schema

from geo.change_sets import Change, Retire, Save
from geo.changes import Draft
from geo.outlines import ShapeError, from_geojson
from twin.problems import Problem
from twin.times import aware

MOST_CHANGES = 200


class PersonIn(Schema):
    """Somebody who is responsible for a zone. The telephone number is personal data."""

    name: str = Field(min_length=1, max_length=80)
    role_zh: str = Field("", max_length=80)
    role_en: str = Field("", max_length=80)
    phone: str = Field("", max_length=40)


class ZoneIn(Schema):
    """A zone as it is to be. `geometry` is GeoJSON: a Polygon or MultiPolygon in WGS-84, longitude first."""

    kind: str
    code: str = Field(min_length=1, max_length=40)
    name_zh: str = Field(min_length=1, max_length=120)
    name_en: str = Field("", max_length=120)
    geometry: dict[str, Any]
    precedence: int | None = Field(None, description="without it that of its kind")
    department: str = Field("", max_length=40)
    attributes: dict[str, Any] = Field({}, description="by the schema of its kind")
    people: list[PersonIn] = Field([], max_length=20)
    holds_from: datetime | None = Field(None, description="without it the zone holds from now on")
    holds_to: datetime | None = None
    base: int | None = Field(None, description="number of the version that was edited; none for a new zone")

    def change(self) -> Save:
        """Raises ShapeError."""
        draft = Draft(
            shape=from_geojson(self.geometry),
            people=[one.dict() for one in self.people],
            holds_from=aware(self.holds_from),
            holds_to=aware(self.holds_to),
            **self.dict(include={"kind", "code", "name_zh", "name_en", "precedence", "department", "attributes"}),
        )
        return Save(draft, self.base)


class SaveIn(ZoneIn):
    op: Literal["save"]


class RetireIn(Schema):
    op: Literal["retire"]
    zone: int
    base: int | None = Field(None, description="number of the version that was looked at")

    def change(self) -> Retire:
        return Retire(self.zone, self.base)


class ChangesIn(Schema):
    """A set of changes: all of them are done, or none."""

    changes: list[Annotated[SaveIn | RetireIn, Field(discriminator="op")]] = Field(
        min_length=1, max_length=MOST_CHANGES
    )
    at: datetime | None = Field(None, description="when all of it begins to hold; without it now")
    reroute: bool = Field(False, description="dispatch cases anew that nobody has accepted yet and that lie otherwise")

    def wanted(self) -> list[Change]:
        """The changes. Raises Problem 422 with the number of a change whose geometry is none."""
        found: list[Change] = []
        for number, change in enumerate(self.changes):
            try:
                found.append(change.change())
            except ShapeError as error:
                raise Problem(422, f"{error}.", detail_zh=f"{error.zh}。", change=number) from error
        return found

    @property
    def begin(self) -> datetime | None:
        return aware(self.at)
