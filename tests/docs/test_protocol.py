"""The examples of docs/protocol.md parse, and say the same as docs/asyncapi.yaml."""

import json
import re
from typing import Any

import pytest

from tests.docs.asyncapi import ROOT, SCHEMAS
from twin.live import consumer

PAGE = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
CONVERSATION = re.findall(r"^(client|server) +(\{.*\})", PAGE, re.MULTILINE)
OPTIONAL = "only where they are set:"  # what follows is in a state only then
INLINE = re.findall(r"`(\{.*?\})`", PAGE)
STATES = ("Case", "Device", "Flag", "Report", "Zone")
SAID = ("Hello", "Snapshot", "Frames", "Stale", "Heartbeat", "Presence", "Movers")
OPS = {SCHEMAS[n]["properties"]["op"]["const"]: n for n in SAID}
HEARD = {SCHEMAS[n]["properties"]["op"]["const"]: n for n in ("ClientLook", "ClientFollow")}


def parse(example: str) -> Any:
    """An example as JSON: `…` stands for what is left out, names stand for numbers."""
    text = example.replace("[…]", "[]").replace("{…}", "{}")
    return json.loads(text.replace("[west,south,east,north]", "[120.2,31.5,120.4,31.7]"))


def test_the_conversation_is_there() -> None:
    assert {who for who, _ in CONVERSATION} == {"client", "server"}


@pytest.mark.parametrize("text", [text for who, text in CONVERSATION if who == "client"])
def test_what_a_client_says_is_understood(text: str) -> None:
    consumer._decode(json.dumps(parse(text)))


@pytest.mark.parametrize("text", [text for who, text in CONVERSATION if who == "server"])
def test_what_the_server_says_has_the_documented_members(text: str) -> None:
    message = parse(text)
    assert set(message) == set(SCHEMAS[OPS[message["op"]]]["properties"])


@pytest.mark.parametrize("text", INLINE)
def test_examples_in_the_text(text: str) -> None:
    example = parse(text)
    if "op" in example:
        schema = (OPS | HEARD)[example["op"]]
    elif "types" in example:
        schema = "Entry"
    else:
        schema = "Change" if "seq" in example else "Feature"
    assert set(example) <= set(SCHEMAS[schema]["properties"])
    assert set(example) >= set(SCHEMAS[schema]["required"])


def test_states_have_the_documented_members() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", PAGE, re.MULTILINE)
    bare = {name: re.sub(r"\(.*?\)", "", members) for name, members in rows}
    table = {name: set(re.findall(r"`(\w+)`", members)) for name, members in bare.items()}
    schemas = {name.lower(): SCHEMAS[f"{name}State"] for name in STATES}
    assert table == {name: set(schema["properties"]) for name, schema in schemas.items()}
    always = {name: set(re.findall(r"`(\w+)`", members.partition(OPTIONAL)[0])) for name, members in bare.items()}
    assert always == {name: set(schema["required"]) for name, schema in schemas.items()}
