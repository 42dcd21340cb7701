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
_FILES = {"zh": "数据", "en": "Data"}
_EXERCISE = {"zh": "含演练数据", "en": "contains exercise data"}

_HEAD = """<style>
body { font: 14px/1.5 system-ui, sans-serif; color: #151a21; }
#deck-container { position: absolute; inset: 0; }
header { position: absolute; z-index: 10; top: 12px; left: 12px; max-width: 20em; padding: 10px 14px; background: #fff;
  border: 1px solid #c3ccd7; border-radius: 6px; box-shadow: 0 8px 28px rgb(0 0 0 / .18); }
h1 { font-size: 16px; margin: 0; }
h2 { font-size: 14px; margin: 8px 0 0; }
p { margin: 0; color: #45505f; }
b { font-variant-numeric: tabular-nums; }
.dot { display: inline-block; width: 10px; height: 10px; border-radius: 5px; margin-right: 5px; }
.key { display: inline-block; margin-right: 12px; }
.exercise { display: inline-block; color: #fff; background: #8f2f7a; padding: 1px 8px; border-radius: 3px; }
a { color: #2457b8; display: inline-block; margin-right: 10px; }
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
        radius_min_pixels=sheet.pixels,
        radius_max_pixels=sheet.pixels * 2,
        get_radius=18,
        pickable=True,
    )


def _header(page: Page, sheets: Sequence[Sheet]) -> str:
    parts = [f"<h1>{escape(page.title)}</h1><p>{escape(page.subtitle)}</p>"]
    if any(line.exercise for sheet in sheets for line in sheet.lines):
        parts.append(f'<p class="exercise">{_EXERCISE[page.language]}</p>')
    for sheet in reversed(sheets):
        parts.append(f"<h2>{escape(sheet.title)} <b>{len(sheet.lines):,}</b></h2>")
        parts += [
            f'<span class="key"><i class="dot" style="background:rgb{tuple(one.colour)}"></i>{escape(one.text)}</span>'
            for one in sheet.legend
        ]
    links = "".join(f'<a href="{escape(file)}">{escape(file)}</a>' for file in page.files)
    return f"<header>{''.join(parts)}<h2>{_FILES[page.language]}</h2>{links}</header>"
