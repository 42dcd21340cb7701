"""How reports become cases: located, routed and timed as one batch, written by COPY.

The hot path of the house. A batch costs the same statements whether it holds one report or five thousand, and opening
cases twelve at most (Kafka's positions are one more). Nothing here loops over rows with the ORM. The caller holds the
transaction (`twin.journal.writing`) and has already left out what was reported before.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from django.conf import settings

from dispatch import routing, told_by_rules
from dispatch.catalogue import CategoryFacts
from dispatch.clocks import Starts
from dispatch.deciding import Matter, decide, record_of, urgency_of
from dispatch.limits import area_class, limit_of
from dispatch.models import Component, ReportState
from dispatch.numbering import numbers
from dispatch.refusals import Refusal
from dispatch.rules import Decision
from dispatch.state import state
from geo.coordinates import TO_WGS84
from geo.lookup import Located, ZoneFacts
from twin import revisions, tiles
from twin.access import ancestry
from twin.journal import Entry, Journal, array, copying, dump, texts

DISPATCHED = "dispatched"
REPORTED = "reported"


@dataclass(slots=True)
class NewReport:
    """A decoded report that was not seen before. `x`, `y` are raw: longitude and latitude in the declared `crs`."""

    source_id: int
    message_id: str
    channel: str
    received_at: datetime
    occurred_at: datetime
    category: str
    condition: int | None = None
    urgency: int | None = None
    description: str = ""
    address: str = ""
    crs: str = ""
    x: float | None = None
    y: float | None = None
    component: str = ""
    device: str = ""
    reporter: str | None = None  # JSON, personal data
    exercise: str = ""
    report_id: int | None = None  # set for a report that is kept already and was to be located
    waits: bool = False  # a person takes it in first: decided on, but sent to nobody


@dataclass(frozen=True, slots=True)
class Opened:
    """The report became this case."""

    case_id: int
    number: str
    department: str
    report_id: int


@dataclass(frozen=True, slots=True)
class Parked:
    """The report is kept and waits to be located."""

    report_id: int


Outcome = Opened | Parked | Refusal


@dataclass(slots=True)
class _Work:
    """One report on its way, with its position in the caller's batch."""

    position: int
    report: NewReport
    category: CategoryFacts
    condition: int
    urgency: int
    report_id: int = 0
    case_id: int = 0
    lon: float = field(default=np.nan)
    lat: float = field(default=np.nan)


def register(journal: Journal, reports: Sequence[NewReport], actor: str, known: revisions.Revisions) -> list[Outcome]:
    """Turn reports into cases; for each, in order, what became of it.

    Reports without coordinates are parked. Those that cannot be placed or understood are refused with a reason and
    leave no row: the caller keeps them as dead letters.
    """
    now = routing.current.fresh(journal.at, known)
    outcomes: list[Outcome | None] = [None] * len(reports)
    work: list[_Work] = []
    for position, report in enumerate(reports):
        understood = _understand(position, report, now)
        if isinstance(understood, Refusal):
            outcomes[position] = understood
        else:
            work.append(understood)
    components = _components(work, outcomes)
    work = [w for w in work if outcomes[w.position] is None]
    placed = [w for w in work if w.report.x is not None]
    parked = [w for w in work if w.report.x is None]
    _to_wgs84(placed)
    located = now.zones.locate(np.array([w.lon for w in placed]), np.array([w.lat for w in placed]))
    for w, cell in zip(placed, located.cells, strict=True):
        if cell < 0:
            at_zero = w.report.x == 0 and w.report.y == 0
            outcomes[w.position] = Refusal.null_island() if at_zero else Refusal.outside(w.lon, w.lat)
    if any(outcomes[w.position] is not None for w in placed):
        placed = [w for w in placed if outcomes[w.position] is None]
        located = now.zones.locate(np.array([w.lon for w in placed]), np.array([w.lat for w in placed]))
    if parked:
        _park(journal, parked, actor, outcomes)
    if placed:
        _Cases(journal, placed, located, now, components, known).open(actor, outcomes)
    return [outcome for outcome in outcomes if outcome is not None]


def _understand(position: int, report: NewReport, now: routing.Routing) -> _Work | Refusal:
    category = now.edition.categories.get(report.category)
    if category is None:
        return Refusal.unknown_category(report.category, now.edition.label)
    number = category.first_condition if report.condition is None else report.condition
    condition = category.conditions.get(number)
    if condition is None:
        return Refusal.unknown_condition(category.code, number, ", ".join(map(str, category.conditions)))
    urgency = condition.urgency if report.urgency is None else report.urgency
    return _Work(position, report, category, number, urgency)


