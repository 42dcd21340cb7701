"""Attachments over HTTP: uploaded first, then named by the act that they prove."""

from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from django.http import FileResponse, HttpRequest
from ninja import File, Form, Router, Status
from ninja.files import UploadedFile

from dispatch.attachments import store
from dispatch.attachments.content import PDF
from dispatch.detail import attachment_out
from dispatch.models.work import AttachmentKind
from twin.problems import Problem, not_found
from twin.session import person

router = Router(tags=["attachments"])


@router.post("/attachments", response={201: dict[str, Any]})
def upload(
    request: HttpRequest,
    file: File[UploadedFile],
    kind: Form[AttachmentKind],
    case: Annotated[int | None, Form(description="id of the case; none: for an act or a report to come")] = None,
) -> Status[dict[str, Any]]:
    """Keep a photo (JPEG, PNG, WebP) or a document (PDF): 10 MB at most, 50 MB of a case."""
    kept = store.add(file, kind.value, person(request), case_id=case, request=request)
    return Status(201, attachment_out(kept))


@router.get("/attachments/{attachment_id}")
def download(request: HttpRequest, attachment_id: UUID) -> FileResponse:
    """The file, for those who may see its case."""
    kept = store.visible(attachment_id, person(request))
    if kept is None:
        raise not_found("attachment", "附件")
    try:
        answer = FileResponse(store.path_of(kept).open("rb"), content_type=kept.content_type)
    except FileNotFoundError as error:
        raise Problem(
            410,
            "The file is gone from where it was kept; its record remains.",
            detail_zh="文件已不在存储中，仅存记录。",
        ) from error
    way = "attachment" if kept.content_type == PDF else "inline"
    answer.headers["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(kept.name)}"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return answer
