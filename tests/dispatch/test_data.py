"""The catalogue and the demo city's data agree with each other. Standard library only, no database."""

import csv
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "dispatch" / "data"
CITY = ROOT / "simulations" / "city" / "data"

CHANNELS = {"sensor", "hotline", "grid"}
DEVICE_KINDS = {
    "water_level",
    "manhole_tilt",
    "bin_fill",
    "lamp_controller",
    "air_quality",
    "noise",
    "gas_leak",
    "lift_monitor",
}


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def read_json(name: str) -> Any:
    return json.loads((CITY / name).read_text(encoding="utf-8"))


def code(row: dict[str, str]) -> str:
    return f"{'C' if row['kind'] == 'component' else 'E'}-{row['major']}-{row['minor']}"


@pytest.fixture(scope="module")
def catalogue() -> list[dict[str, str]]:
    return read_csv(CATALOGUE / "catalogue.csv")


@pytest.fixture(scope="module")
def conditions(catalogue: list[dict[str, str]]) -> dict[str, list[int]]:
    """Category code -> numbers of its filing conditions, in the file's order."""
    numbers: dict[str, list[int]] = {}
    for row in catalogue:
        numbers.setdefault(code(row), []).append(int(row["condition"]))
    return numbers


@pytest.fixture(scope="module")
def departments() -> list[dict[str, str]]:
    return read_csv(CITY / "departments.csv")


@pytest.fixture(scope="module")
def rules() -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = read_json("rules.json")["rules"]
    return rules


@pytest.fixture(scope="module")
def phrases() -> dict[str, Any]:
    phrases: dict[str, Any] = read_json("phrases.json")
    return phrases


def values_of(rules: list[dict[str, Any]], field: str) -> Iterator[Any]:
    return (test["value"] for rule in rules for test in rule["when"] if test["field"] == field)


# The catalogue


def test_catalogue_rows_are_well_formed(catalogue: list[dict[str, str]]) -> None:
    for row in catalogue:
        assert row["kind"] in {"component", "event"}, row
        assert re.fullmatch(r"\d\d-\d\d", f"{row['major']}-{row['minor']}"), row
        assert row["origin"] in {"numbering", "city_extension"}, row
        assert row["limit_unit"] in {"urgent_hour", "working_hour", "working_day", "calendar_day"}, row
        assert float(row["limit_value"]) > 0, row
        assert row["urgency"] in {"1", "2", "3"}, row
        assert all(value and value == value.strip() for value in row.values()), row


def test_catalogue_has_every_category_of_the_source_and_two_of_ours(conditions: dict[str, list[int]]) -> None:
    assert Counter(category[0] for category in conditions) == {"C": 92 + 2, "E": 98}


def test_conditions_of_a_category_are_numbered_from_one(conditions: dict[str, list[int]]) -> None:
    for category, numbers in conditions.items():
        assert numbers == list(range(1, len(numbers) + 1)), category
        assert len(numbers) <= 8, category


def test_a_category_has_one_name_and_origin_on_all_its_rows(catalogue: list[dict[str, str]]) -> None:
    shared = ("major_zh", "major_en", "name_zh", "name_en", "origin")
    assert len({(code(row), *(row[key] for key in shared)) for row in catalogue}) == len({*map(code, catalogue)})


def test_names_of_categories_are_unique_within_a_kind(catalogue: list[dict[str, str]]) -> None:
    for key in ("name_zh", "name_en"):
        names = Counter((kind, name) for _, kind, name in {(code(row), row["kind"], row[key]) for row in catalogue})
        assert max(names.values()) == 1, names.most_common(1)


def test_city_extensions_are_marked(catalogue: list[dict[str, str]]) -> None:
    ours = {"C-01-76", "C-01-77"}
    for row in catalogue:
        extension = int(row["minor"]) >= 78 or code(row) in ours
        assert (row["origin"] == "city_extension") == extension, row


def test_catalogue_names_its_version() -> None:
    version = tomllib.loads((CATALOGUE / "catalogue.toml").read_text(encoding="utf-8"))
    assert date.fromisoformat(version.pop("holds_from"))
    assert version.keys() == {"title_zh", "title_en", "standard", "standard_version"}


# Departments and rules


