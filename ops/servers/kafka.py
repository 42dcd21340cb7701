"""A private Apache Kafka: one node in KRaft mode, broker and controller in one process."""

import base64
import os
import re
import shutil
import socket
import struct
import subprocess
import uuid
from functools import cache
from pathlib import Path

from ops import account, paths, ports
from ops.servers.base import Server, Unavailable

SETTINGS = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller_port}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data}

offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
# A killed broker is let in again when its old session has ended: the default is 9 s.
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500

num.partitions=8
message.max.bytes=1048576
# A sender that misspells a topic gets an error, instead of a new topic that nobody reads.
auto.create.topics.enable=false

# What is acknowledged is in the kernel's page cache: it survives the broker's death, not the machine's. A second
# replica is Kafka's remedy; flushing every message (log.flush.interval.messages=1) is the one of a single node, at a
# tenth of the speed. Ours may be killed at any time, and its machine is not expected to lose power.
log.retention.hours=168
log.segment.bytes=134217728
"""


class Kafka(Server):
    name = "kafka"
    title = "Kafka"

    def __init__(self, directory: Path, port: int, controller_port: int, *, log: Path | None = None) -> None:
        super().__init__(directory, port, log=log)
        self.controller_port = controller_port
        self._libs = directory / "libs"

    @property
    def url(self) -> str:
        """The bootstrap address."""
        return f"{ports.HOST}:{self.port}"

    @property
    def ports(self) -> tuple[int, ...]:
        return (self.port, self.controller_port)

    def _prepare(self) -> None:
        self._take_jars()
        settings = self._write(
            "server.properties",
            SETTINGS.format(port=self.port, controller_port=self.controller_port, data=self.data),
        )
        if not (self.data / "meta.properties").exists():
            self._format(settings)

    def _format(self, settings: Path) -> None:
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").replace("-", "_")
        command = self._java("kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(settings))
        self._run(command, "Kafka's storage could not be formatted")

    def _command(self) -> list[str]:
        return self._java("kafka.Kafka", str(self.directory / "server.properties"))

    def _java(self, main: str, *arguments: str) -> list[str]:
        options = ["-Xms256m", "-Xmx512m", "-XX:+UseSerialGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]
        return [java(), *options, "-cp", f"{self._libs}/*", main, *arguments]

    def _take_jars(self) -> None:
        """Link the jars that the set-up fetched; copy them where the service account cannot get to the clone."""
        if not any(paths.KAFKA_LIBS.glob("kafka_*.jar")):
            raise Unavailable(f"Kafka's jars are not in {paths.KAFKA_LIBS}")
        if self._libs.is_symlink():
            self._libs.unlink()
        shutil.rmtree(self._libs, ignore_errors=True)
        if account.can_reach(paths.KAFKA_LIBS / "x"):
            self._libs.symlink_to(paths.KAFKA_LIBS)
        else:
            shutil.copytree(paths.KAFKA_LIBS, self._libs)

    def _answers(self) -> bool:
        """ApiVersions, the first request of every client, which the broker answers once it has joined its cluster."""
        api_versions, version, correlation, no_client = 18, 0, 1, -1
        request = struct.pack(">hhih", api_versions, version, correlation, no_client)
        try:
            with socket.create_connection((ports.HOST, self.port), timeout=2) as connection:
                connection.sendall(struct.pack(">i", len(request)) + request)
                answer = connection.recv(10)
        except OSError:
            return False
        return len(answer) == 10 and answer[4:] == struct.pack(">ih", correlation, 0)


@cache
def java() -> str:
    """A Java 17 or later that the service account can start."""
    places = [Path(os.environ["JAVA_HOME"], "bin/java")] if "JAVA_HOME" in os.environ else []
    if on_path := shutil.which("java"):
        places.append(Path(on_path))
    places += sorted(Path("/usr/lib/jvm").glob("*/bin/java"), reverse=True)
    for place in places:
        if place.exists() and account.can_reach(place.resolve()) and _version(place) >= 17:
            return str(place)
    raise Unavailable("Java 17 or later is not installed (apt-get install openjdk-17-jre-headless)")


def _version(program: Path) -> int:
    said = subprocess.run([program, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', said)
    return int(found[1]) if found else 0
