"""The private servers of a city: PostgreSQL, Mosquitto and Apache Kafka, on the loopback, each in a folder of its own.

with scratch() as home, Postgres(home / "postgresql", free_port()) as postgres:
    psycopg.connect(postgres.url)
"""

from ops.account import scratch
from ops.ports import PortTaken, free_port
from ops.servers.base import Server, ServerFailed, Unavailable
from ops.servers.kafka import Kafka
from ops.servers.mosquitto import Mosquitto
from ops.servers.postgres import Postgres

__all__ = [
    "Kafka", "Mosquitto", "PortTaken", "Postgres", "Server", "ServerFailed", "Unavailable", "free_port", "scratch",
]  # fmt: skip
