"""Whom the rule that decided asks for help and whom it tells: written for a whole batch by one statement."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

Asked = tuple[int, str]  # id of the case, department
Told = tuple[int, str, str, str, str]  # id of the case, department, in Chinese, in English, exercise

_SQL = """
WITH asked AS (
    INSERT INTO dispatch_jointtask (case_id, department, asked_at, note, opinion)
    SELECT n.case_id, n.department, %s, '', '' FROM unnest(%s::bigint[], %s::text[]) AS n (case_id, department)
)
INSERT INTO dispatch_notice (case_id, at, reason, role, department, text_zh, text_en, seen_by, exercise)
SELECT n.case_id, %s, 'rule', '', n.department, n.text_zh, n.text_en, '{}', n.exercise
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[])
     AS n (case_id, department, text_zh, text_en, exercise)
"""


def write(at: datetime, asked: Sequence[Asked], told: Sequence[Told]) -> None:
    """No statement if there is nothing to write."""
    if not asked and not told:
        return
    joint = [list(column) for column in zip(*asked, strict=True)] or [[], []]
    notices = [list(column) for column in zip(*told, strict=True)] or [[] for _ in range(5)]
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [at, *joint, at, *notices])
