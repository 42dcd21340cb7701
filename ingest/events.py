"""What may be reported: CloudEvents 1.0 with one of three payloads. docs/asyncapi.yaml describes the same for others.

Coordinates are degrees, longitude and latitude named, in the system that `crs` declares; nothing is guessed.
"""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

Text = Annotated[str, Meta(max_length=4000)]
Short = Annotated[str, Meta(max_length=200)]
Identifier = Annotated[str, Meta(min_length=1, max_length=200)]
Code = Annotated[str, Meta(max_length=40)]
Instant = Annotated[datetime, Meta(tz=True)]
Urgency = Annotated[int, Meta(ge=1, le=3)]
Condition = Annotated[int, Meta(ge=1, le=99)]


class Event(Struct):
    """The CloudEvents envelope. Extension attributes of ours: `exercise` (its code), `receipt` (where to answer)."""

    specversion: Literal["1.0"]
    id: Identifier
    source: Identifier
    type: Identifier
    time: Instant | None = None
    subject: Short = ""
    exercise: Code = ""
    receipt: Annotated[str, Meta(max_length=100, pattern=r"^[A-Za-z0-9_.:-]*$")] = ""
    data: msgspec.Raw = msgspec.Raw(b"")


class Location(Struct):
    lon: Annotated[float, Meta(ge=-180, le=180)]
    lat: Annotated[float, Meta(ge=-90, le=90)]
    crs: Literal["WGS84", "GCJ02", "BD09", "CGCS2000"]


class SensorAlarm(Struct):
    """A device says that something is wrong. Without `location` the place of the registered device counts."""

    device: Identifier
    category: Code
    condition: Condition | None = None
    urgency: Urgency | None = None
    value: float | None = None
    unit: Short = ""
    text: Text = ""
    location: Location | None = None


class Caller(Struct):
    """Personal data."""

    name: Short = ""
    phone: Short = ""
    confidential: bool = False


class HotlineOrder(Struct):
    """A 12345 work order. Without `location` it waits to be located by its address."""

    category: Code
    description: Text
    condition: Condition | None = None
    urgency: Urgency | None = None
    order: Short = ""
    nature: Short = ""
    address: Short = ""
    location: Location | None = None
    caller: Caller | None = None


class GridReport(Struct):
    """What a grid worker found on a round."""

    worker: Short
    category: Code
    location: Location
    condition: Condition | None = None
    urgency: Urgency | None = None
    description: Text = ""
    address: Short = ""
    component: Code = ""
    photos: Annotated[list[Short], Meta(max_length=20)] = []


PAYLOADS: dict[str, type[SensorAlarm | HotlineOrder | GridReport]] = {
    "cn.yiwang.sensor.alarm.v1": SensorAlarm,
    "cn.yiwang.hotline.order.v1": HotlineOrder,
    "cn.yiwang.grid.report.v1": GridReport,
}
