"""The workflow as a picture, made of its data alone: a lane for each axis, a box for each status, arrows for the ways.

Lanes lie above each other and time runs to the right. Verbs that leave the status as it is stand inside its box. Every
arrow and every such verb carries what it stands for (`data-verb`, `data-from`, `data-to`), so that a page can point at
it and a test can read it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

from dispatch.workflow.document import AXES, ENTRIES, Flow, Status
from dispatch.workflow.drawing import MANY, STYLE, Box, Way, arrow

Language = Literal["zh", "en"]
WIDTH, GAP_X, GAP_Y, LEFT, TOP, PAD = 150, 74, 26, 40, 24, 22
HEAD, LINE = 34, 15  # height of a box's name, and of each line of verbs that stay


@dataclass(frozen=True)
class Layout:
    """Boxes in pixels by status, arrows, and the lanes' tops and heights."""

    flow: Flow
    boxes: dict[str, Box]
    ways: list[Way]
    lanes: list[tuple[str, str, str, float, float]]  # axis, Chinese, English, top, height
    width: float
    height: float


def layout(flow: Flow) -> Layout:
    ways = list(_ways(flow))
    columns = _columns(flow, ways)
    stays = {code: [way for way in ways if way.stays and way.source == code] for code in flow.statuses}
    boxes: dict[str, Box] = {}
    lanes: list[tuple[str, str, str, float, float]] = []
    top = float(TOP)
    for axis, zh, en in AXES:
        stacks: dict[int, float] = {}
        for status in flow.document.status:
            if status.axis == axis:
                column = columns[status.code]
                y = stacks.get(column, top + PAD)
                tall = HEAD + LINE * -(-len(stays[status.code]) // 2)
                boxes[status.code] = Box(LEFT + column * (WIDTH + GAP_X), y, WIDTH, tall)
                stacks[column] = y + tall + GAP_Y
        height = max([*stacks.values(), top + 80]) - GAP_Y + PAD - top
        lanes.append((axis, zh, en, top, height))
        top += height
    width = LEFT + (max(columns.values()) + 1) * (WIDTH + GAP_X)
    return Layout(flow, boxes, ways, lanes, width, top + TOP)


def data(made: Layout) -> dict[str, Any]:
    """Nodes and ways for a page that draws them itself; pixels from the top left."""
    return {
        "width": made.width,
        "height": made.height,
        "lanes": [{"axis": a, "name_zh": zh, "name_en": en, "y": y, "height": h} for a, zh, en, y, h in made.lanes],
        "nodes": [
            {"status": code, "x": box.x, "y": box.y, "width": box.width, "height": box.height}
            for code, box in made.boxes.items()
        ],
        "ways": [
            {"verb": w.verb, "name_zh": w.name_zh, "name_en": w.name_en, "from": w.source, "to": w.goal}
            for w in made.ways
        ],
    }


def _ways(flow: Flow) -> Iterable[Way]:
    for verb in flow.document.verb:
        for source in verb.sources:
            yield Way(verb.code, verb.name_zh, verb.name_en, source, verb.to or source, len(verb.sources))
            granted = verb.granted
            if granted:
                goal = granted.to or source
                yield Way(granted.past, granted.name_zh, granted.name_en, source, goal, len(verb.sources))


def _columns(flow: Flow, ways: list[Way]) -> dict[str, int]:
    """How many steps a status lies from the beginning, in the order of the document.

    What has ended stands right after what leads there; last, if that is nearly everything.
    """
    open_codes = [status.code for status in flow.document.status if status.open]
    order = {code: number for number, code in enumerate(flow.statuses)}
    columns = dict.fromkeys(open_codes, 0)
    forward = sorted((order[w.source], order[w.goal], w) for w in ways if order[w.source] < order[w.goal])
    for _, _, way in forward:
        if way.goal in columns and way.source in columns:
            columns[way.goal] = max(columns[way.goal], columns[way.source] + 1)
    last = max(columns.values()) + 1
    for code in flow.statuses.keys() - columns.keys():
        before = [columns.get(w.source, 0) for w in ways if w.goal == code and not w.stays and w.siblings < MANY]
        columns[code] = max(before) + 1 if before else last
    return columns


def svg(made: Layout, language: Language) -> str:
    flow = made.flow
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {made.width:g} {made.height:g}" role="img"'
        f' width="{made.width:g}" height="{made.height:g}" font-family="system-ui, sans-serif">',
        f"<title>{escape(_title(flow, language))}</title><style>{STYLE}</style>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path class="tip" d="M0 0 8 4 0 8z"/></marker></defs>',
        '<rect class="paper" width="100%" height="100%"/>',
    ]
    for number, (axis, zh, en, y, height) in enumerate(made.lanes):
        parts.append(f'<rect class="lane{number % 2}" data-axis="{axis}" y="{y:g}" width="100%" height="{height:g}"/>')
        name = zh if language == "zh" else en
        middle = y + height / 2
        parts.append(
            f'<text class="axis" transform="translate(16 {middle:g}) rotate(-90)" text-anchor="middle">{name}</text>'
        )
    moving = [way for way in made.ways if not way.stays]
    # Ways from nearly everywhere (作废, 强制结案) are drawn first and pale, so that they do not hide the loop.
    for way in sorted(moving, key=lambda way: -way.siblings):
        parts.append(arrow(way, made.boxes, moving, language))
    for status in flow.document.status:
        parts.append(_box(status, made, language))
    return "\n".join([*parts, "</svg>"])


def _title(flow: Flow, language: Language) -> str:
    return f"案件流程 {flow.version}" if language == "zh" else f"Workflow of a case, version {flow.version}"


def _box(status: Status, made: Layout, language: Language) -> str:
    box = made.boxes[status.code]
    name = status.name_zh if language == "zh" else status.name_en
    kind = "open" if status.open else "ended"
    begins = " begins" if status.code in ENTRIES else ""
    parts = [
        f'<g data-status="{status.code}"><rect class="box {kind}{begins}" x="{box.x:g}" y="{box.y:g}"'
        f' width="{box.width:g}" height="{box.height:g}" rx="7"/>',
        f'<text class="name" x="{box.x + box.width / 2:g}" y="{box.y + 22:g}" text-anchor="middle">',
        f"{escape(name)}</text>",
    ]
    stays = [way for way in made.ways if way.stays and way.source == status.code]
    for number, way in enumerate(stays):
        label = way.name_zh if language == "zh" else way.name_en
        x, y = box.x + 10 + (number % 2) * box.width / 2, box.y + HEAD + 9 + LINE * (number // 2)
        short = label if len(label) <= 12 else label[:11] + "…"
        parts.append(
            f'<text class="stay" x="{x:g}" y="{y:g}" data-verb="{way.verb}" data-from="{way.source}"'
            f' data-to="{way.goal}"><title>{escape(label)}</title>{escape(short)}</text>'
        )
    return "".join([*parts, "</g>"])
