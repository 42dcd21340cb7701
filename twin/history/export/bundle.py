"""The file of an export: `index.html` to look at, `data/` to work with, both from one moment."""

import io
import zipfile
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from django.conf import settings
from django.utils.module_loading import import_string

from twin import audit
from twin.history import asof
from twin.history.export.picture import Page, draw
from twin.history.export.sheets import Language, Sheet, sheet, to_csv, to_geojson
from twin.history.frames import MOST_ROWS, page
from twin.history.moments import Moment, Reach
from twin.history.view import View
from twin.models import User
from twin.problems import Problem

MOST_CHANGES = 100_000  # rows of the journal in a span
CHANGE = ("seq", "at", "kind", "type", "id", "version")
TITLE = {"zh": "城市在这一时刻", "en": "The city at this moment"}
SPAN = {"zh": "之后的变更至", "en": "and what changed until"}


@dataclass(frozen=True)
class Wish:
    """What to export: a moment, or a span from it until a later one."""

    reach: Reach
    moment: Moment
    until: Moment | None
    view: View
    language: Language

    @property
    def name(self) -> str:
        """The file's, by the city's local time."""
        return f"yiwang-{local(self.moment.at):%Y%m%d-%H%M%S}.zip"


def local(at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(settings.TIME_ZONE))


def export(wish: Wish, user: User, request: Any = None) -> bytes:
    """The zip. Data leave the house by it, so it is audited. Raises Problem 422 for a span that is too long."""
    last = wish.until.seq if wish.until else None
    if last is not None and not 0 <= last - wish.moment.seq <= MOST_CHANGES:
        raise Problem(
            422,
            f"From {wish.moment.seq} to {last} there are more than {MOST_CHANGES:,} changes, or none; choose a shorter"
            " span that ends after it begins.",
            detail_zh=f"导出的时段最多包含 {MOST_CHANGES:,} 条变更，且结束须晚于开始；请缩短时段。",
        )
    types = sorted(wish.view.types)
    audit.record("history.exported", user, request=request, seq=wish.moment.seq, until=last, types=types)
    sheets = _sheets(wish)
    files = {f"data/{one.name}.csv": to_csv(one.columns, [line.values for line in one.lines]) for one in sheets}
    files |= {f"data/{one.name}.geojson": to_geojson(one) for one in sheets if any(line.place for line in one.lines)}
    if wish.until is not None:
        files |= _changes(wish, wish.until)
    files["index.html"] = draw(_page(wish, sheets, sorted(files)), sheets).encode()
    return _zip(files, local(wish.moment.at))


def _sheets(wish: Wish) -> list[Sheet]:
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for text in asof.features(wish.reach, wish.moment, wish.view):
        feature = orjson.loads(text)
        found[feature["type"]].append(feature)
    # Cases lie over devices, as on the console: what is drawn last is on top.
    return [sheet(kind, found[kind], wish.moment.at, wish.language) for kind in sorted(wish.view.types, reverse=True)]


def _changes(wish: Wish, until: Moment) -> dict[str, bytes]:
    changes: list[dict[str, Any]] = []
    first, whole = wish.moment.seq + 1, False
    while not whole:
        found = page(wish.view, first, until.seq, MOST_ROWS)
        changes += map(orjson.loads, found.changes)
        first, whole = found.seq + 1, found.whole
    table = to_csv([*CHANGE, "state"], [[change[name] for name in (*CHANGE, "state")] for change in changes])
    lines = b"".join(orjson.dumps(change, option=orjson.OPT_APPEND_NEWLINE) for change in changes)
    return {"data/changes.csv": table, "data/changes.jsonl": lines}


def _page(wish: Wish, sheets: list[Sheet], files: list[str]) -> Page:
    at = wish.moment.at
    subtitle = f"{local(at):%Y-%m-%d %H:%M:%S} ({settings.TIME_ZONE})"
    if wish.until is not None:
        subtitle += f" {SPAN[wish.language]} {local(wish.until.at):%Y-%m-%d %H:%M:%S}"
    style = import_string(settings.EXPORT_GROUND)(at)
    return Page(TITLE[wish.language], subtitle, at, style, files, wish.language)


def _zip(files: dict[str, bytes], at: datetime) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as bundle:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (max(at.year, 1980), at.month, at.day, at.hour, at.minute, at.second))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            bundle.writestr(entry, content)
    return out.getvalue()
