"""Dead letters: kept with their bytes and a reason, listed, and sent through again after the mend."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dispatch.refusals import Refusal
from ingest.message import Message
from ingest.models import DeadLetter, DeadLetterState
from twin.journal import copying, dump


@dataclass(frozen=True, slots=True)
class Letter:
    """A refused message. `kept_as` is the dead letter that holds it already: its reason is brought up to date."""

    message: Message
    refusal: Refusal
    source_id: int | None
    message_id: str | None
    kept_as: int | None = None


_COPY = (
    "COPY ingest_deadletter (received_at, channel, topic, headers, raw, source_id, message_id, delivery,"
    " reason_code, reason_zh, reason_en, state) FROM STDIN"
)


def keep(letters: Sequence[Letter]) -> None:
    """Write a batch of dead letters inside the current transaction."""
    for letter in letters:
        if letter.kept_as is not None:
            _renew(letter, letter.kept_as)
    fresh = [letter for letter in letters if letter.kept_as is None]
    again = _delivered_before(fresh)
    fresh = [letter for letter in fresh if not (letter.message.redelivered and letter.message.delivery in again)]
    if not fresh:
        return
    with copying(_COPY) as copy:
        for letter in fresh:
            m, why = letter.message, letter.refusal
            copy.write_row(
                (m.received_at, m.channel, m.topic, dump(headers_of(m)), m.body, letter.source_id, letter.message_id)
                + (m.delivery, why.code, storable(why.zh), storable(why.en), DeadLetterState.WAITING.value)
            )


def headers_of(message: Message) -> dict[str, Any]:
    """What a channel said beside the bytes, as text that PostgreSQL can keep."""
    attributes = {storable(k): storable(v) for k, v in message.attributes.items()}
    return {"content_type": storable(message.content_type), "attributes": attributes}


def storable(text: str) -> str:
    """Text without what PostgreSQL cannot keep: U+0000 and lone surrogates."""
    return text.replace("\x00", "\\0").encode("utf-8", "backslashreplace").decode()


def _renew(letter: Letter, letter_id: int) -> None:
    """The same id was refused again, perhaps with other bytes: reason and bytes belong together."""
    m, why = letter.message, letter.refusal
    DeadLetter.objects.filter(pk=letter_id).update(
        received_at=m.received_at,
        channel=m.channel,
        topic=m.topic,
        headers=headers_of(m),
        raw=m.body,
        reason_code=why.code,
        reason_zh=storable(why.zh),
        reason_en=storable(why.en),
        state=DeadLetterState.WAITING,
    )


def _delivered_before(letters: Sequence[Letter]) -> set[str]:
    """Deliveries that were committed, but whose acknowledgement the broker never got. Most batches have none."""
    marked = [letter.message.delivery for letter in letters if letter.message.redelivered and letter.message.delivery]
    if not marked:
        return set()
    found = DeadLetter.objects.filter(delivery__in=marked).values_list("delivery", flat=True)
    return {delivery for delivery in found if delivery is not None}


def mark_resent(letter_ids: Sequence[int], at: datetime) -> None:
    """These dead letters have become reports."""
    if letter_ids:
        DeadLetter.objects.filter(pk__in=letter_ids).update(state=DeadLetterState.RESENT, resent_at=at)


def message_of(letter: DeadLetter) -> Message:
    """The message as it was delivered, ready to be processed again."""
    return Message(
        channel=letter.channel,
        body=bytes(letter.raw),
        received_at=letter.received_at,
        topic=letter.topic,
        content_type=letter.headers.get("content_type", ""),
        attributes=letter.headers.get("attributes", {}),
        letter_id=letter.pk,
    )
