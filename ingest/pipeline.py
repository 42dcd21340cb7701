"""A batch of messages in one transaction: decoded, checked against what came before, turned into cases, committed.

The channel acknowledges only after `process` has returned: nothing is lost when a process dies at any line of it.
Nothing is taken twice either: a source's message id is unique in the database, and Kafka positions move in the same
transaction as what the messages became.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, InterfaceError, OperationalError, connection

from dispatch import intake
from dispatch.intake import NewReport, Opened, Parked
from dispatch.refusals import Refusal
from ingest import dead_letters, positions, refusals
from ingest.dead_letters import Letter
from ingest.decode import Decoded, decode
from ingest.message import Message
from ingest.positions import Fenced
from ingest.sources import devices, sources
from twin import journal
from twin.revisions import NotReady

log = logging.getLogger(__name__)

ACTOR = "ingest"
TRIES = 3  # a unique id that another worker commits at the same moment makes a batch fail once


@dataclass(frozen=True, slots=True)
class Duplicate:
    """This source has sent this id before; the case that it became, if it did."""

    case_id: int | None


Outcome = Opened | Parked | Duplicate | Refusal


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a message; the envelope's id and receipt address where they could be read."""

    outcome: Outcome
    source: str = ""
    event_id: str = ""
    receipt: str = ""


def process(messages: Sequence[Message], group: str = "") -> list[Result]:
    """Take a batch in; for each message, in order, what became of it. Returns after the commit.

    Raises OperationalError or InterfaceError when the database is away (nothing was taken: try the same batch again)
    NotReady when the city lacks rules or a catalogue, and Fenced when another worker has these Kafka messages now. Any
    other fault belongs to a message: the batch is halved until that one is found, and it becomes a dead letter.
    """
    fault: Exception
    for _ in range(TRIES):
        try:
            return _process(messages, group)
        except (OperationalError, InterfaceError, Fenced, NotReady):
            raise
        except IntegrityError as error:
            fault = error
        except Exception as error:
            fault = error
            break
    if len(messages) == 1:
        log.exception("a message could not be processed and is kept as a dead letter", exc_info=fault)
        return _keep_unprocessable(messages[0], fault, group)
    middle = len(messages) // 2
    return process(messages[:middle], group) + process(messages[middle:], group)


def _process(messages: Sequence[Message], group: str) -> list[Result]:
    with journal.writing() as said:
        known = said.known
        registered, placed = sources.fresh(known), devices.fresh(known)
        decoded = [decode(message, said.at, registered, placed) for message in messages]
        batch = _Batch(messages, decoded)
        batch.leave_out_known()
        taken = intake.register(said, batch.reports(), ACTOR, known)
        results = batch.results(taken)
        dead_letters.keep(batch.letters)
        dead_letters.mark_resent(batch.mended, said.at)
        positions.move(group, messages)
    return results


class _Batch:
    """A batch on its way through: which messages are new, and what became of each."""

    def __init__(self, messages: Sequence[Message], decoded: Sequence[Decoded | Refusal]) -> None:
        self.messages = messages
        self.decoded = decoded
        self.outcomes: list[Outcome | None] = [None] * len(messages)
        self.letters: list[Letter] = []
        self.mended: list[int] = []  # dead letters whose message has now been taken
        self._kept: dict[int, int] = {}  # position in the batch -> dead letter that holds this message already

    def leave_out_known(self) -> None:
        """Find what was taken before, in this batch or in the database: one statement."""
        first: dict[tuple[int, str], int] = {}
        for i, one in enumerate(self.decoded):
            if isinstance(one, Decoded):
                key = (one.source.id, one.event.id)
                earlier = first.setdefault(key, i)
                if earlier == i:
                    continue
                # Of two with one name the first counts, unless it was refused and the second mends it.
                mends = self.decoded[earlier].refusal is not None and one.refusal is None  # type: ignore[union-attr]
                if mends:
                    first[key] = i
                self.outcomes[earlier if mends else i] = Duplicate(None)
        if not first:
            return
        with connection.cursor() as cursor:
            cursor.execute(_KNOWN, [[key[0] for key in first], [key[1] for key in first]])
            for source_id, message_id, report_id, case_id, letter_id in cursor.fetchall():
                i = first[source_id, message_id]
                if report_id is not None:
                    self.outcomes[i] = Duplicate(case_id)
                else:
                    self._kept[i] = letter_id

    def reports(self) -> list[NewReport]:
        return [self.decoded[i].report for i in self._new()]  # type: ignore[union-attr, misc]

    def results(self, taken: Sequence[intake.Outcome]) -> list[Result]:
        for i, outcome in zip(self._new(), taken, strict=True):
            self.outcomes[i] = outcome
        return [self._result(i) for i in range(len(self.messages))]

    def _new(self) -> list[int]:
        return [
            i
            for i, one in enumerate(self.decoded)
            if isinstance(one, Decoded) and one.report is not None and self.outcomes[i] is None
        ]

    def _result(self, i: int) -> Result:
        one, message = self.decoded[i], self.messages[i]
        outcome = self.outcomes[i]
        if outcome is None:
            outcome = one if isinstance(one, Refusal) else one.refusal
        assert outcome is not None
        letter_id = message.letter_id if message.letter_id is not None else self._kept.get(i)
        if isinstance(outcome, Refusal):
            source_id, event_id = (one.source.id, one.event.id) if isinstance(one, Decoded) else (None, None)
            self.letters.append(Letter(message, outcome, source_id, event_id, letter_id))
        elif letter_id is not None:
            self.mended.append(letter_id)
        if isinstance(one, Refusal):
            return Result(outcome)
        return Result(outcome, one.source.uri, one.event.id, one.event.receipt)


_KNOWN = """
SELECT k.source_id, k.message_id, r.id, r.case_id, d.id
FROM unnest(%s::int[], %s::text[]) AS k (source_id, message_id)
LEFT JOIN dispatch_report r ON r.source_id = k.source_id AND r.message_id = k.message_id
LEFT JOIN ingest_deadletter d ON d.source_id = k.source_id AND d.message_id = k.message_id
WHERE r.id IS NOT NULL OR d.id IS NOT NULL
"""


def _keep_unprocessable(message: Message, fault: Exception, group: str) -> list[Result]:
    refusal = refusals.unprocessable(f"{type(fault).__name__}: {fault}"[:500].replace("\x00", ""))
    with journal.writing():
        dead_letters.keep([Letter(message, refusal, None, None, kept_as=message.letter_id)])
        positions.move(group, [message])
    return [Result(refusal)]
