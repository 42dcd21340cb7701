"""Moments: from a time to the journal's sequence and back, and how far back the journal reaches."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from twin.history import keyframes
from twin.problems import Problem


@dataclass(frozen=True)
class Moment:
    """The city after the row `seq`; `at` is the time of that row, or the later time that was asked for. UTC."""

    seq: int
    at: datetime

    def out(self) -> dict[str, object]:
        return {"seq": self.seq, "at": shown(self.at)}


def shown(at: datetime) -> datetime:
    """A moment's time as clients get it: up to the next millisecond, so that to ask for it finds the moment again.

    Browsers know no microseconds; cut off, they would lead to the row before.
    """
    return at + timedelta(microseconds=-at.microsecond % 1000)


@dataclass(frozen=True)
class Reach:
    """What can be asked for: the first and the last moment. `rows_from` is the journal's first row that is kept."""

    epoch: str
    first: Moment
    last: Moment
    rows_from: int


def reach() -> Reach:
    """Raises Problem 404 where nothing has ever happened."""
    epoch, newest = _one("SELECT epoch::text, seq FROM twin_head")
    oldest = _one("SELECT min(seq) FROM twin_journal")[0]
    if oldest is None:
        raise Problem(404, "Nothing has happened in this city yet.", detail_zh="城市中尚未发生任何变更。")
    return Reach(epoch, _first(oldest), Moment(newest, time_of(newest)), oldest)


def _first(oldest: int) -> Moment:
    """Where the first rows are gone, history begins at a keyframe after which all rows are kept."""
    if oldest > 1:
        found = _one("SELECT seq, at FROM twin_keyframe WHERE seq >= %s ORDER BY seq LIMIT 1", oldest - 1)
        if found is not None:
            return Moment(*found)
    return Moment(oldest, time_of(oldest))


def find(reach: Reach, *, at: datetime | None = None, seq: int | None = None) -> Moment:
    """The moment of a time, or of a sequence: all rows up to and including it; without either, the last one.

    Raises Problem: 410 before the history begins, 422 for both, for a time without a zone or a sequence to come.
    """
    if at is not None and seq is not None:
        raise Problem(422, "Give a time or a sequence, not both.", detail_zh="时间和序号只能给出一个。")
    if at is not None:
        return _at(reach, at)
    if seq is None:
        return reach.last
    if seq > reach.last.seq:
        raise Problem(
            422, f"The journal is at {reach.last.seq} only.", detail_zh=f"变更日志目前只到 {reach.last.seq}。"
        )
    if seq < reach.first.seq:
        raise _gone(reach)
    return Moment(seq, time_of(seq))


def _at(reach: Reach, at: datetime) -> Moment:
    if at.tzinfo is None:
        raise Problem(422, f"{at} has no time zone; write 2026-05-01T08:00:00Z.", detail_zh="时间缺少时区。")
    if at >= reach.last.at:
        return Moment(reach.last.seq, at)
    if at < reach.first.at:
        raise _gone(reach)
    return Moment(last_before(at, reach.first.seq, reach.last.seq), at)


def _gone(reach: Reach) -> Problem:
    return Problem(
        410,
        f"The city's history begins at {reach.first.at:%Y-%m-%d %H:%M:%S} UTC (sequence {reach.first.seq}).",
        detail_zh=f"城市的历史始于 {reach.first.at:%Y-%m-%d %H:%M:%S} UTC（序号 {reach.first.seq}）。",
        first_seq=reach.first.seq,
        first_at=reach.first.at,
    )


def time_of(seq: int) -> datetime:
    """The time of a row; raises LookupError if it is not there."""
    found = _one("SELECT at FROM twin_journal WHERE seq = %s", seq)
    if found is None:
        raise LookupError(f"the journal has no row {seq}")
    return found[0]


def last_before(at: datetime, low: int, high: int) -> int:
    """The last row at or before a time, given one (`low`) that is and one (`high`) that may be.

    A search by halves, in one statement: times never go back as numbers grow, and numbers have no gaps, so it needs
    no index on the time, which every write would pay for.
    """
    return int(_one(_HALVES, low, high, at, at)[0])


_HALVES = """
WITH RECURSIVE half (low, high) AS (
    SELECT %s::bigint, %s::bigint
    UNION ALL
    SELECT CASE WHEN row.at <= %s THEN middle ELSE low END, CASE WHEN row.at <= %s THEN high ELSE middle - 1 END
    FROM half, LATERAL (SELECT (low + high + 1) / 2 AS middle) AS m,
         LATERAL (SELECT at FROM twin_journal WHERE seq = middle) AS row
    WHERE low < high
)
SELECT low FROM half ORDER BY high - low LIMIT 1
"""


def _one(sql: str, *parameters: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchone()


def keyframe_for(reach: Reach, seq: int) -> keyframes.Keyframe:
    """The keyframe from which the rows up to `seq` are applied. Raises Problem 503 while keyframes are still made."""
    found = keyframes.at_or_before(seq) or keyframes.NOTHING
    if found.seq < reach.rows_from - 1 or seq - found.seq > MOST_ROWS:
        raise Problem(
            503,
            f"Keyframes are still being made: they reach sequence {found.seq}. Ask again in a minute; if that does not"
            " help, see that the clock process runs.",
            detail_zh=f"关键帧正在生成，目前到序号 {found.seq}。请稍后再试；如仍无效，请检查 clock 进程。",
            keyframes_until=found.seq,
        )
    return found


MOST_ROWS = 500_000  # since the last keyframe; a storm of reports can be ahead of the clock process for a while
