"""Numbered messages for `check exactly-once`: good ones of all kinds, and some that must become dead letters.

The number is the CloudEvents id, and stands in the bytes of those that cannot be read as well, so that every message
can be told from what became of it.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import orjson

from ingest.models import Device
from simulations.proof.good import Event, Place, event, places
from simulations.proof.publishers import Outgoing

BAD_EVERY = 20  # one message in so many is bad
BINARY_EVERY = 7  # one in so many is sent in CloudEvents' binary mode
NUMBER = re.compile(rb"n-(\d{7})")
CHANNELS = ("sensor", "hotline", "grid")


@dataclass(frozen=True)
class Numbered:
    number: int
    bad: bool
    message: Outgoing


def write(count: int, dice: random.Random) -> Sequence[Numbered]:
    """Messages for the city that Django stands on, numbered from 0."""
    inside, devices = places(), list(Device.objects.values_list("code", flat=True))
    return [_one(number, dice.choice(inside), dice.choice(devices)) for number in range(count)]


def _one(number: int, place: Place, device: str) -> Numbered:
    channel = CHANNELS[number % len(CHANNELS)]
    more = {"device": device} if channel == "sensor" else {"address": f"检验路 {number} 号"}
    said = event(f"n-{number:07d}", place, channel, **more)
    bad = number % BAD_EVERY == BAD_EVERY - 1
    if bad:
        fault = _FAULTS[number // BAD_EVERY % len(_FAULTS)]
        if fault is None:
            return Numbered(number, bad, Outgoing(orjson.dumps(said)[:-12]))
        fault(said)
    if number % BINARY_EVERY == 0:
        return Numbered(number, bad, Outgoing(orjson.dumps(said.pop("data")), said))
    return Numbered(number, bad, Outgoing(orjson.dumps(said)))


def _unknown_category(event: Event) -> None:
    event["data"]["category"] = "E-00-00"


def _outside(event: Event) -> None:
    event["data"]["location"]["lat"] += 5


def _wrong_type(event: Event) -> None:
    event["data"]["location"]["lon"] = "east"


def _in_future(event: Event) -> None:
    event["time"] = (datetime.now(UTC) + timedelta(days=3)).isoformat()


def _unknown_source(event: Event) -> None:
    event["source"] = "urn:nobody"


# None: truncated. That and an unknown source are kept without an id, as nobody vouches for the one they give.
_FAULTS = [None, _unknown_category, _outside, _unknown_source, _wrong_type, _in_future]
