"""Positions as raw typed columns: what a browser reads without parsing. The layout is in docs/protocol.md."""

import struct
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

VERSION = 1
LEFT = 255  # the status of what is no longer in this viewer's view
_HEADER = struct.Struct("<BBHIff")  # version, type, reserved, count, longitude and latitude that the offsets begin at


class Spot(NamedTuple):
    """One object's row. Degrees, milliseconds since 1970, degrees clockwise from north, m/s."""

    number: int
    at: float
    lon: float
    lat: float
    heading: float
    speed: float
    status: int


def pack(type_code: int, spots: Sequence[Spot]) -> bytes:
    """A section with at least one spot; a message is one section or several, one after the other.

    Offsets are from the first spot, so that 32 bits hold them to a millimetre.
    """
    lon0, lat0 = float(np.float32(spots[0].lon)), float(np.float32(spots[0].lat))
    number, at, lon, lat, heading, speed, status = zip(*spots, strict=True)
    columns = (
        np.array(at, "<f8"),
        np.array(number, "<u4"),
        (np.array(lon) - lon0).astype("<f4"),
        (np.array(lat) - lat0).astype("<f4"),
        np.array(heading, "<f4"),
        np.array(speed, "<f4"),
        np.array(status, "<u1"),
    )
    header = _HEADER.pack(VERSION, type_code, 0, len(spots), lon0, lat0)
    return b"".join([header, *(_padded(column.tobytes()) for column in columns)])


def _padded(column: bytes) -> bytes:
    return column + bytes(-len(column) % 8)