def _components(work: Sequence[_Work], outcomes: list[Outcome | None]) -> dict[str, Component]:
    """Number reports and cases, and find the components that are named; a report with an unknown one is refused.

    Numbers of reports that are refused, here or for their place, are lost: gaps in them mean nothing.
    """
    given, found = numbers([w.report.component for w in work])
    for w, (report_id, case_id) in zip(work, given, strict=True):
        w.report_id, w.case_id = w.report.report_id or report_id, case_id
        if w.report.component and w.report.component not in found:
            outcomes[w.position] = Refusal.unknown_component(w.report.component)
    return found


def _to_wgs84(placed: Sequence[_Work]) -> None:
    """Bring the raw pairs to WGS-84, one vectorised step per declared system."""
    by_crs: dict[str, list[_Work]] = {}
    for w in placed:
        by_crs.setdefault(w.report.crs, []).append(w)
    for crs, rows in by_crs.items():
        x = np.array([w.report.x for w in rows], dtype=np.float64)
        y = np.array([w.report.y for w in rows], dtype=np.float64)
        for w, lon, lat in zip(rows, *(values.tolist() for values in TO_WGS84[crs](x, y)), strict=True):
            w.lon, w.lat = lon, lat


def _park(journal: Journal, parked: Sequence[_Work], actor: str, outcomes: list[Outcome | None]) -> None:
    _write_reports(parked, ReportState.TO_BE_LOCATED)
    for w in parked:
        outcomes[w.position] = Parked(w.report_id)
        shown = {
            "channel": w.report.channel,
            "category": w.category.code,
            "urgency": w.urgency,
            "address": w.report.address,
            "received_at": w.report.received_at,
            "exercise": w.report.exercise,
        }
        journal.say(
            Entry(
                "report.parked",
                "report",
                str(w.report_id),
                1,
                actor,
                dump(shown),
                exercise=w.report.exercise,
            )
        )


def _matter(w: _Work, at: datetime) -> Matter:
    report = w.report
    return Matter(
        w.category.index,
        w.condition,
        report.channel,
        report.source_id,
        w.urgency,
        report.description,
        report.component,
        at,
    )


