"""Files in `settings.MEDIA`, each under its attachment's id; the row says what it is and whose."""

import hashlib
import os
import uuid
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q, Sum
from django.http import HttpRequest

from dispatch.attachments.content import PDF, content_type
from dispatch.models import Attachment, Case, Report
from twin import audit, clock
from twin.models import User
from twin.problems import Problem, not_found

MOST_FILE = 10 * 1024 * 1024  # bytes, as cities have it
MOST_CASE = 50 * 1024 * 1024  # bytes of one case together; and of what a person has uploaded for nothing yet


def path_of(attachment: Attachment) -> Path:
    name = attachment.pk.hex
    return Path(settings.MEDIA) / name[:2] / name


def add(
    upload: UploadedFile, kind: str, user: User, *, case_id: int | None = None, request: HttpRequest | None = None
) -> Attachment:
    """Keep a file, for a case or for what the person is going to do. The row is written after the file.

    Raises Problem: 404 for a case that the person may not see, 413 too large, 415 neither photo nor PDF.
    """
    size = upload.size or 0
    if size > MOST_FILE:
        raise Problem(413, "A file has at most 10 MB.", detail_zh="单个文件不能超过 10 MB。")
    found = content_type(upload.read(16))
    if found is None or (found == PDF) != (kind == "document"):
        raise Problem(
            415,
            "Photos are JPEG, PNG or WebP, documents are PDF; this file is something else.",
            detail_zh="照片须为 JPEG、PNG 或 WebP，材料须为 PDF；此文件不是。",
        )
    with transaction.atomic():
        case = None
        if case_id is not None:
            case = Case.objects.visible_to(user.scope).select_for_update().filter(pk=case_id).first()
            if case is None:
                raise not_found("case", "案卷")
        _leave_room(case, user, size)
        attachment = Attachment(
            pk=uuid.uuid4(),
            case=case,
            kind=kind,
            name=_plain(upload.name or ""),
            content_type=found,
            size=size,
            uploaded_by=user,
            uploaded_at=clock.now(),
        )
        attachment.sha256 = _write(upload, path_of(attachment))
        try:
            attachment.save(force_insert=True)
            audit.record(
                "attachment.added", user, "attachment", str(attachment.pk), request=request, case=case_id, kind=kind
            )
        except BaseException:
            path_of(attachment).unlink(missing_ok=True)
            raise
    return attachment


def visible(attachment_id: uuid.UUID, user: User) -> Attachment | None:
    """The attachment, if the person may see its case or report, or has uploaded it for something to come."""
    scope = user.scope
    cases, reports = Case.objects.visible_to(scope), Report.objects.visible_to(scope)
    mine = Q(case=None, report=None, uploaded_by=user)
    allowed = mine | Q(case__in=cases.values("pk")) | Q(report__in=reports.values("pk"))
    return Attachment.objects.filter(allowed, pk=attachment_id).first()


def _leave_room(case: Case | None, user: User, size: int) -> None:
    held = Attachment.objects.filter(case=case) if case else Attachment.objects.filter(
        case=None, report=None, uploaded_by=user
    )  # fmt: skip
    used = held.aggregate(used=Sum("size"))["used"] or 0
    if used + size > MOST_CASE:
        raise Problem(413, "A case has at most 50 MB of files.", detail_zh="每个案件的附件合计不能超过 50 MB。")


def _plain(name: str) -> str:
    """The last part of a name, without what could end a header line."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in last if c.isprintable() and c not in '"')[:200] or "file"


def _write(upload: UploadedFile, path: Path) -> str:
    """Write the file whole or not at all; its SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    digest, part = hashlib.sha256(), path.with_suffix(".part")
    upload.seek(0)
    try:
        with part.open("wb") as file:
            for chunk in upload.chunks():
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return digest.hexdigest()
