"""The report of faults: what is wrong between zones, where, and that each mend it offers mends it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import shapely
from django.core.management import call_command
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from geo.models import Zone, ZoneVersion
from geo.outlines import check_shape, stored
from geo.plane import Plane
from geo.topology.overlaps import overlapping
from tests.small_city import SOUTH, STEP, WEST, square
from twin.models import User

pytestmark = pytest.mark.usefixtures("city")

ZoneId = Callable[[str], int]
CELL = "cell:990101001001003"  # the south-western one, square(0, 0)
NEXT = "cell:990101001001004"  # east of it
METRE = STEP / 95  # of longitude


@pytest.fixture
def planner(client: Client) -> Client:
    client.force_login(User.objects.get(username="demo-planner"))
    return client


def reshape(ref: str, shape: Any) -> None:
    """A zone gets this shape, as if it had always had it."""
    kind, _, code = ref.partition(":")
    geom = shape if hasattr(shape, "srid") else stored(check_shape(shape))
    ZoneVersion.objects.filter(zone__kind=kind, zone__code=code).update(geom=geom)


def make(ref: str, shape: Any) -> int:
    kind, _, code = ref.partition(":")
    version = ZoneVersion.objects.filter(zone__kind="district")[0]
    zone = Zone.objects.create(kind_id=kind, code=code)
    ZoneVersion.objects.create(
        zone=zone, holds_from=version.holds_from, name_zh=code, geom=stored(check_shape(shape)), precedence=0
    )
    return int(zone.pk)


def report(client: Client, kind: str = "cell", **asked: Any) -> dict[str, Any]:
    answer = client.get("/api/zones/topology", asked | {"kind": kind})
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def faults(client: Client, kind: str = "cell", **asked: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = report(client, kind, **asked)["faults"]
    return found


def mend(client: Client, kind: str, fault: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Take the mend as it is proposed, and save it."""
    body = {"kind": kind, "fault": fault["id"], "mend": wanted["code"], "zone": wanted["zone"]}
    proposed = client.post("/api/zones/topology/mend", body, content_type="application/json")
    assert proposed.status_code == 200, proposed.content
    saved = client.post("/api/zones/changes", proposed.json(), content_type="application/json")
    assert saved.status_code == 200, saved.content


def strip(west: float, width: float) -> Any:
    """Along the eastern edge of the south-western cell, in metres from it."""
    edge = WEST + STEP + west * METRE
    return shapely.box(edge, SOUTH, edge + width * METRE, SOUTH + STEP)


def gap(width: float) -> None:
    reshape(CELL, square(0, 0).difference(strip(-width, width)))


def overlap(width: float) -> None:
    reshape(CELL, square(0, 0).union(strip(0, width)))


@pytest.mark.parametrize("kind", ["street", "community", "cell", "park"])
def test_a_city_without_faults_has_none(planner: Client, kind: str) -> None:
    found = report(planner, kind)
    assert found["faults"] == []
    assert found["checked"] == Zone.objects.filter(kind=kind).count()


@pytest.mark.parametrize(
    ("cut", "width", "fault", "mends"),
    [
        (gap, 20, "gap", {"give_to"}),
        (gap, 0.5, "sliver", {"give_to"}),
        (overlap, 20, "overlap", {"cut_from"}),
        (overlap, 0.5, "sliver", {"cut_from"}),
    ],
)
def test_gaps_and_overlaps_and_each_of_their_mends(
    planner: Client, zone_id: ZoneId, cut: Any, width: float, fault: str, mends: set[str]
) -> None:
    cut(width)
    (found,) = faults(planner)
    assert (found["fault"], {m["code"] for m in found["mends"]}) == (fault, mends)
    assert found["area_m2"] == pytest.approx(width * 111, rel=0.02)
    assert shapely.geometry.shape(found["geometry"]).covers(shapely.Point(found["place"]))
    assert {m["zone"] for m in found["mends"]} >= {zone_id(CELL), zone_id(NEXT)}
    assert found["sentence_zh"]
    assert found["sentence_en"]
    for wanted in found["mends"]:
        if wanted["zone"] not in (zone_id(CELL), zone_id(NEXT)):
            continue  # the cells north of it meet the gap in a corner only
        ZoneVersion.objects.filter(zone__kind="cell", number__gt=1).delete()
        ZoneVersion.objects.filter(zone__kind="cell").update(holds_to=None)
        mend(planner, "cell", found, wanted)
        assert faults(planner) == [], wanted


def test_what_rounding_makes_is_no_fault(planner: Client) -> None:
    gap(0.005)
    overlap(0.005)
    assert faults(planner) == []


def test_a_gap_names_the_parent_and_the_neighbour_with_the_longest_border_first(
    planner: Client, zone_id: ZoneId
) -> None:
    gap(20)
    (found,) = faults(planner)
    assert [zone["code"] for zone in found["zones"]] == ["990101001001"]
    assert [m["zone"] for m in found["mends"][:2]] in (
        [zone_id(CELL), zone_id(NEXT)],
        [zone_id(NEXT), zone_id(CELL)],
    )


def test_a_missing_cell_is_a_gap(planner: Client) -> None:
    ZoneVersion.objects.filter(zone__code=CELL.partition(":")[2]).update(holds_to="2026-02-01T00:00:00Z")
    (found,) = faults(planner)
    assert (found["fault"], round(found["area_m2"], -2)) == ("gap", 10_500)
    assert faults(planner, at="2026-01-15T00:00:00Z") == [], "it was there then"


def test_a_cell_inside_another_overlaps_it(planner: Client, zone_id: ZoneId) -> None:
    make("cell:990101001001099", square(0, 0).buffer(-STEP / 4))
    (found,) = faults(planner)
    assert found["fault"] == "overlap"
    assert [m["zone"] for m in found["mends"]] == [zone_id(CELL)], "of the inner one nothing would be left"


