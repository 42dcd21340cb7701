"""The same Idempotency-Key, the same answer: kept in the transaction of the act, so that there is none without it."""

from collections.abc import Callable

import orjson
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from dispatch.models import GivenAnswer, SystemToken
from dispatch.outbound.tokens import digest
from twin import problems
from twin.problems import Problem

HEADER = "Idempotency-Key"
LONGEST = 120
Work = Callable[[], HttpResponse]


def once(request: HttpRequest, token: SystemToken, work: Work) -> HttpResponse:
    """Do `work`, or give the answer that this key was given before. Without the header: just do it.

    Refusals are answers too. What may pass by itself (5xx) is not kept, so that the same key can try again.
    Raises Problem 422 where a key comes again with another request.
    """
    key = request.headers.get(HEADER, "")
    if not key:
        return work()
    if len(key) > LONGEST:
        raise Problem(
            422, f"An {HEADER} has {LONGEST} characters at most.", detail_zh=f"{HEADER} 最多 {LONGEST} 个字符。"
        )
    asked = digest(f"{request.method} {request.path}\n".encode() + request.body)
    with transaction.atomic():
        # The second of two at the same time waits here until the first has committed, and finds its answer.
        GivenAnswer.objects.bulk_create(
            [GivenAnswer(token=token, key=key, digest=asked, at=timezone.now())], ignore_conflicts=True
        )
        given = GivenAnswer.objects.select_for_update().get(token=token, key=key)
        if given.digest != asked:
            raise Problem(
                422,
                f"This {HEADER} was used for another request; take a new one for each step.",
                detail_zh=f"该 {HEADER} 已用于另一请求，每一步请用新的。",
            )
        if given.status:
            answer = HttpResponse(given.body, status=given.status, content_type=_type(given.status))
            answer.headers["Idempotency-Replayed"] = "true"
            return answer
        answer = _outcome(work)
        given.status, given.body = answer.status_code, answer.content.decode()
        given.save(update_fields=["status", "body"])
    return answer


def _outcome(work: Work) -> HttpResponse:
    """The answer, also where it is a refusal: what the work did is taken back then, and the refusal stays."""
    try:
        with transaction.atomic():
            return work()
    except Problem as problem:
        if problem.status >= 500:
            raise
        return problems.answer(problem.status, problem.detail, **problem.extra)
    except PermissionDenied as denied:
        return problems.answer(403, str(denied))


def _type(status: int) -> str:
    return "application/json" if status < 400 else "application/problem+json"


def as_json(body: object) -> HttpResponse:
    return HttpResponse(orjson.dumps(body, default=str), content_type="application/json")
