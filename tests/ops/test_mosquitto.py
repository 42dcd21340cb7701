"""Mosquitto's settings: its defaults lose messages, and ours must not."""

import threading
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from ops.servers import Mosquitto, free_port

MORE_THAN_THE_DEFAULT_QUEUE = 1500


def client(name: str, **options: Any) -> mqtt.Client:
    return mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, **options)


def subscribe_and_leave(port: int) -> None:
    """Leave a persistent session behind that is subscribed to everything."""
    subscribed = threading.Event()
    absent = client("absent", clean_session=False)
    absent.on_subscribe = lambda *_: subscribed.set()
    absent.connect("127.0.0.1", port)
    absent.loop_start()
    absent.subscribe("#", qos=1)
    assert subscribed.wait(10)
    absent.disconnect()
    absent.loop_stop()


def test_an_absent_session_gets_everything_even_after_a_restart(home: Path) -> None:
    with Mosquitto(home / "mosquitto", free_port()) as server:
        subscribe_and_leave(server.port)
        sender = client("sender")
        sender.connect("127.0.0.1", server.port)
        sender.loop_start()
        sent = [sender.publish("report", str(number), qos=1) for number in range(MORE_THAN_THE_DEFAULT_QUEUE)]
        for message in sent:
            message.wait_for_publish(10)
        sender.loop_stop()

        server.restart(tied=True)

        received: list[int] = []
        complete = threading.Event()

        def receive(_client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
            received.append(int(message.payload))
            if len(received) == MORE_THAN_THE_DEFAULT_QUEUE:
                complete.set()

        returned = client("absent", clean_session=False)
        returned.on_message = receive
        returned.connect("127.0.0.1", server.port)
        returned.loop_start()
        assert complete.wait(10), f"{len(received)} came back"
        returned.loop_stop()
    assert received == list(range(MORE_THAN_THE_DEFAULT_QUEUE))


def test_a_message_that_is_too_large_is_not_acknowledged(home: Path) -> None:
    ended = threading.Event()
    acknowledged: list[int] = []
    with Mosquitto(home / "mosquitto", free_port()) as server:
        sender = client("sender")
        sender.on_publish = lambda _client, _data, number, *_: acknowledged.append(number)
        sender.on_disconnect = lambda *_: ended.set()
        sender.connect("127.0.0.1", server.port)
        sender.loop_start()
        sender.publish("report", bytes(1024 * 1024 + 1), qos=1)
        assert ended.wait(10)
        sender.loop_stop()
    assert acknowledged == []
