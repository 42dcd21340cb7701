"""The few pages and answers that belong to no room: the console's page, the health check, the security headers."""

from pathlib import Path

from django.conf import settings
from django.db import connection
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.utils.deprecation import MiddlewareMixin
from django.views.decorators.cache import never_cache
from django.views.defaults import page_not_found

from twin import problems

# Everything comes from this host: a command room has no internet. Inline styles are needed by the map and the widgets.
POLICY = (
    "default-src 'self'; worker-src 'self' blob:; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline';"
    " connect-src 'self' ws: wss:; frame-ancestors 'self'; base-uri 'self'; form-action 'self'"
)
NOT_BUILT = (
    "<!doctype html><meta charset=utf-8><title>Yiwang</title><p>The console is not built yet."
    " Run <code>make up</code>, or <code>npm ci &amp;&amp; npm run build</code> in <code>frontend/console</code>."
)


class ContentSecurity(MiddlewareMixin):
    """Sends the content security policy with every answer."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response


@never_cache
def console(request: HttpRequest) -> HttpResponse | FileResponse:
    """The console's page; it logs in by itself."""
    page = Path(settings.CONSOLE_DIST) / "index.html"
    if not page.is_file():
        return HttpResponse(NOT_BUILT, status=503)
    return HttpResponse(page.read_bytes())


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """An address that nobody has: a problem to a program, a page to a person."""
    if request.path.startswith("/api/"):
        return problems.answer(404, "There is no such address; /api/docs lists those there are.")
    return page_not_found(request, exception)


@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when this process answers and reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM twin_head")
        (seq,) = cursor.fetchone()
    return JsonResponse({"ok": True, "seq": seq})