def test_departments_form_a_hierarchy(departments: list[dict[str, str]]) -> None:
    codes = [row["code"] for row in departments]
    assert len(codes) == len({*codes})
    for row in departments:
        assert row["parent"] == row["code"].rpartition(".")[0], row
        assert not row["parent"] or row["parent"] in codes, row
        assert row["kind"] in {"bureau", "division", "utility", "street_office", "centre"}, row
        assert re.fullmatch(r"0000-\d{7}", row["phone"]), f"not an obviously fake number: {row}"


def test_rules_are_ordered_and_end_with_the_only_default(rules: list[dict[str, Any]]) -> None:
    orders = [rule["order"] for rule in rules]
    assert orders == sorted({*orders})
    assert [rule["order"] for rule in rules if not rule["when"]] == orders[-1:]
    assert len({rule["name_zh"] for rule in rules}) == len({rule["name_en"] for rule in rules}) == len(rules)


def test_rules_name_known_categories(rules: list[dict[str, Any]], conditions: dict[str, list[int]]) -> None:
    assert {c for value in values_of(rules, "category") for c in value} <= conditions.keys()
    assert {m for value in values_of(rules, "major") for m in value} <= {category[:4] for category in conditions}
    assert {c for value in values_of(rules, "channel") for c in value} <= CHANNELS


def test_rules_send_to_departments_that_exist(rules: list[dict[str, Any]], departments: list[dict[str, str]]) -> None:
    codes = {row["code"] for row in departments}
    for rule in rules:
        match rule["department"]:
            case str(department) | {"from": "zone", "kind": "street", "else": str(department)}:
                assert department in codes, rule
            case {"from": "component", "role": "owner" | "manager" | "maintainer"}:
                assert {"field": "has_component", "op": "eq", "value": True} in rule["when"], rule
            case {"from": "zone", "kind": "street"}:
                assert rule["when"], "the default rule must name a department for points in no street: 'else'"
            case other:
                pytest.fail(f"rule {rule['order']} names no department: {other}")


# The calendar


def test_calendar_has_no_day_twice_and_works_only_on_weekends() -> None:
    rows = read_csv(CITY / "calendar.csv")
    days = [date.fromisoformat(row["date"]) for row in rows]
    assert days == sorted({*days})
    for day, row in zip(days, rows, strict=True):
        assert row["kind"] in {"holiday", "working"}, row
        assert row["kind"] == "holiday" or day.isoweekday() > 5, f"a weekday is worked anyway: {row}"


def test_working_hours_follow_each_other() -> None:
    calendar = tomllib.loads((CITY / "calendar.toml").read_text(encoding="utf-8"))
    times = [time.fromisoformat(text) for span in calendar["hours"] for text in span]
    assert times == sorted({*times})
    assert {*calendar["weekdays"]} <= {*range(1, 8)}


# Phrases


def test_phrases_name_categories_and_conditions_of_the_catalogue(
    phrases: dict[str, Any], conditions: dict[str, list[int]]
) -> None:
    named = [entry["category"] for entry in phrases["categories"]]
    assert len(named) == len({*named}) >= 45
    for entry in phrases["categories"]:
        texts = [text for channel in entry["texts"].values() for text in channel]
        assert 4 <= len(texts) <= 8, entry["category"]
        for text in texts:
            assert text["condition"] in conditions[entry["category"]], (entry["category"], text)
            assert all(text[language].strip() for language in ("zh", "en")), (entry["category"], text)
    for sensor in phrases["sensors"]:
        for category in sensor["categories"]:
            assert sensor["condition"] in conditions[category], sensor


def test_phrases_have_weights_for_every_channel(phrases: dict[str, Any]) -> None:
    assert phrases["channels"].keys() == CHANNELS
    for entry in phrases["categories"]:
        assert entry["weights"].keys() == entry["texts"].keys() == CHANNELS - {"sensor"}
        assert all(weight > 0 for weight in entry["weights"].values()), entry["category"]


def test_sensor_alarms_lie_beyond_their_threshold(phrases: dict[str, Any]) -> None:
    assert {sensor["device_kind"] for sensor in phrases["sensors"]} == DEVICE_KINDS
    for sensor in phrases["sensors"]:
        sign = {"above": 1, "below": -1}[sensor["direction"]]
        threshold = sensor["threshold"]
        assert all(sign * value < sign * threshold for value in sensor["normal"]), sensor
        assert all(sign * value > sign * threshold for value in sensor["range"]), sensor
        for template in (text[language] for text in sensor["texts"] for language in ("zh", "en")):
            assert "1" in template.format(value=1, threshold=2), template
