"""Errors as RFC 9457 problem details: what is wrong, in a sentence that a person can act on."""

from http import HTTPStatus
from typing import Any

import orjson
from django.http import HttpResponse


class Problem(Exception):
    """Raised anywhere below an API view; becomes the answer. `extra` are further members of the problem object."""

    def __init__(self, status: int, detail: str, *, detail_zh: str, **extra: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.extra = {"detail_zh": detail_zh, **extra}


def not_found(thing_en: str, thing_zh: str) -> Problem:
    """It is not there, or not this person's to see: which of both is nobody's business."""
    return Problem(
        404, f"There is no such {thing_en}, or it is not yours to see.", detail_zh=f"没有该{thing_zh}，或无权查看。"
    )


def answer(status: int, detail: str, **extra: Any) -> HttpResponse:
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail} | extra
    return HttpResponse(orjson.dumps(body, default=str), status=status, content_type="application/problem+json")
