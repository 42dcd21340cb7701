"""The private servers, for real: started, asked, killed, restarted, stopped."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition

from ops.paths import ROOT
from ops.process import Process
from ops.servers import Kafka, Mosquitto, PortTaken, Postgres, Server, free_port, scratch


def assert_gone(server: Server, process: Process | None) -> None:
    assert process is not None
    assert not process.alive()
    assert not server.is_up()
    server.check_ports()  # would raise


def test_postgres_keeps_what_it_committed(home: Path) -> None:
    with Postgres(home / "postgresql", free_port()) as server:
        with psycopg.connect(server.url) as connection:
            connection.execute("CREATE EXTENSION postgis")
            connection.execute("CREATE TABLE kept AS SELECT 1 AS number")
        server.restart(mode="immediate", tied=True)
        with psycopg.connect(server.url) as connection:
            connection.execute("INSERT INTO kept VALUES (2)")
        server.kill()
        server.start(tied=True)
        with psycopg.connect(server.url) as connection:
            assert connection.execute("SELECT array_agg(number) FROM kept").fetchone() == ([1, 2],)
        process = server.process()
    assert_gone(server, process)


def test_postgres_starts_over_a_killed_one_that_nobody_reaped(home: Path) -> None:
    server = Postgres(home / "postgresql", free_port())
    with server:
        pass
    with subprocess.Popen(["true"]) as zombie:
        os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
        (server.data / "postmaster.pid").write_text(f"{zombie.pid}\n{server.data}\n")
        with server:
            assert server.is_up()


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with scratch() as folder, Postgres(folder / "postgresql", free_port()) as server:
        yield server


def test_postgres_acknowledges_only_what_is_safe(postgres: Postgres) -> None:
    with psycopg.connect(postgres.url) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
            assert connection.execute(f"SHOW {setting}").fetchone() == ("on",), setting
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)


def test_postgres_asks_for_its_password(postgres: Postgres) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgresql://yiwang@127.0.0.1:{postgres.port}/yiwang")
    assert (postgres.directory / "password").stat().st_mode & 0o077 == 0


def test_kafka_keeps_what_it_acknowledged(home: Path) -> None:
    with Kafka(home / "kafka", free_port(), free_port()) as server:
        admin = KafkaAdminClient(bootstrap_servers=server.url)
        admin.create_topics({"kept": {"num_partitions": 1, "replication_factor": 1}})
        admin.close()
        producer = KafkaProducer(bootstrap_servers=server.url, acks="all")
        producer.send("kept", b"one").get(10)
        producer.close()
        server.restart(tied=True)
        consumer = KafkaConsumer(bootstrap_servers=server.url, auto_offset_reset="earliest")
        consumer.assign([TopicPartition("kept", 0)])
        assert next(consumer).value == b"one"
        consumer.close()
        process = server.process()
    assert_gone(server, process)


def test_a_second_start_finds_the_first(home: Path) -> None:
    port = free_port()
    with Mosquitto(home / "mosquitto", port) as server:
        again = Mosquitto(home / "mosquitto", port)
        again.start()
        assert again.process() == server.process()


def test_a_taken_port_is_named_with_its_holder(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        holder = Path("/proc/self/comm").read_text().strip()
        with pytest.raises(PortTaken, match=rf"port {port}, wanted for Mosquitto, is held by {holder} \(pid \d+\)"):
            Mosquitto(home / "mosquitto", port).start()


def test_a_server_in_a_with_statement_dies_with_its_starter(home: Path) -> None:
    port = free_port()
    code = f"""
import pathlib, signal
from ops.servers import Mosquitto
with Mosquitto(pathlib.Path({str(home)!r}), {port}):
    print("up", flush=True)
    signal.pause()
"""
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        assert starter.stdout.readline() == "up\n"
        process = Mosquitto(home, port).process()
        starter.send_signal(signal.SIGKILL)
    assert process is not None
    assert process.wait(seconds=10)