class _Cases:
    """The located part of a batch: decides, then writes reports, cases and journal."""

    def __init__(
        self,
        journal: Journal,
        work: Sequence[_Work],
        located: Located,
        now: routing.Routing,
        components: dict[str, Component],
        known: revisions.Revisions,
    ) -> None:
        self.journal, self.work, self.located, self.now = journal, work, located, now
        self.components = components
        self.local = journal.at.astimezone(ZoneInfo(settings.TIME_ZONE))
        self.starts = {
            False: Starts(DISPATCHED, journal.at, known),
            True: Starts(REPORTED, journal.at, known, limited=False),
        }

    def open(self, actor: str, outcomes: list[Outcome | None]) -> None:
        self.matters = [_matter(w, self.journal.at) for w in self.work]
        decision = decide(self.now, self.matters, self.located, self.components)
        for i, w in enumerate(self.work):
            w.urgency = urgency_of(self.now, decision, i, self.matters[i])
        _write_reports([w for w in self.work if w.report.report_id is None], ReportState.CASE)
        self._write_cases(decision, actor, outcomes)
        self._notify(decision)

    def _notify(self, decision: Decision) -> None:
        """Ask and tell the departments that rules name; no statement if no rule of the batch names any."""
        asked: list[told_by_rules.Asked] = []
        told: list[told_by_rules.Told] = []
        for i, w in enumerate(self.work):
            if w.report.waits:
                continue  # nobody has it yet
            rule = self.now.rules.rules[decision.chosen[i]]
            asked += [(w.case_id, code) for code in rule.joint if code != decision.departments[i]]
            zh = f"{w.category.name_zh}：按规则「{rule.name_zh}」告知"
            en = f"{w.category.name_en}: told by the rule “{rule.name_en}”"
            told += [(w.case_id, code, zh, en, w.report.exercise) for code in rule.notify]
        told_by_rules.write(self.journal.at, asked, told)

    def _write_cases(self, decision: Decision, actor: str, outcomes: list[Outcome | None]) -> None:
        opened_at = self.journal.at
        day, day_of_year = f"{self.local:%Y%m%d}", self.local.month * 100 + self.local.day
        geoms = _hex_points(self.work)
        under = tiles.tiles_of(np.array([w.lon for w in self.work]), np.array([w.lat for w in self.work])).tolist()
        with copying(_COPY_CASES) as copy:
            for i, w in enumerate(self.work):
                number = f"{day}{w.case_id % 100_000_000:08d}"
                zones = self.now.zones.ids[self.located.of(i)].tolist()
                zone_array = array(zones)
                cell = self.now.zones.zones[self.located.cells[i]].code
                place_zh, place_en = self._place(i)
                waits = w.report.waits
                status = REPORTED if waits else DISPATCHED
                department = "" if waits else decision.departments[i]
                why = record_of(self.now, decision, i, self.matters[i])
                condition = w.category.conditions[w.condition]
                rule = self.now.rules.rules[decision.chosen[i]]
                limit = limit_of(condition, rule.limit, area_class(self.now.zones, self.located, i), day_of_year)
                clock = self.starts[waits].of(department, *limit, w.urgency)
                joint = [] if waits else [code for code in rule.joint if code != department]
                shared = ancestry(joint) if joint else []
                shown = state(
                    number=number,
                    category=w.category.code,
                    urgency=w.urgency,
                    status=status,
                    channel=w.report.channel,
                    lon=w.lon,
                    lat=w.lat,
                    department=department,
                    zones=zones,
                    cell=cell,
                    place=place_zh,
                    place_en=place_en,
                    opened_at=opened_at,
                    warn_at=clock.warn_at,
                    due_at=clock.due_at,
                    stage_due_at=clock.stage_due_at,
                    exercise=w.report.exercise,
                    special={"joint": joint} if joint else None,
                )
                copy.write_row(
                    (w.case_id, number, 1, status, w.report.channel, self.now.edition.id, w.category.code)
                    + (w.condition, w.urgency, place_zh, place_en, geoms[i], cell, zone_array, w.report.component)
                    + (department, dump(why), opened_at, w.report.exercise)
                    + (None if waits else opened_at, *limit, texts(joint), texts(shared))
                    + clock.columns
                )
                self.journal.say(
                    Entry(
                        "case.opened",
                        "case",
                        str(w.case_id),
                        1,
                        actor,
                        dump(shown),
                        zones=zones,
                        department=department,
                        shared=shared,
                        tile=under[i],
                        geom=geoms[i],
                        exercise=w.report.exercise,
                        change=f'{{"reports":[{w.report_id}]}}',
                    )
                )
                outcomes[w.position] = Opened(w.case_id, number, department, w.report_id)

    def _place(self, i: int) -> tuple[str, str]:
        """How a person would name the place: the address as reported, else street and community."""
        address = self.work[i].report.address
        if address:
            return address, address
        names: dict[str, ZoneFacts] = {}
        for position in self.located.of(i):
            zone = self.now.zones.zones[position]
            names.setdefault(zone.kind, zone)
        parts = [names[kind] for kind in ("street", "community") if kind in names]
        return "".join(zone.name_zh for zone in parts), ", ".join(zone.name_en for zone in reversed(parts))


_REPORT_COLUMNS = (
    "id, source_id, message_id, channel, state, case_id, received_at, occurred_at, category, condition, urgency,"
    " description, address, crs, x, y, component, device, reporter, exercise, waits"
)
_COPY_REPORTS = f"COPY dispatch_report ({_REPORT_COLUMNS}) FROM STDIN"
_COPY_CASES = (
    "COPY dispatch_case (id, number, version, status, channel, catalogue_id, category, condition, urgency, place_zh,"
    " place_en, geom, cell, zones, component, department, decision, opened_at, exercise, dispatched_at, limit_value,"
    " limit_unit, joint, shared, warn_at, due_at, stage_due_at, wake_at) FROM STDIN"
)


def _write_reports(work: Sequence[_Work], state: ReportState) -> None:
    if not work:
        return
    with copying(_COPY_REPORTS) as copy:
        for w in work:
            r = w.report
            case_id = w.case_id if state == ReportState.CASE else None
            copy.write_row(
                (w.report_id, r.source_id, r.message_id, r.channel, state.value, case_id, r.received_at, r.occurred_at)
                + (r.category, w.condition, w.urgency, r.description, r.address, r.crs, r.x, r.y, r.component)
                + (r.device, r.reporter, r.exercise, r.waits)
            )


def _hex_points(work: Sequence[_Work]) -> list[str]:
    """Hex EWKB of the points, SRID 4326, longitude first."""
    points = shapely.set_srid(shapely.points([w.lon for w in work], [w.lat for w in work]), 4326)
    return shapely.to_wkb(points, hex=True, include_srid=True).tolist()
