"""Photos and papers: what is taken, what is refused, and who may look at them."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dispatch.attachments import cleaning, store
from dispatch.models import Attachment, Case
from tests.dispatch.people import PNG
from tests.dispatch.times import city_is_at
from twin import clock
from twin.models import AuditRow, Role, User

pytestmark = pytest.mark.usefixtures("city", "media")
Make = Callable[..., Any]
JPEG, WEBP, PDF = b"\xff\xd8\xff\xe0" + b"\0" * 20, b"RIFF\0\0\0\0WEBPVP8 ", b"%PDF-1.7\n"


@pytest.fixture
def worker(make_person: Make) -> User:
    user: User = make_person(Role.DEPARTMENT, ["UMB"])
    return user


def send(client: Client, body: bytes, name: str = "a.png", kind: str = "after", **more: Any) -> Any:
    return client.post("/api/attachments", {"file": SimpleUploadedFile(name, body), "kind": kind, **more})


@pytest.mark.parametrize(
    ("body", "kind", "found"),
    [(PNG, "after", "image/png"), (JPEG, "before", "image/jpeg"), (WEBP, "scene", "image/webp")]
    + [(PDF, "document", "application/pdf")],
)
def test_what_is_taken_comes_back_as_it_was(
    client: Client, worker: User, case: Case, body: bytes, kind: str, found: str
) -> None:
    client.force_login(worker)
    answer = send(client, body, "近景 1.txt", kind, case=case.pk)
    assert (answer.status_code, answer.json()["content_type"], answer.json()["size"]) == (201, found, len(body))
    got: Any = client.get(answer.json()["url"])
    assert b"".join(got.streaming_content) == body
    assert (got["Content-Type"], got["X-Content-Type-Options"]) == (found, "nosniff")
    way = "attachment" if kind == "document" else "inline"
    assert got["Content-Disposition"] == f"{way}; filename*=UTF-8''%E8%BF%91%E6%99%AF%201.txt"
    assert "sandbox" in got["Content-Security-Policy"]
    assert AuditRow.objects.get(act="attachment.added").user == worker


def test_what_nobody_has_used_for_a_day_is_removed(worker: User, case: Case) -> None:
    used, unused = (store.add(SimpleUploadedFile("a.png", PNG), "after", worker) for _ in range(2))
    Attachment.objects.filter(pk=used.pk).update(case=case)
    city_is_at(clock.now() + timedelta(hours=23))
    cleaning.turn()
    assert Attachment.objects.count() == 2, "somebody may still be filling in the form"
    city_is_at(clock.now() + timedelta(hours=2))
    cleaning.turn()
    assert list(Attachment.objects.all()) == [used]
    assert (store.path_of(used).exists(), store.path_of(unused).exists()) == (True, False)
    assert AuditRow.objects.get(act="attachment.removed").object_id == str(unused.pk)
    assert "dispatch.attachments.cleaning.turn" in settings.CLOCK_TURNS


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"<svg xmlns='http://www.w3.org/2000/svg'>", "after"), (b"<html>", "document"), (b"", "after")]
    + [(PDF, "after"), (PNG, "document"), (b"GIF89a", "scene")],
)
def test_what_is_neither_photo_nor_paper_is_refused(
    client: Client, worker: User, case: Case, media: Path, body: bytes, kind: str
) -> None:
    client.force_login(worker)
    answer = send(client, body, "a.png", kind, case=case.pk)
    assert answer.status_code in (415, 422), "whatever its name says"
    assert not Attachment.objects.exists()
    assert not list(media.rglob("*"))


def test_a_file_and_a_case_have_their_bounds(
    client: Client, worker: User, case: Case, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MOST_FILE", 100)
    monkeypatch.setattr(store, "MOST_CASE", 150)
    client.force_login(worker)
    assert send(client, PNG + b"\0" * 100, case=case.pk).status_code == 413
    assert send(client, PNG.ljust(90, b"\0"), case=case.pk).status_code == 201
    full = send(client, PNG.ljust(90, b"\0"), case=case.pk)
    assert (full.status_code, full.json()["detail_zh"]) == (413, "每个案件的附件合计不能超过 50 MB。")
    assert len([path for path in media.rglob("*") if path.is_file()]) == 1


def test_a_photo_is_seen_by_those_who_see_its_case(client: Client, worker: User, case: Case, make_person: Make) -> None:
    client.force_login(worker)
    url = send(client, PNG, case=case.pk).json()["url"]
    for user, status in [(make_person(Role.OPERATOR), 200), (make_person(Role.DEPARTMENT, ["WAT"]), 404)]:
        client.force_login(user)
        assert client.get(url).status_code == status
    client.logout()
    assert client.get(url).status_code == 401
    client.force_login(make_person(Role.DEPARTMENT, ["WAT"]))
    assert send(client, PNG, case=case.pk).status_code == 404


def test_what_was_uploaded_before_belongs_to_the_act_that_names_it(
    client: Client, worker: User, case: Case, make_person: Make
) -> None:
    client.force_login(worker)
    first = send(client, PNG).json()
    client.force_login(make_person(Role.ADMINISTRATOR))
    assert client.get(first["url"]).status_code == 404, "nobody else's business yet"
    others = {"version": 1, "attachments": [first["id"]]}
    assert client.post(f"/api/cases/{case.pk}/actions/accept", others, "application/json").status_code == 422
    client.force_login(worker)
    client.post(f"/api/cases/{case.pk}/actions/accept", {"version": 1}, "application/json")
    body = {"version": 2, "note": "好了", "attachments": [first["id"]]}
    shown = client.post(f"/api/cases/{case.pk}/actions/complete", body, "application/json").json()
    assert [one["id"] for one in shown["attachments"]] == [first["id"]]
    assert Attachment.objects.get().case == case
