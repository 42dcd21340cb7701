"""One search for all that has a place: what is found, where it is, and no more than the person may see.

Rooms lend it what they know, each kind by a function that asks the database once (`SEARCHERS` in the settings); so the
number of statements is that of the kinds, however much is found.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string
from ninja import Router

from twin.access import Scope
from twin.problems import Problem
from twin.session import person

router = Router(tags=["search"])
MOST_OF_A_KIND = 20
LONGEST = 100  # characters of a question


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found. Degrees of WGS-84, longitude first; `bbox` is west, south, east, north of what has an extent."""

    kind: str
    id: str
    code: str
    name_zh: str
    name_en: str
    lon: float
    lat: float
    more_zh: str = ""
    more_en: str = ""
    bbox: tuple[float, float, float, float] | None = None


Searcher = Callable[[str, Scope, int], list[Hit]]


@router.get("")
def search(request: HttpRequest, q: str, kinds: str = "", limit: int = 6) -> dict[str, Any]:
    """What has `q` in its name, its number or the beginning of its code: cases, zones, addresses, components, devices.

    `kinds` narrows it (`case,zone`); `limit` is for each kind, 20 at most. An empty question finds nothing.
    """
    text = q.strip()
    if len(text) > LONGEST or "\x00" in text:
        raise Problem(422, f"A search has up to {LONGEST} characters.", detail_zh=f"搜索内容最多 {LONGEST} 个字。")
    wanted = [kind for kind in kinds.split(",") if kind] or list(settings.SEARCHERS)
    if unknown := [kind for kind in wanted if kind not in settings.SEARCHERS]:
        raise Problem(
            422,
            f"There is no kind {unknown[0]!r}; there are: {', '.join(settings.SEARCHERS)}.",
            detail_zh=f"没有{unknown[0]}这种对象。",
        )
    if not text:
        return {"items": []}
    scope, most = person(request).scope, max(1, min(limit, MOST_OF_A_KIND))
    hits = [hit for kind in wanted for hit in _searcher(kind)(text, scope, most)]
    return {"items": [asdict(hit) for hit in hits]}


def _searcher(kind: str) -> Searcher:
    found: Searcher = import_string(settings.SEARCHERS[kind])
    return found
