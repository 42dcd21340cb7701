"""A city of its own for one run: database, topics and settings, gone again at the end, also after Ctrl-C.

    with private_city(running_servers(), lambda say: store(plain_district(), say), say) as city:
        start_ingest(city, "worker-1")

The city's servers may be used, the city's data are not: the database has a name of its own, and all names in the
brokers begin with a prefix of their own. Inside the block Django, in this process, stands on the private database.
"""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass

import psycopg
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from kafka import KafkaAdminClient
from kafka.errors import KafkaError
from psycopg import sql
from psycopg.conninfo import make_conninfo

from ingest import kafka, mqtt
from ingest.slots import SLOTS
from ops.servers import Kafka, Mosquitto, Postgres, free_port, scratch
from twin.settings import database

Say = Callable[[str], None]


class QuickHasher(PBKDF2PasswordHasher):
    """What the web process can read, without the million rounds: these passwords guard nothing."""

    iterations = 1


class CannotProve(Exception):
    """The run cannot be made here; the sentence says what is missing."""


@dataclass(frozen=True)
class Servers:
    """Where the three servers answer. `postgres` can be restarted: it is set for servers that are thrown away."""

    database_url: str
    mqtt_url: str
    kafka: str
    postgres: Postgres | None = None


@dataclass(frozen=True)
class PrivateCity:
    """A city for one run. `prefix` begins its names in the brokers."""

    servers: Servers
    database_url: str
    prefix: str

    def environment(self, **more: str) -> dict[str, str]:
        """The environment of a process of this city."""
        return os.environ | {
            "YIWANG_DATABASE_URL": self.database_url,
            "YIWANG_MQTT_URL": self.servers.mqtt_url,
            "YIWANG_KAFKA_BOOTSTRAP": self.servers.kafka,
            "YIWANG_CHANNEL_PREFIX": self.prefix,
            **more,
        }


def running_servers() -> Servers:
    """The servers of the running city. Raises CannotProve when one of the three is missing."""
    named = {"YIWANG_MQTT_URL": settings.MQTT_URL, "YIWANG_KAFKA_BOOTSTRAP": settings.KAFKA_BOOTSTRAP}
    for variable, address in named.items():
        if not address:
            raise CannotProve(f"{variable} is not set; 'make up' starts the server and says where it is")
    return Servers(settings.DATABASE_URL, settings.MQTT_URL, settings.KAFKA_BOOTSTRAP)


@contextmanager
def throw_away_servers(say: Say) -> Iterator[Servers]:
    """Three servers that nobody else uses, so that they may be restarted. They end with this process."""
    with ExitStack() as stack:
        home = stack.enter_context(scratch())
        say("starting a PostgreSQL, a Mosquitto and a Kafka to throw away")
        postgres = stack.enter_context(Postgres(home / "postgresql", free_port()))
        mosquitto = stack.enter_context(Mosquitto(home / "mosquitto", free_port()))
        broker = stack.enter_context(Kafka(home / "kafka", free_port(), free_port()))
        yield Servers(postgres.url, mosquitto.url, broker.url, postgres)


@contextmanager
def private_city(servers: Servers, build: Callable[[Say], None], say: Say) -> Iterator[PrivateCity]:
    """Make a city with `build` in a database of its own; at the end drop it and all that it left in the brokers."""
    name = f"yiwang_proof_{secrets.token_hex(4)}"
    city = PrivateCity(servers, make_conninfo(servers.database_url, dbname=name), name)
    with ExitStack() as stack:
        say(f"making the database {name}")
        _administer(servers, "CREATE DATABASE {}", name)
        stack.callback(_administer, servers, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        stack.enter_context(_standing_on(city))
        stack.callback(_clear_brokers)
        call_command("migrate", verbosity=0)
        build(say)
        kafka.ensure_topic()
        yield city


def _administer(servers: Servers, statement: str, name: str) -> None:
    try:
        with psycopg.connect(make_conninfo(servers.database_url, dbname="postgres"), autocommit=True) as admin:
            admin.execute(sql.SQL(statement).format(sql.Identifier(name)))
    except psycopg.OperationalError as error:
        raise CannotProve(f"the database server does not answer; is the city up? ('make up')\n{error}") from error


@contextmanager
def _standing_on(city: PrivateCity) -> Iterator[None]:
    before = dict(connection.settings_dict)
    connection.close()
    # The dictionary is shared by the connections of all threads, as Django's own test databases rely on, too.
    connection.settings_dict.update(database(city.database_url))
    try:
        with override_settings(
            MQTT_URL=city.servers.mqtt_url,
            KAFKA_BOOTSTRAP=city.servers.kafka,
            CHANNEL_PREFIX=city.prefix,
            PASSWORD_HASHERS=[f"{__name__}.{QuickHasher.__name__}"],
        ):
            yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


def _clear_brokers() -> None:
    """Drop the topic, and the sessions that Mosquitto keeps for the slots. A broker that is away keeps what it has."""
    with suppress(OSError):
        for slot in range(1, SLOTS + 1):
            client = mqtt.new_client(mqtt.client_id(slot))
            mqtt.connect(client)  # a clean start ends the session that the same name had
            client.disconnect()
            client.loop_stop()
    with suppress(KafkaError):
        admin = KafkaAdminClient(bootstrap_servers=settings.KAFKA_BOOTSTRAP.split(","))
        try:
            admin.delete_topics([kafka.topic()])
        finally:
            admin.close()
