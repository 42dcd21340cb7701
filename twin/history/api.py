"""`/api/history`: the city at a moment, the changes between moments, how far back one can go, and bookmarks.

The forms of features and changes are those of the live view; docs/protocol.md says how they fit together.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema, Status

from twin import clock, revisions
from twin.history import asof, bookmarks, moments
from twin.history.density import density
from twin.history.export.bundle import Wish, export
from twin.history.export.sheets import Language
from twin.history.frames import MOST_ROWS, page
from twin.history.moments import Moment, Reach, shown
from twin.history.view import View, view_of
from twin.models import Bookmark
from twin.problems import Problem
from twin.session import person

router = Router(tags=["history"])

MOST_STEPS = 1_000
MOST_BOOKMARKS = 200


class Seen(Schema):
    """What to show: `subscribe` as JSON, in the form of the live view, or `types` with or without a `bbox`."""

    subscribe: str = ""
    types: str = Field("", description="case,device")
    bbox: str = Field("", description="west,south,east,north in WGS-84 degrees")

    def by(self, request: HttpRequest) -> View:
        return view_of(person(request).scope, self.subscribe, self.types, self.bbox)


@router.get("/snapshot")
def snapshot(
    request: HttpRequest, seen: Query[Seen], at: datetime | None = None, seq: int | None = None
) -> HttpResponse:
    """The city at a time or after a sequence: `{"epoch","seq","at","features"}`; without either, as it is now."""
    view, reach = seen.by(request), moments.reach()
    moment = moments.find(reach, at=at, seq=seq)
    return _answer(reach, moment, "features", asof.features(reach, moment, view))


class Rows(Schema):
    """Which rows of the journal; `limit` counts them whether or not they concern the viewer."""

    begin: int = Field(alias="from", description="the first row: one more than where the viewer stands")
    to: int | None = Field(None, description="the last row")
    until: datetime | None = Field(None, description="or the time of the last row")
    limit: int = Field(2_000, ge=1, le=MOST_ROWS)


@router.get("/frames")
def frames(request: HttpRequest, seen: Query[Seen], rows: Query[Rows]) -> HttpResponse:
    """Changes in order: `{"epoch","from","seq","at","whole","changes"}`; the next page begins at `seq` + 1."""
    view, reach = seen.by(request), moments.reach()
    last = moments.find(reach, at=rows.until, seq=rows.to)
    if rows.begin < reach.rows_from:
        raise Problem(410, f"The journal begins at {reach.rows_from}.", detail_zh=f"变更日志始于 {reach.rows_from}。")
    found = page(view, rows.begin, last.seq, rows.limit)
    stands = last if found.whole else Moment(found.seq, moments.time_of(found.seq))
    pieces = (piece.encode() for piece in found.changes)
    return _answer(reach, stands, "changes", pieces, **{"from": rows.begin, "whole": found.whole})


def _answer(reach: Reach, moment: Moment, name: str, pieces: Iterable[bytes], **more: Any) -> HttpResponse:
    head = orjson.dumps({"epoch": reach.epoch} | moment.out() | more, option=orjson.OPT_UTC_Z)
    body = b'%s,"%s":[%s]}' % (head[:-1], name.encode(), b",".join(pieces))
    return HttpResponse(body, content_type="application/json")


class Span(Schema):
    begin: datetime | None = Field(None, alias="from", description="else the beginning of the history")
    until: datetime | None = Field(None, description="else its end")
    steps: int = Field(240, ge=1, le=MOST_STEPS, description="at most so many")


@router.get("/range")
def reach_and_density(request: HttpRequest, span: Query[Span]) -> dict[str, Any]:
    """The first and last moment, and how many changes of each kind there were between two of them.

    `density` is null for a long span and a person who may see some zones only.
    """
    found = moments.reach()
    begin, until = span.begin or found.first.at, span.until or max(found.last.at, span.begin or found.last.at)
    if begin.tzinfo is None or until.tzinfo is None or until < begin:
        raise Problem(422, "Give two times with zones, the earlier first.", detail_zh="请给出带时区的起止时间。")
    counted = density(found, person(request).scope, begin, until, span.steps)
    return {
        "epoch": found.epoch,
        "first": found.first.out(),
        "last": found.last.out(),
        "now": clock.now(revisions.read()),
        "step": counted.step if counted else None,
        "density": [{"at": at, "kinds": kinds} for at, kinds in counted.counts.items()] if counted else None,
    }


class ExportOf(Seen):
    types: str = "case,device"
    at: datetime | None = None
    seq: int | None = None
    until: datetime | None = Field(None, description="the end of a span, which begins at `at` or `seq`")
    language: Language = "zh"


@router.get("/export")
def export_moment(request: HttpRequest, wanted: Query[ExportOf]) -> HttpResponse:
    """A zip that opens without the server: `index.html` with a map of the moment, tables and GeoJSON in `data/`.

    With `until`, the changes of the span are in `data/` too.
    """
    view, reach = wanted.by(request), moments.reach()
    moment = moments.find(reach, at=wanted.at, seq=wanted.seq)
    until = moments.find(reach, at=wanted.until) if wanted.until else None
    wish = Wish(reach, moment, until, view, wanted.language)
    headers = {"Content-Disposition": f'attachment; filename="{wish.name}"'}
    return HttpResponse(export(wish, person(request), request), content_type="application/zip", headers=headers)


class BookmarkIn(Schema):
    title: str
    at: datetime | None = None
    seq: int | None = None
    view: dict[str, Any] = {}


class BookmarkOut(Schema):
    id: uuid.UUID
    title: str
    seq: int
    at: datetime
    view: dict[str, Any]
    made_by: str
    created_at: datetime
    mine: bool

    @classmethod
    def of(cls, bookmark: Bookmark, request: HttpRequest) -> "BookmarkOut":
        maker = bookmark.user
        return cls(
            id=bookmark.pk,
            title=bookmark.title,
            seq=bookmark.seq,
            at=shown(bookmark.at),
            view=bookmark.view,
            made_by=maker.name or maker.username,
            created_at=bookmark.created_at,
            mine=maker.pk == person(request).pk,
        )


@router.get("/bookmarks", response=list[BookmarkOut])
def list_bookmarks(request: HttpRequest) -> list[BookmarkOut]:
    """One's own, the newest first."""
    found = person(request).bookmarks.select_related("user").order_by("-created_at")[:MOST_BOOKMARKS]
    return [BookmarkOut.of(bookmark, request) for bookmark in found]


@router.post("/bookmarks", response={201: BookmarkOut})
def make_bookmark(request: HttpRequest, body: BookmarkIn) -> Status:
    """Give a moment a name; `id` makes its link, which anybody who may log in can open."""
    moment = moments.find(moments.reach(), at=body.at, seq=body.seq)
    made = bookmarks.make(person(request), moment, body.title, body.view, request=request)
    return Status(201, BookmarkOut.of(made, request))


@router.get("/bookmarks/{bookmark_id}", response=BookmarkOut)
def open_bookmark(request: HttpRequest, bookmark_id: uuid.UUID) -> BookmarkOut:
    return BookmarkOut.of(bookmarks.get(bookmark_id), request)


@router.delete("/bookmarks/{bookmark_id}", response={204: None})
def remove_bookmark(request: HttpRequest, bookmark_id: uuid.UUID) -> Status:
    bookmarks.remove(person(request), bookmark_id, request=request)
    return Status(204, None)
