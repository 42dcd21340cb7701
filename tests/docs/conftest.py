"""The real brokers, under names of their own."""

from tests.brokers import bootstrap, kafka_topic, listen, mqtt_client, own_channels, produce, publish, records

__all__ = ["bootstrap", "kafka_topic", "listen", "mqtt_client", "own_channels", "produce", "publish", "records"]
