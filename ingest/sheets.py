"""How devices look in an export."""

from datetime import datetime
from typing import Any

from twin.history.export.sheets import Colour, Language, Legend, Line, Sheet, place_of

COLUMNS = {
    "zh": ["编码", "类型", "状态", "经度", "纬度", "演练"],
    "en": ["code", "kind", "status", "longitude", "latitude", "exercise"],
}
TITLE = {"zh": "设备", "en": "Devices"}
STATUSES: dict[str, tuple[Colour, str, str]] = {
    "online": ((79, 160, 120), "在线", "online"),
    "offline": ((150, 158, 168), "离线", "offline"),
    "alarm": ((150, 50, 150), "告警", "alarm"),
}


def devices(features: list[dict[str, Any]], at: datetime, language: Language) -> Sheet:
    """Devices at a moment, those that give an alarm last, so that they lie on top."""
    order = list(STATUSES)
    ordered = sorted(features, key=lambda f: (order.index(f["state"]["status"]), f["state"]["code"]))
    legend = [Legend(colour, zh if language == "zh" else en) for colour, zh, en in STATUSES.values()]
    return Sheet("devices", TITLE[language], COLUMNS[language], [_line(f["state"], language) for f in ordered], legend)


def _line(state: dict[str, Any], language: Language) -> Line:
    colour, zh, en = STATUSES[state["status"]]
    status = zh if language == "zh" else en
    values = [state["code"], state["kind"], status, state["lon"], state["lat"], state["exercise"]]
    return Line(values, place_of(state), f"{state['code']}\n{state['kind']} · {status}", colour, state["exercise"])
