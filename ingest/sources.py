"""Registered sources and devices, as every process keeps them."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from ingest.models import Device, Source
from twin import revisions


@dataclass(frozen=True, slots=True)
class SourceFacts:
    id: int
    uri: str
    channel: str
    most_old: timedelta
    token_hash: str


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """A device's place in WGS-84 degrees, and the component that it watches."""

    lon: float
    lat: float
    component: str


def hash_token(token: str) -> str:
    """Tokens are 32 random bytes, so a plain digest keeps them: there is no dictionary to try."""
    return hashlib.sha256(token.encode()).hexdigest()


def _load_sources() -> dict[str, SourceFacts]:
    return {
        s.uri: SourceFacts(s.pk, s.uri, s.channel, timedelta(days=s.most_days_old), s.token_hash)
        for s in Source.objects.filter(active=True)
    }


def _load_devices() -> dict[str, DeviceFacts]:
    rows = Device.objects.values_list("code", "geom", "component")
    return {code: DeviceFacts(geom.x, geom.y, component) for code, geom, component in rows.iterator()}


sources = revisions.Cached("sources", _load_sources)
devices = revisions.Cached("devices", _load_devices)


def warm_up() -> None:
    """Load what decoding needs."""
    known = revisions.read()
    sources.fresh(known)
    devices.fresh(known)
