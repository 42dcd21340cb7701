"""Vector tiles: what they show, their addresses, and who may ask for them."""

import gzip
from datetime import UTC, datetime, timedelta
from typing import Any

import mapbox_vector_tile
import pytest
from django.contrib.gis.geos import Point
from django.test import Client

from geo.models import BasemapShape, ZoneVersion
from tests.small_city import middle
from twin import revisions
from twin.models import User
from twin.tiles import tile_of

pytestmark = pytest.mark.usefixtures("city")
Z = 14
X, Y = divmod(tile_of(*middle(0, 0)), 1 << Z)  # the tile over the small city


@pytest.fixture
def logged_in(client: Client, operator: User) -> Client:
    client.force_login(operator)
    return client


def address(client: Client, layers: str, z: int = Z, x: int = X, y: int = Y) -> str:
    """The address of a tile, as the console learns it."""
    template: str = client.get("/api/bootstrap").json()["tiles"][layers]
    return template.format(z=z, x=x, y=y)


def layers_of(answer: Any) -> dict[str, Any]:
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/vnd.mapbox-vector-tile")
    decoded: dict[str, Any] = mapbox_vector_tile.decode(gzip.decompress(answer.content))
    return decoded


def refs(layer: Any) -> set[str]:
    return {f"{f['properties']['kind']}:{f['properties']['code']}" for f in layer["features"]}


def test_the_basemap_has_every_layer_of_the_city(logged_in: Client) -> None:
    layers = layers_of(logged_in.get(address(logged_in, "basemap")))
    assert set(layers) == {"land", "water", "green", "roads", "buildings", "labels"}
    (road,) = layers["roads"]["features"]
    assert (road["properties"]["class"], road["properties"]["name_zh"]) == ("arterial", "中路")
    (building,) = layers["buildings"]["features"]
    assert building["properties"]["height"] == 18.0
    assert {layer["extent"] for layer in layers.values()} == {4096}


def test_shapes_wait_for_their_zoom(logged_in: Client) -> None:
    far = layers_of(logged_in.get(address(logged_in, "basemap", 11, X >> 3, Y >> 3)))
    assert set(far) == {"land", "water", "green", "roads", "labels"}, "no buildings from afar"


def test_zones_are_drawn_with_their_kind_code_and_colour(logged_in: Client) -> None:
    (layer,) = layers_of(logged_in.get(address(logged_in, "zones"))).values()
    assert {"park:PK001", "school:SC001", "street:990101001", "community:990101001001"} <= refs(layer)
    (park,) = (f for f in layer["features"] if f["properties"]["code"] == "PK001")
    assert (park["properties"]["name_en"], park["properties"]["color"]) == ("Central Park", "#4caf6d")
    assert not any(ref.startswith("cell:") for ref in refs(layer)), "cells are drawn from zoom 15 on"


def test_a_zone_that_no_longer_holds_is_not_drawn_and_the_address_is_another(logged_in: Client) -> None:
    before = address(logged_in, "zones")
    park = ZoneVersion.objects.get(zone__code="PK001")
    ZoneVersion.objects.filter(pk=park.pk).update(holds_to=park.holds_from + timedelta(days=1))
    revisions.bump("zones")
    after = address(logged_in, "zones")
    assert after != before, "so that no cache shows the old zones"
    (layer,) = layers_of(logged_in.get(after)).values()
    assert "park:PK001" not in refs(layer)


def test_the_zones_of_another_time(logged_in: Client) -> None:
    park = ZoneVersion.objects.get(zone__code="PK001")
    ended = park.holds_from + timedelta(days=1)
    ZoneVersion.objects.filter(pk=park.pk).update(holds_to=ended)
    revisions.bump("zones")
    (before,) = layers_of(
        past := logged_in.get(address(logged_in, "zones"), {"at": park.holds_from.isoformat()})
    ).values()
    (after,) = layers_of(logged_in.get(address(logged_in, "zones"), {"at": ended.isoformat()})).values()
    assert "park:PK001" in refs(before)
    assert "park:PK001" not in refs(after)
    assert "immutable" in past["Cache-Control"], "the past stays as it was"


def test_zones_to_come_are_drawn_and_not_kept(logged_in: Client) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    ZoneVersion.objects.filter(zone__code="PK001").update(holds_from=tomorrow)
    revisions.bump("zones")
    answer = logged_in.get(address(logged_in, "zones"), {"at": (tomorrow + timedelta(hours=1)).isoformat()})
    (layer,) = layers_of(answer).values()
    assert ("park:PK001" in refs(layer), answer["Cache-Control"]) == (True, "no-store")
    assert logged_in.get(address(logged_in, "zones"), {"at": "soon"}).status_code == 422


def test_a_tile_is_made_once_and_may_be_kept_for_ever(logged_in: Client, django_assert_num_queries: Any) -> None:
    tile = address(logged_in, "basemap")
    first = logged_in.get(tile)
    assert first["Cache-Control"] == "private, max-age=31536000, immutable"
    with django_assert_num_queries(3):  # who asks, and which version holds: the tile itself is not made again
        assert logged_in.get(tile).content == first.content


def test_an_empty_tile_has_no_content(logged_in: Client) -> None:
    answer = logged_in.get(address(logged_in, "basemap", Z, 0, 0))
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize("name", ["99/0/0", "14/16384/0", "14/0/16384", "0/1/0"])
def test_a_tile_that_no_map_has_is_not_found(logged_in: Client, name: str) -> None:
    assert logged_in.get(f"/tiles/basemap/1/{name}").status_code == 404


@pytest.mark.parametrize("layers", ["basemap", "zones"])
def test_tiles_need_a_login(client: Client, layers: str) -> None:
    assert client.get(f"/tiles/{layers}/1/{Z}/{X}/{Y}").status_code == 401


def test_a_shape_over_a_tiles_edge_is_drawn_in_both(logged_in: Client) -> None:
    """What lies within the margin of a tile is part of it, so that lines and labels meet."""
    size = 2 * 20037508.342789244 / (1 << Z)
    edge = -20037508.342789244 + X * size  # the west edge of the tile, in metres
    middle_y = 20037508.342789244 - (Y + 0.5) * size
    BasemapShape.objects.create(layer="labels", name_zh="界碑", geom=Point(edge + size / 100, middle_y, srid=3857))
    revisions.bump("basemap")
    for x in (X - 1, X):
        labels = layers_of(logged_in.get(address(logged_in, "basemap", Z, x, Y)))["labels"]["features"]
        assert "界碑" in [f["properties"].get("name_zh") for f in labels], x
