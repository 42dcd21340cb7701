"""Errors as RFC 9457 problem details: what is wrong, in a sentence that a person can act on."""

from http import HTTPStatus
from typing import Any

import orjson
from django.http import HttpResponse


class Problem(Exception):
    """Raised anywhere below an API view; becomes the answer. `extra` are further members of the problem object."""

    def __init__(self, status: int, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.extra = extra


def answer(status: int, detail: str, **extra: Any) -> HttpResponse:
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail} | extra
    return HttpResponse(orjson.dumps(body, default=str), status=status, content_type="application/problem+json")
