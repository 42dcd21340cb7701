"""Why a report could not become a case: a code for machines, a sentence in two languages for a person to act on."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Refusal:
    code: str
    zh: str
    en: str

    @classmethod
    def unknown_category(cls, code: str, edition: str) -> Self:
        return cls(
            "unknown_category",
            f"事项类别 {code!r} 不在现行目录（{edition}）中；请改正编码，或先把它加入目录。",
            f"Category {code!r} is not in the catalogue in force ({edition}); mend the code, or add it there.",
        )

    @classmethod
    def unknown_condition(cls, code: str, condition: int, known: str) -> Self:
        return cls(
            "unknown_condition",
            f"类别 {code} 没有第 {condition} 条立案条件；现有：{known}。",
            f"Category {code} has no filing condition {condition}; it has {known}.",
        )

    @classmethod
    def outside(cls, lon: float, lat: float) -> Self:
        return cls(
            "outside_city",
            f"位置（经度 {lon:.6f}，纬度 {lat:.6f}，WGS-84）不在任何单元网格内；请核对坐标和坐标系。",
            f"The place (longitude {lon:.6f}, latitude {lat:.6f}, WGS-84) lies in no unit grid cell;"
            " check the coordinates and their declared system.",
        )

    @classmethod
    def null_island(cls) -> Self:
        return cls(
            "null_island",
            "坐标为 (0, 0)：定位设备很可能没有取得位置；请补充真实位置后重新发送。",
            "The coordinates are (0, 0): the device most likely had no fix; send it again with the real place.",
        )

    @classmethod
    def unknown_device(cls, device: str) -> Self:
        return cls(
            "unknown_device",
            f"设备 {device!r} 没有登记，消息中也没有位置；请先登记设备，或在消息中给出位置。",
            f"Device {device!r} is not registered and the message gives no place; register it, or send a location.",
        )

    @classmethod
    def unknown_component(cls, component: str) -> Self:
        return cls(
            "unknown_component",
            f"部件 {component!r} 没有登记；请核对部件标识码。",
            f"Component {component!r} is not registered; check its 16-digit code.",
        )
