"""docs/asyncapi.yaml as the tests use it: the document, and validators for its schemas."""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft7Validator, FormatChecker

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT: dict[str, Any] = yaml.safe_load((ROOT / "docs" / "asyncapi.yaml").read_text(encoding="utf-8"))
MESSAGES: dict[str, Any] = DOCUMENT["components"]["messages"]
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
REFERENCE = "#/components/schemas/"

formats = FormatChecker(["uuid"])


@formats.checks("date-time", raises=ValueError)
def _is_instant(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@cache
def validator(schema: str, *, closed: bool = False) -> Draft7Validator:
    """For one of the document's schemas; `closed`: members that it does not list are faults."""
    schemas = {name: _closed(one) for name, one in SCHEMAS.items()} if closed else SCHEMAS
    return Draft7Validator({"$ref": REFERENCE + schema, "components": {"schemas": schemas}}, format_checker=formats)


def schema_of(message: str, part: str = "payload") -> str:
    """The name of the schema of a message's payload or headers."""
    reference: str = MESSAGES[message][part]["$ref"]
    return reference.removeprefix(REFERENCE)


def follow(reference: str, document: dict[str, Any] = DOCUMENT) -> Any:
    """What a local reference leads to. Raises KeyError."""
    found: Any = document
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def examples() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, message in MESSAGES.items():
        for example in message.get("examples", []):
            yield name, example


def _closed(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: _closed(value) for key, value in schema.items()}
    return inner | {"additionalProperties": False} if "properties" in schema and "type" in schema else inner
