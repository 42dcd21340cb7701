"""`yiwang check exactly-once`: every message is there once, whatever is killed or restarted while it is on its way."""

import random
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from ingest import kafka
from simulations.proof.children import Child, ingest_worker
from simulations.proof.numbered import Numbered, write
from simulations.proof.outcome import Narrator, Outcome, machine
from simulations.proof.private import PrivateCity
from simulations.proof.publishers import KafkaPublisher, MqttPublisher
from simulations.proof.ready import await_taken, await_workers
from simulations.proof.reckoning import reckon
from simulations.proof.sender import Sender

WORKERS = 2
PAUSE = 2.5  # mean seconds between two blows: a worker is at work again 2 s after it was killed


def check_exactly_once(
    city: PrivateCity, messages: int, kills: int, restarts: int, seed: int, say: Narrator
) -> Outcome:
    """`city` stands on servers that are thrown away."""
    dice = random.Random(seed)
    sent = write(messages, dice)
    began = time.monotonic()
    with ExitStack() as stack:
        logs = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="yiwang-check-")))
        crew = [ingest_worker(city, logs, number) for number in range(1, WORKERS + 1)]
        stack.callback(_stop, crew)
        await_workers(city, crew)
        rate = messages / (PAUSE * (kills + restarts + 1))
        say(f"publishing {messages:,} messages, {rate:.0f} a second; {kills} kills and {restarts} restarts")
        senders = _senders(city, sent, rate / 2)
        _strike(city, crew, logs, ["kill"] * kills + ["restart"] * restarts, dice, say)
        for sender in senders:
            sender.finish()
        say("all acknowledged; waiting until all is taken")
        await_taken(messages, crew, say)
    figures, faults = reckon(sent)
    done: dict[str, Any] = {"workers_killed": kills, "postgresql_restarted": restarts}
    done["sent_again_by_publishers"] = sum(sender.publisher.resent for sender in senders)
    done["seconds"] = round(time.monotonic() - began, 1)
    conditions = machine() | {"workers": WORKERS, "channels": "MQTT QoS 1 and Kafka, half each", "seed": seed}
    return Outcome("exactly-once", figures | done, conditions, faults=faults)


def _stop(crew: Sequence[Child]) -> None:
    for child in crew:
        child.stop()


def _senders(city: PrivateCity, sent: Sequence[Numbered], rate: float) -> list[Sender]:
    outgoing = [one.message for one in sent]
    mqtt = MqttPublisher(city.servers.mqtt_url, f"{city.prefix}/events/check", f"{city.prefix}-publisher")
    senders = [
        Sender(mqtt, outgoing[0::2], rate),
        Sender(KafkaPublisher(city.servers.kafka, kafka.topic()), outgoing[1::2], rate),
    ]
    for sender in senders:
        sender.start()
    return senders


def _strike(
    city: PrivateCity, crew: list[Child], logs: Path, blows: list[str], dice: random.Random, say: Narrator
) -> None:
    """Kill workers and restart PostgreSQL, in any order, while messages come in."""
    dice.shuffle(blows)
    restarts = 0
    for blow in blows:
        time.sleep(PAUSE * dice.uniform(0.5, 1.5))
        if blow == "kill":
            number = dice.randrange(len(crew))
            crew[number].must_live()
            crew[number].kill()
            crew[number] = ingest_worker(city, logs, number + 1)
            say(f"killed worker {number + 1}")
        else:
            mode = ("fast", "immediate")[restarts % 2]
            restarts += 1
            assert city.servers.postgres is not None
            city.servers.postgres.restart(mode=mode, tied=True)  # type: ignore[arg-type]
            say(f"restarted PostgreSQL ({mode})")
