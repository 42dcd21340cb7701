"""From bytes to a report: pure functions, no database, no clock of their own."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
import orjson

from dispatch.intake import NewReport
from dispatch.refusals import Refusal
from ingest import refusals
from ingest.events import PAYLOADS, Event, GridReport, HotlineOrder, Location, SensorAlarm
from ingest.message import Message
from ingest.sources import DeviceFacts, SourceFacts

MOST_BYTES = 256 * 1024
EARLY = timedelta(minutes=5)  # clocks of sources may be this much ahead

_decode_event = msgspec.json.Decoder(Event).decode
_decode_data = {name: msgspec.json.Decoder(payload).decode for name, payload in PAYLOADS.items()}


@dataclass(frozen=True, slots=True)
class Decoded:
    """A message that could be read. `refusal` is set when it could be named but not taken."""

    source: SourceFacts
    event: Event
    report: NewReport | None
    refusal: Refusal | None


def decode(
    message: Message, now: datetime, sources: dict[str, SourceFacts], devices: dict[str, DeviceFacts]
) -> Decoded | Refusal:
    """Read one message. A Refusal alone: not even its source and id could be told."""
    event = envelope(message)
    if isinstance(event, Refusal):
        return event
    source = sources.get(event.source)
    if source is None:
        return refusals.unknown_source(event.source)
    report = _report(message, event, source, now, devices)
    if isinstance(report, Refusal):
        return Decoded(source, event, None, report)
    return Decoded(source, event, report, None)


def envelope(message: Message) -> Event | Refusal:
    """The CloudEvents envelope, structured or binary."""
    body = message.body
    if len(body) > MOST_BYTES:
        return refusals.too_large(len(body), MOST_BYTES)
    if not body:
        return refusals.empty()
    if b"\\u0000" in body or b"\x00" in body or any("\x00" in value for value in message.attributes.values()):
        return refusals.nul_character()
    try:
        if message.attributes:
            event = msgspec.convert(message.attributes, Event)
            event.data = msgspec.Raw(body)
            return event
        return _decode_event(body)
    except msgspec.ValidationError as error:
        return refusals.not_cloudevent(str(error))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return refusals.not_json(str(error))


def _report(
    message: Message, event: Event, source: SourceFacts, now: datetime, devices: dict[str, DeviceFacts]
) -> NewReport | Refusal:
    data = _payload(event)
    if isinstance(data, Refusal):
        return data
    occurred_at = event.time or message.received_at
    if occurred_at > now + EARLY:
        return refusals.in_future(occurred_at)
    if occurred_at < now - source.most_old:
        return refusals.too_old(occurred_at, source.most_old)
    report = NewReport(
        source_id=source.id,
        message_id=event.id,
        channel=source.channel,
        received_at=message.received_at,
        occurred_at=occurred_at,
        category=data.category,
        condition=data.condition,
        urgency=data.urgency,
        exercise=event.exercise,
    )
    if isinstance(data, SensorAlarm):
        return _sensor(report, data, devices)
    report.description, report.address = data.description, data.address
    _place(report, data.location)
    if isinstance(data, GridReport):
        report.component = data.component
        report.reporter = _json({"worker": data.worker, "photos": data.photos})
    elif data.caller is not None:
        report.reporter = _json(msgspec.to_builtins(data.caller))
    return report


def _payload(event: Event) -> SensorAlarm | HotlineOrder | GridReport | Refusal:
    read = _decode_data.get(event.type)
    if read is None:
        return refusals.unknown_type(event.type)
    try:
        return read(event.data or b"null")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return refusals.wrong_payload(event.type, str(error))


def _sensor(report: NewReport, alarm: SensorAlarm, devices: dict[str, DeviceFacts]) -> NewReport | Refusal:
    device = devices.get(alarm.device)
    report.device = alarm.device
    report.description = alarm.text or _reading(alarm)
    if device is not None:
        report.component = device.component
    if alarm.location is not None:
        _place(report, alarm.location)
    elif device is not None:
        report.crs, report.x, report.y = "WGS84", device.lon, device.lat
    else:
        return Refusal.unknown_device(alarm.device)
    return report


def _reading(alarm: SensorAlarm) -> str:
    return "" if alarm.value is None else f"{alarm.value:g} {alarm.unit}".strip()


def _place(report: NewReport, location: Location | None) -> None:
    if location is not None:
        report.crs, report.x, report.y = location.crs, location.lon, location.lat


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
