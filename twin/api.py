"""The HTTP API: one OpenAPI document at /api/openapi.json, a page for it at /api/docs. Rooms hang their routers in."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import SessionAuth

from twin import problems
from twin.problems import Problem


class LoggedIn(SessionAuth):
    """A person with a session; changes need the CSRF token too."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Any | None:
        return request.user if request.user.is_authenticated else None


api = NinjaAPI(title="Yiwang 一网", version="1", auth=LoggedIn(), docs_url="/docs")


@api.exception_handler(Problem)
def on_problem(request: HttpRequest, error: Problem) -> HttpResponse:
    return problems.answer(error.status, error.detail, **error.extra)


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    where = "; ".join(f"{'.'.join(map(str, e['loc'][1:]))}: {e['msg']}" for e in error.errors)
    return problems.answer(422, where, detail_zh=f"请求有误：{where}", errors=error.errors)


@api.exception_handler(DataError)
def on_unstorable(request: HttpRequest, error: DataError) -> HttpResponse:
    return problems.answer(
        422,
        "The database cannot hold this: a text has the character U+0000, or a number is too large.",
        detail_zh="数据库无法保存：文本含有字符 U+0000，或数字过大。",
    )


@api.exception_handler(RequestDataTooBig)
def on_too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return problems.answer(
        413,
        f"More than {settings.DATA_UPLOAD_MAX_MEMORY_SIZE} bytes are not read; send less.",
        detail_zh=f"内容超过 {settings.DATA_UPLOAD_MAX_MEMORY_SIZE} 字节，请减少后再发。",
    )


@api.exception_handler(AuthenticationError)
def on_stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problems.answer(
        401, "Log in first, or send the token of a registered source.", detail_zh="请先登录，或使用已登记来源的令牌。"
    )


@api.exception_handler(Http404)
def on_missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return problems.answer(
        404, str(error) or "There is nothing here, or you may not see it.", detail_zh="没有该内容，或无权查看。"
    )


@api.exception_handler(PermissionDenied)
def on_denied(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    return problems.answer(403, str(error) or "Your roles do not allow this.", detail_zh="您的角色无权执行此操作。")


@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problems.answer(error.status_code, str(error))


api.add_router("", "twin.session.router")
api.add_router("/history", "twin.history.api.router")
api.add_router("", "geo.api.router")
api.add_router("", "dispatch.api.router")
api.add_router("", "dispatch.history.router")
api.add_router("/search", "twin.search.router")
api.add_router("", "ingest.api.router")
api.add_router("", "ingest.moving_api.router")
