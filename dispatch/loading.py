"""Read a city's catalogue, workflow, departments, calendar and rules from files into the database.

Each function replaces nothing: a catalogue edition or a rule set that is there already is refused. Files are those
that `dispatch/data/README.md` and `simulations/city/data/README.md` describe. A fault raises ValueError that names
the file and the row; the caller's transaction takes everything back.
"""

import csv
import json
import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from dispatch.ladders import check_all
from dispatch.models import (
    Calendar,
    CalendarDay,
    Catalogue,
    Category,
    Department,
    FilingCondition,
    Ladder,
    LimitUnit,
    RuleSet,
    Workflow,
)
from dispatch.rules.sets import store
from dispatch.workflow.check import check as check_workflow
from dispatch.workflow.versions import TOPIC
from twin import revisions

DATA = Path(__file__).parent / "data"
WORKFLOW = DATA / "workflow.toml"
LETTER = {"component": "C", "event": "E"}


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file with a header; UTF-8, with or without a byte order mark."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def load_catalogue(folder: Path = DATA) -> Catalogue:
    """`catalogue.toml` says which edition, `catalogue.csv` has a row for each filing condition."""
    about = tomllib.loads((folder / "catalogue.toml").read_text(encoding="utf-8"))
    catalogue = Catalogue.objects.create(
        standard=about["standard"],
        version=about["standard_version"],
        name_zh=about["title_zh"],
        name_en=about["title_en"],
        holds_from=beginning(about["holds_from"]),
    )
    categories: dict[str, Category] = {}
    conditions: list[FilingCondition] = []
    for line, row in enumerate(read_rows(folder / "catalogue.csv"), 2):
        try:
            category = categories.setdefault(code_of(row), _category(catalogue, row))
            conditions.append(_condition(category, row))
        except (KeyError, ValueError) as error:
            raise ValueError(f"catalogue.csv, line {line}: {error}") from error
    Category.objects.bulk_create(categories.values())
    FilingCondition.objects.bulk_create(conditions)
    revisions.bump("catalogue")
    return catalogue


def code_of(row: Mapping[str, str]) -> str:
    return f"{LETTER[row['kind']]}-{row['major']}-{row['minor']}"


def _category(catalogue: Catalogue, row: Mapping[str, str]) -> Category:
    return Category(
        catalogue=catalogue,
        code=code_of(row),
        major_zh=row["major_zh"],
        major_en=row["major_en"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        city_extension=row["origin"] == "city_extension",
    )


def _condition(category: Category, row: Mapping[str, str]) -> FilingCondition:
    return FilingCondition(
        category=category,
        number=int(row["condition"]),
        text_zh=row["condition_zh"],
        text_en=row["condition_en"],
        closing_zh=row["closing_zh"],
        closing_en=row["closing_en"],
        limit_value=float(row["limit_value"]),
        limit_unit=LimitUnit(row["limit_unit"]).value,
        urgency=int(row["urgency"]),
    )


def load_departments(path: Path) -> None:
    """Parents stand before their children in the file, or after: the order does not matter."""
    rows = {row["code"]: row for row in read_rows(path)}
    unknown = sorted({row["parent"] for row in rows.values() if row["parent"]} - rows.keys())
    if unknown:
        raise ValueError(f"{path.name}: parents {', '.join(unknown)} are not in the file")
    Department.objects.bulk_create(
        Department(
            code=code,
            parent_id=row["parent"] or None,
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            kind=row["kind"],
            phone=row["phone"],
        )
        for code, row in rows.items()
    )
    revisions.bump("departments")


def load_calendar(folder: Path) -> None:
    """`calendar.toml` has the week, `calendar.csv` the days that differ from it."""
    about = tomllib.loads((folder / "calendar.toml").read_text(encoding="utf-8"))
    calendar = Calendar.objects.create(
        code=about["code"],
        name_zh=about["name_zh"],
        name_en=about["name_en"],
        weekdays=about["weekdays"],
        hours=about["hours"],
        first_day=about["first_day"],
        last_day=about["last_day"],
    )
    CalendarDay.objects.bulk_create(
        CalendarDay(
            calendar=calendar,
            day=date.fromisoformat(row["date"]),
            working=row["kind"] == "working",
            name_zh=row["name_zh"],
            name_en=row["name_en"],
        )
        for row in read_rows(folder / "calendar.csv")
    )
    revisions.bump("calendars")


def load_ladders(path: Path = DATA / "ladders.toml") -> None:
    """Escalation ladders, in the file's order; refused as a whole if one errs."""
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["ladder"]
    check_all(rows)
    Ladder.objects.bulk_create(
        Ladder(order=order, name_zh=row["name_zh"], name_en=row["name_en"], when=row["when"], steps=row["steps"])
        for order, row in enumerate(rows, 1)
    )
    revisions.bump("ladders")


def load_rules(path: Path) -> RuleSet:
    """A rule set is checked against zones, catalogue and departments as they are now, and refused whole if it errs."""
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return store(data["version"], beginning(data["holds_from"]), data["rules"], revisions.read())


def load_workflow(path: Path = WORKFLOW) -> Workflow:
    """The statuses and verbs with which a city starts; refused whole if they cannot work."""
    version, holds_from, document = read_workflow(path)
    workflow = Workflow.objects.create(version=version, holds_from=holds_from, document=document)
    revisions.bump(TOPIC)
    return workflow


def read_workflow(path: Path) -> tuple[str, datetime, dict[str, Any]]:
    """The version, the time from which it holds and the document of a file."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    version, holds_from = document.pop("version"), beginning(document.pop("holds_from"))
    try:
        check_workflow(document)
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from error
    return version, holds_from, document


def beginning(day: date | str) -> datetime:
    """Local midnight at which a day begins, in UTC."""
    on = day if isinstance(day, date) else date.fromisoformat(day)
    return datetime.combine(on, time(), ZoneInfo(settings.TIME_ZONE)).astimezone(UTC)
