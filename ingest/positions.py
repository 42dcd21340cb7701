"""Kafka positions, kept in the database so that they move together with what the messages became."""

from collections.abc import Iterable, Sequence

from django.db import connection

from ingest.message import Message, Position


class Fenced(Exception):
    """Another worker has taken these messages: this one has lost the partition and must look where it stands."""


def stand(group: str, partitions: Iterable[tuple[str, int]]) -> dict[tuple[str, int], int]:
    """The next offset of each partition; 0 for one that was never read."""
    wanted = list(partitions)
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO ingest_kafkaposition ("group", topic, partition, next_offset)'
            " SELECT %s, topic, partition, 0 FROM unnest(%s::text[], %s::int[]) AS p (topic, partition)"
            " ON CONFLICT DO NOTHING",
            [group, [t for t, _ in wanted], [p for _, p in wanted]],
        )
        cursor.execute(
            'SELECT topic, partition, next_offset FROM ingest_kafkaposition WHERE "group" = %s AND topic = ANY(%s)',
            [group, sorted({t for t, _ in wanted})],
        )
        found = {(topic, partition): offset for topic, partition, offset in cursor.fetchall()}
    return {key: found[key] for key in wanted}


def move(group: str, messages: Sequence[Message]) -> None:
    """Move on past the messages, inside their transaction. One statement for all partitions.

    Raises Fenced when a partition already stands beyond its first message: a worker that was slow, or cut off while
    its partitions were given away, cannot commit what another has committed. The rows are locked in one order, so
    that two workers never wait for each other.
    """
    spans: dict[tuple[str, int], tuple[int, int]] = {}
    for position in (message.position for message in messages):
        if isinstance(position, Position):
            key = (position.topic, position.partition)
            first, _ = spans.get(key, (position.offset, 0))
            spans[key] = (first, position.offset + 1)
    if not spans:
        return
    keys = sorted(spans)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ingest_kafkaposition p SET next_offset = s.next"
            " FROM (SELECT * FROM unnest(%s::text[], %s::int[], %s::bigint[], %s::bigint[])"
            "       AS s (topic, partition, first, next) ORDER BY 1, 2) s"
            ' WHERE p."group" = %s AND p.topic = s.topic AND p.partition = s.partition AND p.next_offset <= s.first',
            [
                [t for t, _ in keys],
                [p for _, p in keys],
                [spans[key][0] for key in keys],
                [spans[key][1] for key in keys],
                group,
            ],
        )
        if cursor.rowcount != len(keys):
            raise Fenced(f"another worker has read on in {', '.join(f'{t}/{p}' for t, p in keys)}")
