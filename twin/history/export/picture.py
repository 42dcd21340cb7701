"""The page of an export: a map by pydeck with everything inside, so that it opens from a disk and asks nobody."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from twin.history.export.sheets import Language, Sheet

# What pydeck's page would fetch from other hosts although it was asked not to, and does not need.
_FROM_OUTSIDE = re.compile(r'<script src="https?://[^"]+"></script>|<link rel="stylesheet" href="?https?://[^>]+>')
_EXERCISE = {"zh": "含演练数据", "en": "contains exercise data"}

_HEAD = """<style>
body { display: flex; flex-direction: column; height: 100vh; font: 14px/1.45 system-ui, sans-serif; color: #151a21; }
header { display: flex; flex-wrap: wrap; gap: 4px 20px; align-items: baseline; padding: 10px 16px;
  border-bottom: 1px solid #c3ccd7; background: #fff; }
h1 { font-size: 16px; margin: 0; }
.figure b { font-variant-numeric: tabular-nums; }
.dot { display: inline-block; width: 10px; height: 10px; border-radius: 5px; margin-right: 5px; }
.exercise { color: #fff; background: #a33c8f; padding: 1px 8px; border-radius: 3px; }
#deck-container { position: relative; flex: 1; width: 100vw; height: auto !important; }
</style>"""


@dataclass(frozen=True)
class Page:
    title: str
    subtitle: str
    at: datetime
    style: dict[str, Any]  # of MapLibre, with its data inside, and the view of all of it
    files: Sequence[str]
    language: Language


def draw(page: Page, sheets: Sequence[Sheet]) -> str:
    """The whole page as HTML."""
    import pydeck  # it takes a while, and only who exports needs it

    lon, lat = page.style["center"]
    deck = pydeck.Deck(
        layers=[_layer(pydeck, sheet) for sheet in sheets],
        initial_view_state=pydeck.ViewState(longitude=lon, latitude=lat, zoom=page.style["zoom"]),
        map_provider="maplibre",
        map_style="",
        tooltip={"text": "{text}"},  # as text: what people reported is never taken for HTML
    )
    deck.map_style = page.style  # the constructor takes a style for Mapbox only
    # No text may end the script in which it stands.
    script = deck.to_json().replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    html = pydeck.io.html.render_json_to_html(script, tooltip=deck._tooltip, offline=True)
    bundle, rest = html.split("</head>", 1)
    bundle = _FROM_OUTSIDE.sub("", bundle).replace("<title>pydeck</title>", f"<title>{escape(page.title)}</title>")
    rest = rest.replace('<div id="deck-container">', _header(page, sheets) + '<div id="deck-container">', 1)
    lang = "zh-CN" if page.language == "zh" else "en"
    return f"{bundle.replace('<html>', f'<html lang={lang!r}>', 1)}{_HEAD}</head>{rest}"


def _layer(pydeck: Any, sheet: Sheet) -> Any:
    points = [
        {"place": line.place, "colour": [*line.colour, 220], "text": f"{sheet.title} {line.tooltip}"}
        for line in sheet.lines
        if line.place
    ]
    return pydeck.Layer(
        "ScatterplotLayer",
        data=points,
        id=sheet.name,
        get_position="place",
        get_fill_color="colour",
        get_line_color=[255, 255, 255],
        stroked=True,
        line_width_min_pixels=1,
        radius_min_pixels=4,
        radius_max_pixels=9,
        get_radius=18,
        pickable=True,
    )


def _header(page: Page, sheets: Sequence[Sheet]) -> str:
    parts = [f"<h1>{escape(page.title)}</h1><span>{escape(page.subtitle)}</span>"]
    if any(line.exercise for sheet in sheets for line in sheet.lines):
        parts.append(f'<span class="exercise">{_EXERCISE[page.language]}</span>')
    for sheet in sheets:
        parts.append(f'<span class="figure">{escape(sheet.title)} <b>{len(sheet.lines):,}</b></span>')
        parts += [
            f'<span><i class="dot" style="background:rgb{tuple(one.colour)}"></i>{escape(one.text)}</span>'
            for one in sheet.legend
        ]
    links = " ".join(f'<a href="{escape(file)}">{escape(file)}</a>' for file in page.files)
    return f"<header>{''.join(parts)}<span>{links}</span></header>"
