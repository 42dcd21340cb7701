"""When a fresh city's workers are ready to take what is published, and when they have taken it all."""

import time
from collections.abc import Sequence

import orjson
from django.db import connection

from dispatch.models import Report
from ingest.models import DeadLetter
from simulations.proof.children import Child
from simulations.proof.good import event, places
from simulations.proof.outcome import Narrator
from simulations.proof.private import CannotProve, PrivateCity
from simulations.proof.publishers import MqttPublisher, Outgoing

PATIENCE = 45.0  # seconds without any progress
PROBE = "probe-"


def await_workers(city: PrivateCity, crew: Sequence[Child]) -> None:
    """Return once a report sent over MQTT has become a case.

    Before its sessions exist Mosquitto drops what nobody listens to; so probes are sent until one arrives. They are
    reports with ids that begin with PROBE.
    """
    publisher = MqttPublisher(city.servers.mqtt_url, f"{city.prefix}/events/probe")
    place = places()[0]
    until = time.monotonic() + PATIENCE
    try:
        while not Report.objects.filter(message_id__startswith=PROBE).exists():
            for child in crew:
                child.must_live()
            if time.monotonic() > until:
                raise CannotProve(f"no worker took a report in {PATIENCE:g} s. The log ends:\n{crew[0].log_end()}")
            publisher.send(Outgoing(orjson.dumps(event(f"{PROBE}{time.monotonic_ns()}", place))))
            time.sleep(0.2)
    finally:
        publisher.close()


def await_taken(messages: int, crew: Sequence[Child], say: Narrator) -> None:
    """Return once there are as many reports and dead letters as messages, or nothing has moved for a long time.

    What is missing then is for the caller to find. Raises CannotProve when a worker has ended.
    """
    connection.close()  # it may be from before a restart of the database
    seen, since = -1, time.monotonic()
    with say.bar("taken", messages) as bar:
        while (taken := _taken()) < messages and time.monotonic() - since < PATIENCE:
            if taken != seen:
                seen, since = taken, time.monotonic()
                bar.reach(taken)
            for child in crew:
                child.must_live()
            time.sleep(0.2)
    time.sleep(1.0)  # a message that is taken twice would come now


def _taken() -> int:
    return Report.objects.exclude(message_id__startswith=PROBE).count() + DeadLetter.objects.count()
