"""What a person gives when they register a report by hand."""

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from ninja import Field, Schema
from pydantic import AwareDatetime, model_validator


class Reporter(Schema):
    """Who reported. Personal data: kept with the report, in no list and no frame."""

    name: str = Field(default="", max_length=200)
    phone: str = Field(default="", max_length=40)
    confidential: bool = False
    wants_call_back: bool = True


class ByHand(Schema):
    """A report as a person registers it. `lon`, `lat`: degrees in `crs`; without them it waits to be located."""

    client_id: str = Field(min_length=1, max_length=100, description="of the form: the same one is registered once")
    mode: Literal["file", "report"] = Field(
        default="file", description="file: routed and dispatched at once; report: somebody takes it in first"
    )
    join: int | None = Field(default=None, description="id of an open case that this is another report of")
    channel: Literal["hotline", "grid"] = "hotline"
    category: str = Field(default="", max_length=12)
    condition: int | None = Field(default=None, ge=1, le=99)
    urgency: int | None = Field(default=None, ge=1, le=3)
    description: str = Field(default="", max_length=4000)
    address: str = Field(default="", max_length=200)
    lon: float | None = Field(default=None, ge=-180, le=180)
    lat: float | None = Field(default=None, ge=-90, le=90)
    crs: Literal["WGS84", "GCJ02", "BD09", "CGCS2000"] = "WGS84"
    component: str = Field(default="", max_length=18)
    occurred_at: AwareDatetime | None = None
    reporter: Reporter | None = None
    attachments: list[UUID] = Field(default=[], max_length=20)

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.lon is None) != (self.lat is None):
            raise ValueError("give both lon and lat, or neither")
        return self


class Part(Schema):
    """One of the cases that a case is split into; its department is decided by the rules unless it is given."""

    category: str = Field(max_length=12)
    condition: int | None = Field(default=None, ge=1, le=99)
    department: str = Field(default="", max_length=40)
    description: str = Field(default="", max_length=4000)


class Merge(Schema):
    into: int = Field(description="id of the case that goes on")
    version: int
    into_version: int
    note: str = Field(default="", max_length=2000)


class Unmerge(Schema):
    version: int
    note: str = Field(default="", max_length=2000)


class Split(Schema):
    version: int
    parts: list[Part] = Field(min_length=1, max_length=10)
    note: str = Field(default="", max_length=2000)


class Around(Schema):
    """What to compare with open cases."""

    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)
    crs: Literal["WGS84", "GCJ02", "BD09", "CGCS2000"] = "WGS84"
    category: str = Field(default="", max_length=12)
    text: str = Field(default="", max_length=4000)
    at: datetime | None = None
    within_m: float | None = Field(default=None, gt=0, le=1000)
    hours: float | None = Field(default=None, gt=0, le=744)
    same: Literal["category", "major", "any"] | None = None
