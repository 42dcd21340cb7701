"""The README's example messages are sent as they stand, to topics of their own, and become cases."""

import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from dispatch.intake import Opened
from dispatch.models import Case
from dispatch.refusals import Refusal
from ingest import kafka, mqtt, positions
from ingest.pipeline import process
from tests.docs.asyncapi import ROOT
from tests.docs.conftest import bootstrap

README = (ROOT / "README.md").read_text(encoding="utf-8")
FENCES = re.findall(r"^```sh\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
MQTT_EXAMPLE, MQTT_MISTAKE = (fence for fence in FENCES if fence.startswith("mosquitto_pub"))
(KAFKA_EXAMPLE,) = (fence for fence in FENCES if "KafkaProducer" in fence)
(HTTP_EXAMPLE,) = (fence for fence in FENCES if "curl" in fence)

pytestmark = pytest.mark.usefixtures("city")


def put(text: str, **replacements: str) -> str:
    """The text with each word replaced; fails for one that is not there."""
    for word, instead in replacements.items():
        assert word in text, word
        text = text.replace(word, instead)
    return text


def publish(fence: str) -> None:
    """Run the fence's mosquitto_pub against the broker of the tests."""
    line = put(fence.split("\n./yiwang")[0], **{"yiwang/events": mqtt.topics().removesuffix("/#")})
    words = shlex.split(line)
    broker = urlsplit(settings.MQTT_URL)
    for option, value in {"-h": broker.hostname, "-p": str(broker.port)}.items():
        words[words.index(option) + 1] = str(value)
    subprocess.run(words, check=True, timeout=20)


def test_mqtt(listen: Callable[..., Any]) -> None:
    following = listen(mqtt.topics())
    publish(MQTT_EXAMPLE)
    (result,) = process([mqtt.message_of(following(), slot=1)])
    assert isinstance(result.outcome, Opened)
    assert result.outcome.department == "WAT.DRN"


def test_kafka(records: Callable[[int], list[Any]]) -> None:
    code = KAFKA_EXAMPLE.partition("<<'EOF'\n")[2].rpartition("EOF")[0]
    code = put(code, **{"127.0.0.1:18892": bootstrap()[0], "yiwang.events": kafka.topic()})
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
    (record,) = records(1)
    positions.stand(kafka.group(), [(record.topic, record.partition)])
    (result,) = process([kafka.message_of(record)], kafka.group())
    assert isinstance(result.outcome, Opened)


def test_http(client: Client, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    first, _, command = HTTP_EXAMPLE.partition("\n")
    monkeypatch.setattr(settings, "DEMO_CITY", True)
    capsys.readouterr()
    call_command("demo_logins")
    (program,) = re.findall(r"^TOKEN=\$\(\./yiwang demo-logins \| awk '(.*)'\)$", first)
    printed = capsys.readouterr().out
    token = subprocess.run(["awk", program], input=printed, stdout=subprocess.PIPE, text=True, check=True).stdout
    words = shlex.split(put(command, **{"$TOKEN": token.strip()}))
    headers = dict(words[i + 1].split(": ", 1) for i, word in enumerate(words) if word == "-H")
    (url,) = (word for word in words if word.startswith("http://"))
    body = words[words.index("-d") + 1]
    answer = client.post(urlsplit(url).path, body, headers.pop("Content-Type"), headers=headers)
    assert answer.status_code == 201, answer.content
    assert answer.json()["outcome"] == "opened"
    call_command("explain", answer.json()["case"]["number"])
    assert Case.objects.get().place_en


def test_the_mistake(listen: Callable[..., Any]) -> None:
    following = listen(mqtt.topics())
    publish(MQTT_MISTAKE)
    (result,) = process([mqtt.message_of(following(), slot=1)])
    assert isinstance(result.outcome, Refusal)
    assert result.outcome.code == "null_island"


def test_the_login_is_one(client: Client) -> None:
    ((username, password),) = re.findall(r"`([\w-]+)` with the password `([\w-]+)`", README)
    answer = client.post("/api/login", {"username": username, "password": password}, "application/json")
    assert answer.json()["roles"] == ["operator"]
