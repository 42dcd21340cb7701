"""What became of the numbered messages, and whether the tables agree with each other."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import orjson
from django.db import connection

from dispatch.models import Report
from ingest.models import DeadLetter
from simulations.proof.numbered import NUMBER, Numbered

SHOWN = 20  # offending numbers in a sentence

# What must be empty -> the rows that would not be.
_NOTHING = {
    "cases with more or less than one report": """
        SELECT c.id FROM dispatch_case c LEFT JOIN dispatch_report r ON r.case_id = c.id
        GROUP BY c.id HAVING count(r.id) <> 1""",
    "reports whose case is not there": """
        SELECT r.id FROM dispatch_report r LEFT JOIN dispatch_case c ON c.id = r.case_id
        WHERE r.state = 'case' AND c.id IS NULL""",
    "reports taken more than once": """
        SELECT message_id FROM dispatch_report GROUP BY source_id, message_id HAVING count(*) > 1""",
    "cases with more or less than one row in the journal": """
        SELECT c.id FROM dispatch_case c
        LEFT JOIN twin_journal j ON j.object_type = 'case' AND j.object_id = c.id::text
        GROUP BY c.id HAVING count(j.seq) <> 1""",
    "journal rows of cases that are not there": """
        SELECT j.seq FROM twin_journal j LEFT JOIN dispatch_case c ON c.id::text = j.object_id
        WHERE j.object_type = 'case' AND c.id IS NULL""",
    "open cases without their feature": """
        SELECT c.id FROM dispatch_case c
        LEFT JOIN twin_feature f ON f.object_type = 'case' AND f.object_id = c.id::text
        WHERE c.closed_at IS NULL AND f.object_id IS NULL""",
    "features without an open case": """
        SELECT f.object_id FROM twin_feature f LEFT JOIN dispatch_case c ON c.id::text = f.object_id
        WHERE f.object_type = 'case' AND (c.id IS NULL OR c.closed_at IS NOT NULL)""",
    "gaps in the journal's sequence": """
        SELECT seq + 1 FROM (SELECT seq, lead(seq, 1, (SELECT seq + 1 FROM twin_head)) OVER (ORDER BY seq) AS following
        FROM twin_journal) rows WHERE following <> seq + 1""",
    "journal rows that stand before an earlier time": """
        SELECT seq FROM (SELECT seq, at, lag(at) OVER (ORDER BY seq) AS before FROM twin_journal) rows
        WHERE before > at""",
}


def found() -> tuple[Counter[int], Counter[int]]:
    """How often each number is there as a report that became a case, and as a dead letter."""
    cases: Counter[int] = Counter()
    for report_id in Report.objects.filter(case__isnull=False).values_list("message_id", flat=True):
        _count(cases, report_id.encode())
    letters: Counter[int] = Counter()
    for message_id, raw, headers in DeadLetter.objects.values_list("message_id", "raw", "headers").iterator():
        _count(letters, str(message_id).encode() + b" " + bytes(raw) + b" " + orjson.dumps(headers))
    return cases, letters


def _count(numbers: Counter[int], text: bytes) -> None:
    match = NUMBER.search(text)
    if match:
        numbers[int(match[1])] += 1


def reckon(sent: Sequence[Numbered]) -> tuple[dict[str, int], list[str]]:
    """Figures and faults; no fault: every number is there once, as what it had to become, and all tables agree."""
    cases, letters = found()
    whole = cases + letters
    wrong = {
        "missing": [one.number for one in sent if not whole[one.number]],
        "there more than once": [number for number, times in whole.items() if times > 1],
        "good, but no case": [one.number for one in sent if not one.bad and letters[one.number]],
        "bad, but a case": [one.number for one in sent if one.bad and cases[one.number]],
    }
    for what, query in _NOTHING.items():
        with connection.cursor() as cursor:
            cursor.execute(query)
            wrong[what] = [key for (key,) in cursor.fetchall()]
    figures = {
        "messages": len(sent),
        "became_cases": len(cases),
        "became_dead_letters": len(letters),
        "missing": len(wrong["missing"]),
        "more_than_once": len(wrong["there more than once"]),
    }
    return figures, [_sentence(what, keys) for what, keys in wrong.items() if keys]


def _sentence(what: str, keys: Sequence[Any]) -> str:
    more = f" and {len(keys) - SHOWN} more" if len(keys) > SHOWN else ""
    return f"{what}: {len(keys)} ({', '.join(map(str, keys[:SHOWN]))}{more})"
