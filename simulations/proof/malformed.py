"""`yiwang check malformed`: whatever is sent, no worker falls, and every message is kept with a reason."""

import hashlib
import math
import random
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import orjson
from django.db import connection

from dispatch.models import Report
from ingest import kafka
from simulations.proof.broken import HUGE, KINDS, Kind
from simulations.proof.children import ingest_worker
from simulations.proof.good import event, places
from simulations.proof.outcome import Narrator, Outcome, machine
from simulations.proof.private import PrivateCity
from simulations.proof.publishers import KafkaPublisher, MqttPublisher, Outgoing
from simulations.proof.ready import await_taken, await_workers
from simulations.proof.sender import Sender

WORKERS = 2
GOOD_EVERY = 50  # a good message after so many malformed ones
HUGE_EVERY = 500  # most are small: a gigabyte of blanks would prove no more
SHOWN = 50  # sorts of faults


@dataclass(frozen=True)
class Sent:
    """`kind` None: a good one."""

    kind: Kind | None
    message: Outgoing


def check_malformed(city: PrivateCity, messages: int, seed: int, say: Narrator) -> Outcome:
    say(f"making {messages:,} malformed messages of {len(KINDS) + 1} kinds")
    dice = random.Random(seed)
    sent = list(_messages(messages, dice))
    good = sum(one.kind is None for one in sent)
    with ExitStack() as stack:
        logs = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="yiwang-check-")))
        crew = [stack.enter_context(ingest_worker(city, logs, number)) for number in range(1, WORKERS + 1)]
        await_workers(city, crew)
        say(f"publishing them over MQTT and Kafka, with {good:,} good ones among them")
        began = time.monotonic()
        for sender in _senders(city, sent, dice):
            sender.finish()
        say("all acknowledged; waiting until all is taken")
        await_taken(len(sent), crew, say)
        seconds = time.monotonic() - began
        standing = sum(child.alive() for child in crew)
    reasons, faults = _reckon([one for one in sent if one.kind is not None])
    cases = Report.objects.filter(message_id__startswith="good-", case__isnull=False).count()
    if cases != good:
        faults.append(f"{good} good messages became {cases} cases")
    figures = {
        "malformed": messages,
        "dead_letters": sum(reasons.values()),
        "good": good,
        "good_that_became_cases": cases,
        "workers_that_fell": WORKERS - standing,
        "messages_per_second": round(len(sent) / seconds),
        "reasons": dict(reasons.most_common()),
    }
    conditions = machine() | {"kinds": len(KINDS) + 1, "seed": seed, "workers": WORKERS}
    return Outcome("malformed", figures, conditions, faults=faults)


def _messages(count: int, dice: random.Random) -> Iterator[Sent]:
    """Malformed messages, kind after kind, with good ones and huge ones among them."""
    place = places()[0]
    for number in range(count):
        kind = HUGE if number % HUGE_EVERY == HUGE_EVERY - 1 else KINDS[number % len(KINDS)]
        yield Sent(kind, kind.make(event(f"bad-{number}", place), dice))
        if number % GOOD_EVERY == 0:
            yield Sent(None, Outgoing(orjson.dumps(event(f"good-{number}", place))))


def _senders(city: PrivateCity, sent: Sequence[Sent], dice: random.Random) -> list[Sender]:
    over_kafka: list[Outgoing] = []
    over_mqtt: list[Outgoing] = []
    for one in sent:
        kafka_only = one.kind is not None and one.kind.kafka_only
        (over_kafka if kafka_only or dice.random() < 0.5 else over_mqtt).append(one.message)
    mqtt = MqttPublisher(city.servers.mqtt_url, f"{city.prefix}/events/check")
    broker = KafkaPublisher(city.servers.kafka, kafka.topic(), linger_ms=20)
    senders = [Sender(mqtt, over_mqtt, math.inf), Sender(broker, over_kafka, math.inf)]
    for sender in senders:
        sender.start()
    return senders


def _reckon(sent: Sequence[Sent]) -> tuple[Counter[str], list[str]]:
    """Dead letters by reason, and faults: letters and messages are matched by their bytes."""
    kinds: defaultdict[str, list[Kind]] = defaultdict(list)
    for one in sent:
        assert one.kind is not None
        kinds[hashlib.sha256(one.message.body).hexdigest()].append(one.kind)
    reasons: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT encode(sha256(raw), 'hex'), reason_code, reason_zh, reason_en FROM ingest_deadletter")
        for digest, code, zh, en in cursor:
            reasons[code] += 1
            kept[digest] += 1
            mine = kinds.get(digest, [])
            if not zh or not en:
                faults[f"kept as {code} without a sentence"] += 1
            if not any(code in kind.reasons for kind in mine):
                name = mine[0].name if mine else "a message that was not malformed"
                faults[f"{name}: kept as {code} ({en[:120]})"] += 1
    for digest, sent_as in kinds.items():
        if kept[digest] != len(sent_as):
            faults[f"{sent_as[0].name}: sent {len(sent_as)} times, kept {kept[digest]} times"] += 1
    return reasons, [f"{what} ({times} times)" for what, times in faults.most_common(SHOWN)]
