"""Boxes and arrows of the workflow's diagram, in SVG."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

MANY = 5  # a verb from so many statuses is drawn pale, and named once
STYLE = """
.paper{fill:#fff}.lane0{fill:#f4f6fa}.lane1{fill:#fff}.axis{font-size:13px;fill:#5b6780;letter-spacing:2px}
.box{stroke-width:1.4}.open{fill:#fff;stroke:#2f6fde}.ended{fill:#eef0f4;stroke:#7c8aa5}.begins{stroke-width:3}
.name{font-size:14px;font-weight:600;fill:#16233b}.stay{font-size:10.5px;fill:#4a5873}
.way{fill:none;stroke:#2f6fde;stroke-width:1.5}.back{stroke:#b4532a}.pale{stroke:#7c8aa5;stroke-width:1;opacity:.35}
.tip{fill:context-stroke;stroke:none}
.label{font-size:11.5px;fill:#16233b;paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}
@media (prefers-color-scheme:dark){.paper,.lane1{fill:#111826}.lane0{fill:#172033}.axis{fill:#93a1bd}
.open{fill:#1b2740;stroke:#6c9cf5}.ended{fill:#232d42;stroke:#7c8aa5}.name,.label{fill:#e8edf7}.stay{fill:#a9b6cf}
.way{stroke:#6c9cf5}.back{stroke:#e59a72}.pale{stroke:#7c8aa5}.label{stroke:#111826}}
"""


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def middle(self) -> float:
        return self.y + self.height / 2

    @property
    def bottom(self) -> float:
        return self.y + self.height


@dataclass(frozen=True)
class Way:
    """A verb, or what it grants, from a status to another one or to itself."""

    verb: str
    name_zh: str
    name_en: str
    source: str
    goal: str
    siblings: int  # statuses from which the same verb leads

    @property
    def stays(self) -> bool:
        return self.source == self.goal


Point = tuple[float, float]


def arrow(way: Way, boxes: Mapping[str, Box], ways: Sequence[Way], language: str) -> str:
    """One way as a path and its name. Ways between the same two boxes share the path and stand under each other."""
    between = [other for other in ways if (other.source, other.goal) == (way.source, way.goal)]
    beside = between.index(way)
    curve, backward = _curve(
        boxes[way.source], boxes[way.goal], _slot(way, ways, out=True), _slot(way, ways, out=False)
    )
    kind = "pale" if way.siblings >= MANY else "back" if backward else ""
    what = f'data-verb="{way.verb}" data-from="{way.source}" data-to="{way.goal}"'
    name = way.name_zh if language == "zh" else way.name_en
    start, one, two, end = curve
    path = " ".join(f"{x:.1f} {y:.1f}" for x, y in (one, two, end))
    drawn = f'<path class="way {kind}" {what} marker-end="url(#tip)" d="M{start[0]:.1f} {start[1]:.1f}C{path}"/>'
    if kind == "pale":
        return f"<g>{drawn}<title>{escape(name)}</title></g>"
    x, y = _at(curve, 0.45)
    label = f'<text class="label" text-anchor="middle" x="{x:.1f}" y="{y + 4 + beside * 14:.1f}">{escape(name)}</text>'
    return f"<g>{drawn}{label}</g>"


def _slot(way: Way, ways: Sequence[Way], *, out: bool) -> float:
    """Where along the side of its box a way begins or ends, -0.5 to 0.5, so that arrows do not lie on each other."""
    mine = way.source if out else way.goal
    partners = list(dict.fromkeys(other.goal if out else other.source for other in ways if _end(other, out) == mine))
    place = partners.index(way.goal if out else way.source)
    return (place + 1) / (len(partners) + 1) - 0.5


def _end(way: Way, out: bool) -> str:
    return way.source if out else way.goal


def _curve(a: Box, b: Box, out: float, into: float) -> tuple[tuple[Point, Point, Point, Point], bool]:
    """To the right, out of the right side into the left one; else over the top or the bottom. Says if it leads back."""
    if b.x > a.right:
        start, end = (a.right, a.middle + out * a.height * 0.8), (b.x, b.middle + into * b.height * 0.8)
        bend = max(30.0, (end[0] - start[0]) * 0.45)
        return (start, (start[0] + bend, start[1]), (end[0] - bend, end[1]), end), False
    down = b.y > a.bottom
    start = (a.x + a.width * (0.5 + out * 0.8), a.bottom if down else a.y)
    if b.bottom < a.y or down:
        end = (b.x + b.width * (0.5 + into * 0.8), b.y if down else b.bottom)
        bend = (end[1] - start[1]) * 0.5
        return (start, (start[0], start[1] + bend), (end[0], end[1] - bend), end), b.x < a.x
    end = (b.x + b.width * (0.5 + into * 0.8), b.y)
    lift = 30 + abs(start[0] - end[0]) * 0.12
    return (start, (start[0], start[1] - lift), (end[0], end[1] - lift), end), True


def _at(curve: tuple[Point, Point, Point, Point], t: float) -> Point:
    """A point of a cubic Bézier curve."""
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    return (
        sum(weight * point[0] for weight, point in zip(weights, curve, strict=True)),
        sum(weight * point[1] for weight, point in zip(weights, curve, strict=True)),
    )
