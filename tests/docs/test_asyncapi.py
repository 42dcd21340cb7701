"""docs/asyncapi.yaml is valid AsyncAPI 3.0, and says of reports and of the live view exactly what the code says."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from jsonschema import Draft7Validator

from ingest.events import PAYLOADS, Event
from tests.docs.asyncapi import DOCUMENT, ROOT, SCHEMAS, examples, follow, schema_of, validator
from twin.live import consumer

# A development dependency of the console, as the official schema is published for npm alone.
OFFICIAL = ROOT / "frontend/console/node_modules/@asyncapi/specs/schemas/3.0.0.json"


def test_it_is_valid_by_the_official_schema() -> None:
    official = Draft7Validator(json.loads(OFFICIAL.read_text(encoding="utf-8")))
    assert [f"{error.json_path}: {error.message[:200]}" for error in official.iter_errors(DOCUMENT)] == []


def test_every_reference_leads_somewhere() -> None:
    for reference in _references(DOCUMENT):
        follow(reference)


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_is_one(name: str) -> None:
    Draft7Validator.check_schema(SCHEMAS[name])


@pytest.mark.parametrize(("message", "example"), list(examples()))
def test_examples_are_as_their_schemas_say(message: str, example: dict[str, Any]) -> None:
    validator(schema_of(message)).validate(example["payload"])
    if "headers" in example:
        validator(schema_of(message, "headers")).validate(example["headers"])


def test_reports_are_the_types_of_the_code() -> None:
    payloads = {payload.__name__: payload for payload in PAYLOADS.values()}
    _assert_same({"Envelope": _without_data(Event), **payloads})


def test_client_messages_are_the_types_of_the_code() -> None:
    _assert_same(
        {
            "ClientHello": consumer.Hello,
            "ClientSubscribe": consumer.Subscribe,
            "ClientLook": consumer.Look,
            "ClientFollow": consumer.Follow,
        }
    )


def test_every_event_type_is_described() -> None:
    described = {
        SCHEMAS[f"{payload.__name__}Event"]["allOf"][1]["properties"]["type"]["const"]: payload
        for payload in PAYLOADS.values()
    }
    assert described == PAYLOADS


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def _without_data(event: type[msgspec.Struct]) -> type[msgspec.Struct]:
    """The envelope alone: its payload is raw bytes, for which msgspec has no schema."""
    fields = [f for f in msgspec.structs.fields(event) if f.name != "data"]
    return msgspec.defstruct("Envelope", [(f.name, f.type, msgspec.field(default=f.default)) for f in fields])


def _assert_same(described: dict[str, type[msgspec.Struct]]) -> None:
    """Each named schema of the document allows what the struct allows."""
    _, in_code = msgspec.json.schema_components(described.values(), ref_template="#/{name}")
    for name, struct in described.items():
        assert _canonical(SCHEMAS[name], DOCUMENT) == _canonical(in_code[struct.__name__], in_code), name


def _canonical(schema: Any, document: dict[str, Any]) -> Any:
    """A schema in one way of writing: references put in, without words for people."""
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _canonical(follow(schema["$ref"], document), document)
    if {"type": "null"} in schema.get("anyOf", []):
        (other,) = (one for one in schema["anyOf"] if one != {"type": "null"})
        return _canonical(other, document) | {"nullable": True}
    kept = {key: value for key, value in schema.items() if key not in ("title", "description", "default")}
    if isinstance(kept.get("type"), list):
        (kept["type"],) = (one for one in kept["type"] if one != "null")
        kept["nullable"] = True
    if "const" in kept:
        kept["enum"] = [kept.pop("const")]
    if "prefixItems" in kept:  # a tuple; both say how many there are
        kept["items"] = kept.pop("prefixItems")[0]
    if "properties" in kept:
        kept["properties"] = {name: _canonical(one, document) for name, one in kept["properties"].items()}
    if "items" in kept:
        kept["items"] = _canonical(kept["items"], document)
    return kept | {key: set(kept.get(key, ())) for key in ("enum", "required")}
