"""How cases look in an export: with the words of the catalogue, the departments and the workflow."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from dispatch import catalogue
from dispatch.api import CHANNELS, URGENCIES
from dispatch.departments import departments
from dispatch.workflow import ever
from twin import revisions
from twin.history.export.sheets import Colour, Language, Legend, Line, Sheet, place_of

COLUMNS = {
    "zh": [
        *("案卷号", "小类代码", "小类", "紧急程度", "状态", "渠道", "部门代码", "部门", "地点", "单元网格"),
        *("立案时间", "截止时间", "超期", "经度", "纬度", "演练"),
    ],
    "en": [
        *("number", "category", "category name", "urgency", "status", "channel", "department", "department name"),
        *("place", "cell", "opened at", "due at", "overdue", "longitude", "latitude", "exercise"),
    ],
}
TITLE = {"zh": "案卷", "en": "Cases"}
OVERDUE = {"zh": "超期", "en": "overdue"}
COLOURS: dict[int, Colour] = {1: (79, 102, 130), 2: (224, 134, 0), 3: (214, 48, 49)}
Words = Mapping[Any, str]  # code to name


def cases(features: list[dict[str, Any]], at: datetime, language: Language) -> Sheet:
    """Cases at a moment (`at`, aware): the most urgent last, so that they lie on top."""
    words = _words(language)
    ordered = sorted(features, key=lambda feature: (feature["state"]["urgency"], int(feature["id"])))
    legend = [Legend(COLOURS[u["code"]], str(u[f"name_{language}"])) for u in URGENCIES]  # type: ignore[index]
    lines = [_line(feature["state"], at, language, words) for feature in ordered]
    return Sheet("cases", TITLE[language], COLUMNS[language], lines, legend, pixels=5)


def _words(language: Language) -> dict[str, Words]:
    """For each coded field, how its codes read; a code that is no longer known stands for itself."""
    known = revisions.read()
    name = f"name_{language}"
    categories = {code: c for e in catalogue.editions.fresh(known) for code, c in e.categories.items()}
    return {
        "category": {code: getattr(category, name) for code, category in categories.items()},
        "department": {code: getattr(d, name) for code, d in departments.fresh(known).items()},
        "status": {code: getattr(s, name) for flow in reversed(ever(known)) for code, s in flow.statuses.items()},
        "urgency": {row["code"]: str(row[name]) for row in URGENCIES},
        "channel": {row["code"]: str(row[name]) for row in CHANNELS},
    }


def _line(state: dict[str, Any], at: datetime, language: Language, words: dict[str, Words]) -> Line:
    read = {field: str(names.get(state[field], state[field])) for field, names in words.items()}
    overdue = OVERDUE[language] if state["due_at"] and datetime.fromisoformat(state["due_at"]) < at else ""
    place = state["place"] if language == "zh" else state["place_en"]
    opened, due = _local(state["opened_at"]), _local(state["due_at"])
    values = [
        *(state["number"], state["category"], read["category"], read["urgency"], read["status"], read["channel"]),
        *(state["department"], read["department"], place, state["cell"], opened, due, overdue),
        *(state["lon"], state["lat"], state["exercise"]),
    ]
    tooltip = [f"{state['number']} {overdue}", read["category"], f"{read['urgency']} · {read['status']}"]
    tooltip += [read["department"], place, f"{opened} – {due}"]
    return Line(values, place_of(state), "\n".join(tooltip), COLOURS[state["urgency"]], state["exercise"])


def _local(at: str | None) -> str:
    return "" if at is None else f"{datetime.fromisoformat(at).astimezone(ZoneInfo(settings.TIME_ZONE)):%Y-%m-%d %H:%M}"