def test_a_ring_that_crosses_itself(planner: Client) -> None:
    ring = shapely.Polygon([(WEST, SOUTH), (WEST + STEP, SOUTH + STEP), (WEST + STEP, SOUTH), (WEST, SOUTH + STEP)])
    reshape("park:PK001", stored(shapely.MultiPolygon([ring])))
    (found,) = faults(planner, "park")
    assert (found["fault"], "Self-intersection" in found["sentence_en"]) == ("invalid", True)
    mend(planner, "park", found, found["mends"][0])
    assert faults(planner, "park") == []


def test_a_zone_that_is_hardly_wider_than_a_line(planner: Client, zone_id: ZoneId) -> None:
    gap(0.6)
    thin = make("cell:990101001001099", strip(-0.6, 0.6))
    (found,) = faults(planner)
    assert (found["fault"], found["zones"][0]["id"], found["mends"][0]["code"]) == ("sliver", thin, "merge_into")
    mend(planner, "cell", found, found["mends"][0])
    assert faults(planner) == []
    assert ZoneVersion.objects.get(zone=thin).holds_to is not None


def test_a_cell_over_the_border_of_its_community(planner: Client, zone_id: ZoneId) -> None:
    """(1, 0) is the last cell of its community to the east."""
    reshape(NEXT, square(1, 0).union(square(2, 0).intersection(strip(90, 30))))
    found = {fault["fault"]: fault for fault in faults(planner)}
    assert set(found) == {"outside_parent", "overlap"}
    assert found["outside_parent"]["zones"][0]["id"] == zone_id(NEXT)
    mend(planner, "cell", found["outside_parent"], found["outside_parent"]["mends"][0])
    assert faults(planner) == [], "what overlapped was the part outside"


def test_a_zone_outside_everything_lies_in_no_parent(planner: Client) -> None:
    make("cell:990101001001099", square(10, 10))
    (found,) = faults(planner)
    assert (found["fault"], found["mends"]) == ("outside_parent", [])
    assert "lies in no community" in found["sentence_en"]


def test_a_responsibility_area_takes_whole_cells(planner: Client) -> None:
    make("responsibility_area:990101001R01", square(0, 0, 2, 1))
    assert faults(planner, "responsibility_area") == []
    reshape("responsibility_area:990101001R01", square(0, 0, 2, 1).buffer(STEP / 10, join_style="mitre"))
    found = [f for f in faults(planner, "responsibility_area") if f["fault"] == "not_of_cells"]
    assert len(found) == 1
    mend(planner, "responsibility_area", found[0], found[0]["mends"][0])
    assert faults(planner, "responsibility_area") == []


def test_free_kinds_may_overlap(planner: Client) -> None:
    make("park:PK009", square(1, 1, 2, 1))
    assert faults(planner, "park") == []


def test_only_what_lies_within_a_zone(planner: Client, zone_id: ZoneId) -> None:
    gap(20)
    community, other = zone_id("community:990101001001"), zone_id("community:990101002001")
    here = report(planner, within=community)
    assert (here["checked"], [f["id"] for f in here["faults"]]) == (4, [f["id"] for f in faults(planner)])
    assert report(planner, within=other) == {"kind": "cell", "checked": 4, "total": 0, "faults": []}


def test_a_fault_keeps_its_fingerprint_until_it_is_mended(planner: Client) -> None:
    gap(20)
    (one,), (again,) = faults(planner), faults(planner)
    assert one["id"] == again["id"]
    mend(planner, "cell", one, one["mends"][0])
    body = {"kind": "cell", "fault": one["id"], "mend": one["mends"][0]["code"], "zone": one["mends"][0]["zone"]}
    answer = planner.post("/api/zones/topology/mend", body, content_type="application/json")
    assert answer.status_code == 409
    assert ZoneVersion.objects.filter(zone__kind="cell", number=2).count() == 1


def test_only_planners_and_administrators_check(client: Client, operator: User) -> None:
    client.force_login(operator)
    assert client.get("/api/zones/topology", {"kind": "cell"}).status_code == 403


def test_an_unknown_kind_or_zone_is_said(planner: Client) -> None:
    assert planner.get("/api/zones/topology", {"kind": "nonsense"}).status_code == 422
    assert planner.get("/api/zones/topology", {"within": 10**6}).status_code == 422


# Any shapes: what the quick search finds is what asking every pair finds


corners = st.tuples(st.integers(0, 6), st.integers(0, 6)).map(lambda at: (WEST + at[0] * STEP, SOUTH + at[1] * STEP))
boxes = st.tuples(corners, corners).filter(lambda c: c[0][0] != c[1][0] and c[0][1] != c[1][1])


@given(st.lists(boxes, max_size=12))
def test_every_overlap_is_found(drawn: list[Any]) -> None:
    shapes = np.array([shapely.box(*shapely.MultiPoint(pair).bounds) for pair in drawn], dtype=object)
    found = {(one, other) for one, other, _ in overlapping(shapes, Plane(WEST, SOUTH))}
    every = {
        (i, j)
        for i in range(len(shapes))
        for j in range(i + 1, len(shapes))
        if shapely.intersection(shapes[i], shapes[j]).area > 0
    }
    assert found == every


# The command


def test_the_command_lists_the_faults_and_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    call_command("zones", "check", "--kind", "cell")
    assert "16" in capsys.readouterr().out
    gap(20)
    with pytest.raises(SystemExit):
        call_command("zones", "check", "--kind", "cell", "--within", "street:990101001")
    said = capsys.readouterr().out
    for part in ("间隙 gap 1", "belong to no unit grid cell", "不属于任何单元网格", "Give it to"):
        assert part in said
