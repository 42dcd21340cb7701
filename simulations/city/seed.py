"""Put the demo city into an empty database: zones, basemap, departments, rules, devices, people, sources."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import geopandas
import numpy as np
import shapely
from django.conf import settings
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection, transaction

from dispatch import loading
from dispatch.models import Channel, ChannelKind, Department, DutyShift
from geo.lookup import index
from geo.models import BasemapShape, Zone, ZoneKind, ZoneVersion
from ingest.models import Source
from ingest.sources import hash_token
from simulations.city.generate import City, generate
from simulations.city.kinds import KINDS
from twin import clock, journal, revisions, tiles
from twin.journal import Entry, dump
from twin.models import Grant, Head, Role, User

DATA = Path(__file__).parent / "data"
Say = Callable[[str], None]

OF_OFFICES = ("street", "community", "cell", "responsibility_area")  # zones that a street office is responsible for
# The nine street offices' people, and one login of each role; the password is `<user name>-city`.
PEOPLE = [
    ("demo-operator", "李敏", Role.OPERATOR, [], None),
    ("demo-department", "王建国", Role.DEPARTMENT, ["UMB"], None),
    ("demo-department-head", "刘芳", Role.DEPARTMENT_HEAD, ["UMB"], None),
    ("demo-grid", "张伟", Role.GRID_WORKER, [], "street"),
    ("demo-hotline", "陈静", Role.HOTLINE_AGENT, [], None),
    ("demo-duty-chief", "孙涛", Role.DUTY_CHIEF, [], None),
    ("demo-dispatcher", "何丽", Role.DISPATCHER, [], None),
    ("demo-leader", "郑强", Role.LEADER, [], None),
    ("demo-planner", "赵磊", Role.PLANNER, [], None),
    ("demo-admin", "周芳", Role.ADMINISTRATOR, [], None),
]
SOURCES = [
    ("urn:yiwang:demo:sensors", "物联感知平台", "Sensor platform", "sensor"),
    ("urn:yiwang:demo:hotline", "12345 热线系统", "12345 hotline system", "hotline"),
    ("urn:yiwang:demo:grid", "网格通", "Grid workers' app", "grid"),
]
# Which basemap shapes are drawn from which zoom on: small things only when one looks closely.
ROAD_ZOOM = {"expressway": 9, "arterial": 10, "secondary": 12, "residential": 13, "path": 15}
BUILDING_ZOOM, ADDRESS_ZOOM = 14, 17


def seed(say: Say, number: int = 20261123) -> None:
    """Build the district for a seed number and store it. `say` is told each step."""
    say("drawing the district")
    store(generate(number), say)
    _departments_systems()


def store(city: City, say: Say) -> None:
    """Write a city into the database, all or nothing."""
    with transaction.atomic():
        say(f"{len(city.cells):,} unit grid cells, {len(city.communities)} communities, {len(city.zones)} places")
        zones = _zones(city)
        say(f"{len(city.roads):,} roads and {len(city.buildings):,} buildings")
        _basemap(city)
        say("catalogue, workflow, departments, calendar")
        loading.load_catalogue()
        loading.load_workflow()
        loading.load_departments(DATA / "departments.csv")
        _name_street_offices(city)
        loading.load_calendar(DATA)
        loading.load_ladders()
        say("routing rules")
        loading.load_rules(DATA / "rules.json")
        say(f"{len(city.components):,} components and {len(city.devices):,} devices")
        _components(city.components)
        _sources()
        _people(zones)
        _devices(city.devices)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _zones(city: City) -> dict[str, int]:
    """Write all zones; gives the id of each by `kind:code`."""
    ZoneKind.objects.bulk_create(
        ZoneKind(
            code=kind.code,
            name_zh=kind.name_zh,
            name_en=kind.name_en,
            exclusive=kind.tiles,
            precedence=kind.precedence,
            color=kind.color,
            icon=kind.icon,
            min_zoom=kind.min_zoom,
            parent_id=kind.parent,
            of_cells=kind.of_cells,
            code_pattern=kind.code_pattern,
            schema=kind.schema,
        )
        for kind in KINDS
    )
    rows = [
        *_frame_rows("district", city.boundary),
        *_frame_rows("street", city.streets),
        *_frame_rows("community", city.communities),
        *_frame_rows("cell", city.cells),
        *_frame_rows("responsibility_area", city.areas),
        *(row for kind, frame in city.zones.groupby("kind", sort=False) for row in _frame_rows(str(kind), frame)),
    ]
    zones = Zone.objects.bulk_create([Zone(kind_id=kind, code=row["code"]) for kind, row in rows], batch_size=2000)
    precedence = {kind.code: kind.precedence for kind in KINDS}
    offices = {code: f"STR.{i:02d}" for i, code in enumerate(sorted(city.streets["code"]), 1)}
    begin = loading.beginning("2026-01-01")
    ZoneVersion.objects.bulk_create(
        (
            ZoneVersion(
                zone=zone,
                holds_from=begin,
                name_zh=row.get("name_zh") or f"网格 {row['code'][-3:]}",
                name_en=row.get("name_en") or f"Cell {row['code'][-3:]}",
                geom=_multi(row["geometry"]),
                precedence=precedence[kind],
                department=offices.get(row["code"][:9], "") if kind in OF_OFFICES else "",
                people=row.get("people", []),
            )
            for zone, (kind, row) in zip(zones, rows, strict=True)
        ),
        batch_size=2000,
    )
    revisions.bump("zones")
    return {str(zone): zone.pk for zone in zones}


def _frame_rows(kind: str, frame: geopandas.GeoDataFrame) -> list[tuple[str, dict[str, Any]]]:
    return [(kind, row) for row in frame.to_dict("records")]


def _multi(geometry: shapely.Geometry) -> Any:
    parts = shapely.multipolygons([geometry]) if geometry.geom_type == "Polygon" else geometry
    return GEOSGeometry(memoryview(shapely.to_wkb(parts)), srid=4326)


def _basemap(city: City) -> None:
    shapes: list[BasemapShape] = []
    shapes += _shapes("land", city.boundary, lambda row: {"min_zoom": 0})
    shapes += _shapes("water", city.water, lambda row: {"kind": row["kind"], "min_zoom": 0})
    shapes += _shapes("green", city.green, lambda row: {"kind": row["kind"], "min_zoom": 10})
    shapes += _shapes("roads", city.roads, lambda row: {"kind": row["class"], "min_zoom": ROAD_ZOOM[row["class"]]})
    shapes += _shapes(
        "buildings",
        city.buildings,
        lambda row: {"kind": row["kind"], "height": row["height"], "min_zoom": BUILDING_ZOOM},
    )
    shapes += _shapes(
        "labels", city.labels, lambda row: {"kind": row["class"], "rank": int(row["rank"]), "min_zoom": 9}
    )
    addresses = city.addresses.rename(columns={"text_zh": "name_zh", "text_en": "name_en"})
    shapes += _shapes("addresses", addresses, lambda row: {"kind": str(row["number"]), "min_zoom": ADDRESS_ZOOM})
    BasemapShape.objects.bulk_create(shapes, batch_size=2000)
    revisions.bump("basemap")


def _shapes(
    layer: str, frame: geopandas.GeoDataFrame, more: Callable[[dict[str, Any]], dict[str, Any]]
) -> list[BasemapShape]:
    return [
        BasemapShape(
            layer=layer,
            name_zh=_text(row, "name_zh"),
            name_en=_text(row, "name_en"),
            geom=GEOSGeometry(memoryview(shapely.to_wkb(row["geometry"])), srid=3857),
            **more(row),
        )
        for row in frame.to_crs(3857).to_dict("records")
    ]


def _text(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""


def _name_street_offices(city: City) -> None:
    for i, row in enumerate(city.streets.sort_values("code").to_dict("records"), 1):
        Department.objects.filter(pk=f"STR.{i:02d}").update(
            name_zh=f"{row['name_zh']}办事处", name_en=f"{row['name_en']} Office"
        )


def _components(frame: geopandas.GeoDataFrame) -> None:
    columns = "code, category, geom, cell, manager, owner, maintainer"
    names = ["code", "category", "cell", "department_manager", "department_owner", "department_maintainer"]
    rows = frame[names].itertuples(index=False)
    with connection.cursor() as cursor, cursor.copy(f"COPY dispatch_component ({columns}) FROM STDIN") as copy:
        for (code, category, cell, *departments), geom in zip(rows, _hex(frame), strict=True):
            copy.write_row((code, category, geom, cell, *departments))


def _devices(frame: geopandas.GeoDataFrame) -> None:
    """Register the devices and let them stand on the map; one journal entry each."""
    components = [value if isinstance(value, str) else "" for value in frame["component"]]
    codes, kinds = frame["code"].tolist(), frame["kind"].tolist()
    names = list(zip(frame["name_zh"], frame["name_en"], strict=True))
    geoms = _hex(frame)
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY ingest_device (code, kind, name_zh, name_en, component, geom) FROM STDIN") as copy,
    ):
        for code, kind, (zh, en), component, geom in zip(codes, kinds, names, components, geoms, strict=True):
            copy.write_row((code, kind, zh, en, component, geom))
    revisions.bump("devices")
    now = clock.now()
    lon, lat = frame.geometry.x.to_numpy(), frame.geometry.y.to_numpy()
    zones = index.fresh(now)
    located = zones.locate(lon, lat)
    under = tiles.tiles_of(lon, lat).tolist()
    entries = []
    for i, (code, kind) in enumerate(zip(codes, kinds, strict=True)):
        ids = zones.ids[located.of(i)].tolist()
        state = {"code": code, "kind": kind, "status": "online", "zones": ids, "exercise": ""}
        state |= {"lon": round(float(lon[i]), 7), "lat": round(float(lat[i]), 7)}
        entries.append(
            Entry("device.registered", "device", code, 1, "seed", dump(state), zones=ids, tile=under[i], geom=geoms[i])
        )
    journal.write(entries, now)


def _hex(frame: geopandas.GeoDataFrame) -> list[str]:
    geometries = shapely.set_srid(np.asarray(frame.geometry.values), 4326)
    return shapely.to_wkb(geometries, hex=True, include_srid=True).tolist()


def demo_token(uri: str) -> str:
    """The HTTP token of a demo source. It follows from this installation's secret, so that it can be printed again."""
    return hashlib.sha256(f"{settings.SECRET_KEY} {uri}".encode()).hexdigest()[:40]


