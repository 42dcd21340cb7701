"""What an import would do: the rows of a file against the zones that are there."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.db.models import Extent
from django.utils import timezone

from geo.changes import Draft, departments, ended
from geo.exchange.columns import ATTRIBUTES
from geo.exchange.faults import Fault, FileError
from geo.exchange.rows import Row, Source, Wanted
from geo.kinds.attributes import attribute_faults
from geo.kinds.codes import code_fault
from geo.models import ZoneKind, ZoneVersion

_SAME = 1e-9  # degrees, a tenth of a millimetre: what reading and writing a projected file may cost


@dataclass(frozen=True, slots=True)
class Step:
    """A zone that is made (`last` is None) or changed. `shape` has been checked; `parts` says what differs."""

    draft: Draft
    last: ZoneVersion | None
    row: int
    parts: tuple[str, ...] = ()


@dataclass
class Plan:
    """What an import would do. With a fault it does nothing."""

    source: Source
    kind: ZoneKind
    at: datetime  # the city's time when it was made
    holds_from: datetime | None
    created: list[Step] = field(default_factory=list)
    changed: list[Step] = field(default_factory=list)
    unchanged: list[ZoneVersion] = field(default_factory=list)
    retired: list[ZoneVersion] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)  # these do not stop it
    last: list[ZoneVersion] = field(default_factory=list)  # the newest version of each zone of the kind

    @property
    def begin(self) -> datetime:
        """From when the import holds."""
        return self.holds_from or self.at

    @property
    def counts(self) -> dict[str, int]:
        return {name: len(getattr(self, name)) for name in ("created", "changed", "unchanged", "retired")}

    @property
    def empty(self) -> bool:
        return not (self.created or self.changed or self.retired)

    @property
    def token(self) -> str:
        """Short for all that the plan would write: another token, another plan."""
        digest = hashlib.sha256(str(self.holds_from).encode())
        for step in (*self.created, *self.changed):
            digest.update(repr(step.draft).encode())
            digest.update(shapely.to_wkb(step.draft.shape))
            digest.update(str(step.last and step.last.number).encode())
        for version in self.retired:
            digest.update(str(version).encode())
        return digest.hexdigest()[:12]


def make(source: Source, wanted: Wanted, at: datetime) -> Plan:
    """Compare a file with the zones of its kind. `at` is the city's time. Raises FileError for an unknown kind."""
    kinds = ZoneKind.objects.in_bulk()
    if wanted.kind not in kinds:
        known = ", ".join(sorted(kinds))
        raise FileError(
            "unknown_kind",
            f"没有区域类型 {wanted.kind!r}；现有：{known}。",
            f"There is no zone kind {wanted.kind!r}; there are {known}.",
        )
    plan = Plan(source, kinds[wanted.kind], at, wanted.holds_from, faults=list(source.faults))
    plan.last = list(last_versions(plan.kind))
    last = {version.zone.code: version for version in plan.last}
    _Comparison(plan, set(kinds), last, None if wanted.allow_outside else _city(at)).compare()
    if wanted.retire_missing:
        _retire(plan, [version for code, version in last.items() if code not in source.codes])
    plan.faults += _of_the_whole(plan)
    plan.faults.sort(key=lambda fault: fault.row or 0)
    return plan


def last_versions(kind: ZoneKind) -> Iterable[ZoneVersion]:
    """The newest version of each zone of a kind."""
    versions = ZoneVersion.objects.filter(zone__kind=kind).select_related("zone__kind")
    return versions.order_by("zone__code", "-number").distinct("zone__code")


