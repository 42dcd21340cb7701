"""What is wrong with a file, or with one row of it: a code for machines, sentences that a person can act on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from geo.kinds.attributes import AttributeFault
from geo.outlines import ShapeError


@dataclass(frozen=True, slots=True)
class Fault:
    """`row` counts from 1 in the order of the file; `feature` is the file's own number of it. Both None: the file.

    `place` is where on the map, longitude and latitude in WGS-84 degrees, if the fault is at one place.
    """

    reason: str
    zh: str
    en: str
    row: int | None = None
    feature: int | None = None
    code: str = ""
    place: tuple[float, float] | None = None


class FileError(Exception):
    """The file as a whole cannot be used. `choices` are what it has of that of which one must be chosen."""

    def __init__(self, reason: str, zh: str, en: str, choices: Sequence[str] = ()) -> None:
        super().__init__(en)
        self.fault = Fault(reason, zh, en)
        self.choices = list(choices)


@dataclass(frozen=True, slots=True)
class RowFaults:
    """Makes the faults of one row."""

    row: int
    feature: int
    code: str

    def _make(self, reason: str, zh: str, en: str, **more: Any) -> Fault:
        return Fault(reason, zh, en, self.row, self.feature, self.code, **more)

    def missing_code(self) -> Fault:
        return self._make("missing_code", "没有编码；请在文件中补上。", "It has no code; give it one in the file.")

    def missing_name(self) -> Fault:
        return self._make(
            "missing_name",
            "没有中文名称；请在文件中补上，或用 --name-zh 指定列或文字。",
            "It has no Chinese name; give it one in the file, or name a column or a text with --name-zh.",
        )

    def too_long(self, column: str, most: int) -> Fault:
        return self._make(
            "too_long",
            f"{column} 超过 {most} 个字符；请缩短，或核对列的对应关系。",
            f"Its {column} has more than {most} characters; shorten it, or check which column is mapped.",
        )

    def duplicate_code(self, first: int) -> Fault:
        return self._make(
            "duplicate_code",
            f"编码与第 {first} 行重复；同一区域请合并为一个多部件图形，否则请改正编码。",
            f"Its code is that of row {first} too; make one multi-part shape of one zone, or mend the code.",
        )

    def retired_code(self, when: str) -> Fault:
        return self._make(
            "retired_code",
            f"此编码属于 {when} 已停用的区域；编码不再使用，请用新编码。",
            f"The code belongs to a zone that ended {when}; codes are never used again, so give it a new one.",
        )

    def changes_later(self, when: str) -> Fault:
        return self._make(
            "changes_later",
            f"该区域在 {when} 已有变更；请用 --holds-from 给出更晚的时间。",
            f"The zone changes at {when} already; give a later time with --holds-from.",
        )

    def outside_crs(self, system: str) -> Fault:
        return self._make(
            "outside_crs",
            f"图形不在 {system} 的适用范围内；请改正它的坐标。",
            f"Its shape lies outside the area of use of {system}; mend its coordinates.",
        )

    def unclosed(self) -> Fault:
        return self._make(
            "unclosed",
            "有一个环没有闭合；请修复，或用 --fix 自动闭合。",
            "One of its rings does not end where it began; mend it, or let --fix close it.",
        )

    def outside_city(self, place: tuple[float, float], city: tuple[float, ...]) -> Fault:
        lon, lat = place
        box = "{:.4f} {:.4f} {:.4f} {:.4f}".format(*city)
        return self._make(
            "outside_city",
            f"图形中心（经度 {lon:.4f}，纬度 {lat:.4f}）在城市范围（{box}）之外；请核对坐标系，"
            "确实扩大城市时用 --allow-outside。",
            f"Its middle (longitude {lon:.4f}, latitude {lat:.4f}) lies outside the city ({box}); check the coordinate"
            " system, or, if the city grows, give --allow-outside.",
            place=place,
        )

    def unknown_department(self, department: str) -> Fault:
        return self._make(
            "unknown_department",
            f"没有部门 {department!r}；请填写部门编码或全称，或先增加该部门。",
            f"There is no department {department!r}; write its code or its full name, or add the department first.",
        )

    def other_kind(self, kind: str, wanted: str) -> Fault:
        return self._make(
            "other_kind",
            f"kind 列写明它是 {kind}，而这里导入的是 {wanted}；一次只能导入一种区域。",
            f"Its column 'kind' says {kind}, and this is an import of {wanted}; import one kind at a time.",
        )

    def bad_precedence(self, value: object) -> Fault:
        return self._make(
            "bad_precedence",
            f"优先级 {value!r} 不是整数。",
            f"The precedence {value!r} is not a whole number.",
        )

    def bad_attributes(self) -> Fault:
        return self._make(
            "bad_attributes",
            "attributes 列不是 JSON 对象；请改正，或改用单独的列。",
            "Its column 'attributes' is no JSON object; mend it, or use a column for each attribute.",
        )

    def bad_code(self, en: str, zh: str) -> Fault:
        return self._make("bad_code", f"{zh}请改正编码。", f"{en} Mend the code.")

    def attribute(self, fault: AttributeFault) -> Fault:
        return self._make("attribute", f"{fault.zh}请在文件中改正。", f"{fault.en} Mend it in the file.")

    def shape(self, error: ShapeError) -> Fault:
        zh, en = f"{error.zh}。", f"{str(error)[0].upper()}{str(error)[1:]}."
        if error.mendable:
            zh, en = f"{zh}请修复，或用 --fix 自动修复。", f"{en} Mend it, or let --fix do so."
        return self._make("shape", zh, en, place=error.place)
