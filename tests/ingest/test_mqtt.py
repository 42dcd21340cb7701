"""MQTT, over the real broker: acknowledged after the commit, waiting while nobody reads, answered where asked."""

import queue
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from django.conf import settings

from dispatch.models import Case, Report
from ingest import mqtt
from ingest.models import DeadLetter
from tests.ingest.conftest import Running
from tests.ingest.deliveries import attributes_of
from tests.small_city import OUTSIDE
from tests.threads import PATIENCE, wait_for

pytestmark = pytest.mark.usefixtures("own_city")
Make = Callable[..., Any]


def topic() -> str:
    return f"{settings.CHANNEL_PREFIX}/events/test"


def taken(*events: dict[str, Any]) -> bool:
    ids = [event["id"] for event in events]
    return Report.objects.filter(message_id__in=ids).count() == len(ids)


def kept() -> int:
    return DeadLetter.objects.filter(topic=topic()).count()


@pytest.fixture
def subscribed(keeper: Make) -> None:
    """Workers have been here before: their sessions at the broker take what is published from now on."""
    ready: queue.Queue[int] = queue.Queue()
    for number in (1, 2):
        client = mqtt.new_client(mqtt.client_id(number))
        client.on_subscribe = lambda *given: ready.put(1)
        mqtt.connect(client, session=True)
        client.subscribe(f"$share/{settings.CHANNEL_PREFIX}-ingest/{mqtt.topics()}", qos=1)
        ready.get(timeout=PATIENCE)
        client.disconnect()
        client.loop_stop()


def test_what_is_published_becomes_cases_in_both_modes_and_the_rest_is_kept(
    subscribed: None, make_event: Make, publish: Make, keeper: Make, running: Running
) -> None:
    plain, in_properties = make_event(), make_event()
    with running(keeper):
        publish(topic(), plain)
        publish(topic(), in_properties["data"], attributes_of(in_properties))
        publish(topic(), "no event")
        wait_for(lambda: taken(plain, in_properties) and kept() == 1, "all three are taken")
    letter = DeadLetter.objects.get(topic=topic())
    assert (letter.channel, letter.reason_code, bytes(letter.raw)) == ("mqtt", "not_cloudevent", b'"no event"')


def test_what_is_published_while_nobody_reads_waits_and_is_taken_once(
    subscribed: None, make_event: Make, publish: Make, keeper: Make, running: Running
) -> None:
    waiting = [make_event() for _ in range(3)]
    for event in waiting:
        publish(topic(), event)
    publish(topic(), "no event")
    for _ in range(2):  # the second worker finds nothing: the first has acknowledged all
        with running(keeper):
            wait_for(lambda: taken(*waiting) and kept() == 1, "what waited is taken")
    assert Case.objects.filter(reports__message_id__in=[event["id"] for event in waiting]).count() == 3


def test_what_was_committed_is_acknowledged_and_not_delivered_again(
    subscribed: None, make_event: Make, publish: Make, keeper: Make, running: Running
) -> None:
    event = make_event()
    publish(topic(), event)
    publish(topic(), "no event")
    with running(keeper):
        wait_for(lambda: taken(event) and kept() == 1, "both are taken")
    came: queue.Queue[bytes] = queue.Queue()
    sessions = [mqtt.new_client(mqtt.client_id(number)) for number in (1, 2)]
    for session in sessions:
        session.on_message = lambda client, userdata, message: came.put(bytes(message.payload))
        mqtt.connect(session, session=True)
    publish(topic(), "marker")
    assert came.get(timeout=PATIENCE) == b'"marker"', "nothing stood before it"
    for session in sessions:
        session.disconnect()
        session.loop_stop()


@pytest.mark.parametrize(
    ("place", "outcome"),
    [("here", "opened"), (None, "to_be_located"), (OUTSIDE, "refused")],
    ids=["case", "parked", "refused"],
)
def test_a_device_that_must_be_sure_is_answered_after_the_commit(
    subscribed: None,
    make_event: Make,
    publish: Make,
    listen: Make,
    keeper: Make,
    running: Running,
    place: Any,
    outcome: str,
) -> None:
    event = (make_event() if place == "here" else make_event(place=place)) | {"receipt": "dev-1"}
    receipt = listen(mqtt.receipts("dev-1"))
    with running(keeper):
        publish(topic(), event)
        answer = orjson.loads(receipt().payload)
        committed = taken(event) or DeadLetter.objects.filter(message_id=event["id"]).exists()
        assert committed, "whoever is answered is in the database"
        assert (answer["source"], answer["id"], answer["outcome"]) == (event["source"], event["id"], outcome)
        publish(topic(), event)
        assert orjson.loads(receipt().payload)["outcome"] == ("refused" if outcome == "refused" else "known")
    if outcome == "opened":
        assert Case.objects.get(number=answer["case"]).reports.get().message_id == event["id"]


def test_without_a_receipt_asked_for_nobody_is_answered(
    subscribed: None, make_event: Make, publish: Make, listen: Make, keeper: Make, running: Running
) -> None:
    receipts = listen(mqtt.receipts("#"))
    silent, asking = make_event(), make_event() | {"receipt": "dev-2"}
    with running(keeper):
        publish(topic(), silent)
        wait_for(lambda: taken(silent), "the silent one is taken")
        publish(topic(), asking)
        assert orjson.loads(receipts().payload)["id"] == asking["id"]