def _sources() -> None:
    Source.objects.bulk_create(
        Source(uri=uri, name_zh=zh, name_en=en, channel=channel, token_hash=hash_token(demo_token(uri)))
        for uri, zh, en, channel in SOURCES
    )
    revisions.bump("sources")


def _people(zones: dict[str, int]) -> None:
    street = [zone for ref, zone in sorted(zones.items()) if ref.startswith("street:")][:1]
    for username, name, role, departments, area in PEOPLE:
        staff = role == Role.ADMINISTRATOR
        user = User(username=username, name=name, is_staff=staff, is_superuser=staff)
        user.set_password(f"{username}-city")
        user.save()
        Grant.objects.create(user=user, role=role, departments=departments, zones=street if area else [])


def _departments_systems() -> None:
    """Something to see on the departments' pages: two channels and a duty roster for the coming weeks.

    The Kafka channel is on: it writes to a topic of its own on the city's broker, which nobody need read.
    The webhook is off, and its address lies under `.example`, which is nobody's (RFC 2606): a demo must never post to
    somebody's server, also when it is switched on to see what then happens.
    """
    head = Head.objects.get().seq
    Channel.objects.create(
        department="WAT.DRN", kind=ChannelKind.KAFKA, topic="tasks.drainage", enabled=bool(settings.KAFKA_BOOTSTRAP),
        from_seq=head, read_seq=head,
    )  # fmt: skip
    Channel.objects.create(
        department="UMB.SAN", kind=ChannelKind.WEBHOOK, url="https://sanitation.example/yiwang/tasks", enabled=False,
        secret=secrets.token_urlsafe(32), from_seq=head, read_seq=head,
    )  # fmt: skip
    people = list(User.objects.filter(grants__departments__contains=["UMB"]).order_by("pk"))
    day = clock.now().astimezone(ZoneInfo(settings.TIME_ZONE)).replace(hour=8, minute=0, second=0, microsecond=0)
    # By the clock on the wall, twelve hours each, in turns.
    begins = [day + timedelta(hours=12 * i) for i in range(28)]
    DutyShift.objects.bulk_create(
        DutyShift(department_id="UMB", user=people[i % len(people)], starts=begin, ends=begin + timedelta(hours=12))
        for i, begin in enumerate(begins)
    )


def is_empty() -> bool:
    return not Zone.objects.exists()