class _Comparison:
    def __init__(
        self, plan: Plan, kinds: set[str], last: dict[str, ZoneVersion], city: tuple[float, ...] | None
    ) -> None:
        self.plan, self.kinds, self.last, self.city = plan, kinds, last, city
        self.departments = departments()

    def compare(self) -> None:
        """Sort the rows into what is made, changed and left alone."""
        rows = [row for row in self.plan.source.rows if not self._faults(row)]
        moved = self._moved(rows)
        for row in rows:
            last = self.last.get(row.code)
            draft = self._draft(row, last)
            if last is None:
                self.plan.created.append(Step(draft, None, row.says.row))
                continue
            parts = _differences(draft, last) if row.code not in moved else ("geometry", *_differences(draft, last))
            if not parts:
                self.plan.unchanged.append(last)
            elif last.holds_from >= self.plan.begin:
                self.plan.faults.append(row.says.changes_later(_day(last.holds_from)))
            else:
                self.plan.changed.append(Step(draft, last, row.says.row, parts))

    def _faults(self, row: Row) -> list[Fault]:
        faults = list(self._what_is_wrong(row, self.last.get(row.code)))
        self.plan.faults += faults
        return faults

    def _what_is_wrong(self, row: Row, last: ZoneVersion | None) -> Iterable[Fault]:
        if row.kind in self.kinds and row.kind != self.plan.kind.code:
            yield row.says.other_kind(row.kind, self.plan.kind.code)
        if last is not None and last.holds_to is not None and ended(last, self.plan.begin):
            yield row.says.retired_code(_day(last.holds_to))
        if last is None and (wrong := code_fault(self.plan.kind, row.code)):
            yield row.says.bad_code(*wrong)
        for fault in attribute_faults(self.plan.kind.schema, self._attributes(row, last)):
            yield row.says.attribute(fault)
        department = row.fields.get("department", "")
        if department and department not in self.departments:
            yield row.says.unknown_department(department)
        if self.city is not None:
            west, south, east, north = row.shape.bounds
            lon, lat = (west + east) / 2, (south + north) / 2
            w, s, e, n = self.city
            if not (w <= lon <= e and s <= lat <= n):
                yield row.says.outside_city((lon, lat), self.city)

    def _draft(self, row: Row, last: ZoneVersion | None) -> Draft:
        """The zone as it is to be. What the file has no column for stays as it is."""
        fields = row.fields
        department = fields.get("department", last.department if last else "")
        return Draft(
            kind=self.plan.kind.code,
            code=row.code,
            name_zh=fields.get("name_zh", last.name_zh if last else ""),
            name_en=fields.get("name_en", last.name_en if last else ""),
            shape=row.shape,
            precedence=fields.get("precedence", last.precedence if last else None),
            department=self.departments.get(department, department),
            attributes=self._attributes(row, last),
            people=last.people if last else [],
            holds_to=last.holds_to if last else None,
        )

    def _attributes(self, row: Row, last: ZoneVersion | None) -> dict[str, Any]:
        whole = ATTRIBUTES in self.plan.source.mapped.attributes  # an export has all attributes in that column
        attributes = (last.attributes if last and not whole else {}) | row.attributes
        return {name: value for name, value in attributes.items() if value is not None}

    def _moved(self, rows: list[Row]) -> set[str]:
        """Codes of the zones whose shape differs from the one that holds."""
        known = [row for row in rows if row.code in self.last]
        old = shapely.from_wkb([bytes(self.last[row.code].geom.wkb) for row in known])
        same = shapely.equals_exact(_even(old), _even(np.array([row.shape for row in known], dtype=object)), 2 * _SAME)
        return {row.code for row, is_same in zip(known, same, strict=True) if not is_same}


def _even(shapes: Any) -> Any:
    # Rounded before they are brought to normal form: that starts a ring at its western corner, and a rectangle has
    # two, of which the last bit of a number must not choose.
    return shapely.normalize(shapely.transform(shapes, lambda points: points.round(9)))


def _differences(draft: Draft, last: ZoneVersion) -> tuple[str, ...]:
    differs = {
        "names": (draft.name_zh, draft.name_en) != (last.name_zh, last.name_en),
        "department": draft.department != last.department,
        "precedence": draft.precedence != last.precedence,
        "attributes": draft.attributes != last.attributes,
    }
    return tuple(part for part, is_so in differs.items() if is_so)


def _retire(plan: Plan, missing: list[ZoneVersion]) -> None:
    for version in missing:
        if ended(version, plan.begin):
            continue
        if version.holds_from < plan.begin:
            plan.retired.append(version)
            continue
        when = _day(version.holds_from)
        plan.faults.append(
            Fault(
                "changes_later",
                f"{version.zone} 不在文件中，但在 {when} 已有变更；请用 --holds-from 给出更晚的时间，或先处理它。",
                f"{version.zone} is not in the file, but changes at {when} already; give a later time with"
                " --holds-from, or see to that zone first.",
                code=version.zone.code,
            )
        )


def _of_the_whole(plan: Plan) -> Iterator[Fault]:
    """What is wrong with the plan and not with one of its rows."""
    rewritten = len(plan.changed) + len(plan.retired)
    if plan.begin < plan.at and rewritten:
        yield Fault(
            "past",
            f"--holds-from 早于现在，将改写 {rewritten} 个区域的历史；请给出将来的时间，或省去此项。",
            f"--holds-from lies in the past and would rewrite the history of {rewritten} zones; give a time to come, or"
            " none.",
        )
    if plan.created and "name_zh" not in plan.source.mapped.fields:
        example = f"--name-zh '=网格 {{{plan.source.mapped.fields['code'].lstrip('=')}}}'"
        yield Fault(
            "missing_name",
            f"没有认出名称列，{len(plan.created)} 个新区域没有名称；请用 --name-zh 指定列或文字，例如 {example}。",
            f"No column looks like names, and {len(plan.created)} zones are new; name a column or a text with"
            f" --name-zh, for example {example}.",
        )


def _city(at: datetime) -> tuple[float, ...] | None:
    """The box around all zones that hold: west, south, east, north. None for a city that has none yet."""
    box: tuple[float, ...] | None = ZoneVersion.objects.holding(at).aggregate(box=Extent("geom"))["box"]
    return box


def _day(when: datetime) -> str:
    return timezone.localtime(when).strftime("%Y-%m-%d %H:%M")
