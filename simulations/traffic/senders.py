"""The three ways in, used as outsiders use them: MQTT, Kafka and HTTP."""

import logging
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import httpx
import orjson
from django.conf import settings
from kafka import KafkaProducer
from kafka.errors import KafkaError

from ingest import kafka, mqtt
from simulations.city.seed import demo_token

log = logging.getLogger("demo")


class Senders:
    """Sends each event over its channel; a channel that is away is tried again with the next event."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=10)
        self._mqtt: Any = None
        self._kafka: KafkaProducer | None = None
        self._by_channel: dict[str, Callable[[dict[str, Any]], None]] = {
            "sensor": self._over_mqtt,
            "hotline": self._over_kafka,
            "grid": self._over_http,
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()
        if self._mqtt is not None:
            self._mqtt.disconnect()
            self._mqtt.loop_stop()
        if self._kafka is not None:
            self._kafka.close()

    def send(self, channel: str, event: dict[str, Any]) -> bool:
        """False if the channel could not take it."""
        try:
            self._by_channel[channel](event)
        except (OSError, KafkaError, httpx.HTTPError) as error:
            log.warning("%s could not be sent: %s", event["id"], error)
            return False
        return True

    def _over_mqtt(self, event: dict[str, Any]) -> None:
        if not settings.MQTT_URL:
            raise ConnectionError("the city runs without MQTT")
        if self._mqtt is None:
            client = mqtt.new_client(f"{settings.CHANNEL_PREFIX}-demo-sensors")
            mqtt.connect(client)
            self._mqtt = client
        topic = f"{settings.CHANNEL_PREFIX}/events/sensor/{event['data']['device']}"
        self._mqtt.publish(topic, orjson.dumps(event), qos=1)

    def _over_kafka(self, event: dict[str, Any]) -> None:
        if not settings.KAFKA_BOOTSTRAP:
            raise ConnectionError("the city runs without Kafka")
        if self._kafka is None:
            self._kafka = KafkaProducer(bootstrap_servers=settings.KAFKA_BOOTSTRAP.split(","), acks="all", linger_ms=5)
        header = ("content-type", b"application/cloudevents+json; charset=utf-8")
        self._kafka.send(kafka.topic(), orjson.dumps(event), key=event["id"].encode(), headers=[header])

    def _over_http(self, event: dict[str, Any]) -> None:
        answer = self._http.post(
            "/api/events",
            content=orjson.dumps(event),
            headers={
                "Authorization": f"Bearer {demo_token(event['source'])}",
                "Content-Type": "application/cloudevents+json",
            },
        )
        if answer.status_code >= 500:
            raise httpx.HTTPError(f"the city answered {answer.status_code}")
