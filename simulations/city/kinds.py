"""The kinds of zone that the demo city begins with; administrators add more, as data."""

from typing import Any, NamedTuple


class Kind(NamedTuple):
    """As `geo.models.ZoneKind` has it; `tiles` are kinds whose zones cover their parent without overlap."""

    code: str
    name_zh: str
    name_en: str
    tiles: bool
    precedence: int
    color: str
    min_zoom: int
    icon: str
    parent: str | None = None
    attributes: dict[str, dict[str, Any]] = {}
    of_cells: bool = False
    code_pattern: str = ""

    @property
    def schema(self) -> dict[str, Any]:
        return {"type": "object", "properties": self.attributes} if self.attributes else {}


def _is(kind: str, title: str, zh: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "title": title, "x-title-zh": zh} | more


def _day(title: str, zh: str) -> dict[str, Any]:
    return _is("string", title, zh, format="date")


PARK = {
    "level": _is("string", "Level", "级别", enum=["市级", "区级", "社区", "口袋公园"]),
    "opened": _day("Opened", "建成日期"),
    "opening_hours": _is("string", "Opening hours", "开放时间"),
    "free": _is("boolean", "Free of charge", "免费开放"),
    "green_ratio": _is("number", "Green share, %", "绿地率（%）"),
}
SCHOOL = {
    "stage": _is("string", "Stage", "学段", enum=["幼儿园", "小学", "初中", "高中", "九年一贯制"]),
    "pupils": _is("integer", "Pupils", "在校人数"),
    "boarding": _is("boolean", "Boarding", "寄宿制"),
    "gate": _is("string", "Main gate", "主校门"),
}
ESTATE = {
    "property_manager": _is("string", "Property manager", "物业公司"),
    "households": _is("integer", "Households", "户数"),
    "built": _is("integer", "Year of construction", "建成年份"),
}
SCENIC_AREA = {
    "grade": _is("string", "Grade", "等级", enum=["5A", "4A", "3A", "2A", "A"]),
    "most_visitors": _is("integer", "Most visitors at once", "瞬时承载量"),
}
SITE = {
    "permit": _is("string", "Building permit", "施工许可证号"),
    "builder": _is("string", "Builder", "施工单位"),
    "begins": _day("Begins", "开工日期"),
    "ends": _day("Ends", "竣工日期"),
    "night_work": _is("boolean", "Night work permitted", "准许夜间施工"),
}
EVENT = {
    "organiser": _is("string", "Organiser", "主办单位"),
    "visitors": _is("integer", "Visitors expected", "预计人数"),
}
AREA = {
    "households": _is("integer", "Households", "户数"),
    "shift": _is("string", "Shift", "班次", enum=["白班", "两班", "三班"]),
}

KINDS = [
    Kind("district", "区", "District", True, 0, "#7c8aa5", 8, "landmark"),
    Kind("street", "街道", "Street", True, 10, "#5b8def", 10, "map", "district"),
    Kind("community", "社区", "Community", True, 20, "#4aa8a0", 12, "users", "street"),
    Kind(
        "cell", "单元网格", "Unit grid cell", True, 30, "#8893a5", 15, "grid-3x3", "community",
        code_pattern="[0-9]{14,15}",  # GB/T 30428.1 has 15 digits; older grids with two for the sequence live on
    ),
    Kind(
        "responsibility_area", "责任网格", "Responsibility area", False, 25, "#c77d4f", 14, "shield", "street", AREA,
        of_cells=True,
    ),
    Kind("park", "公园", "Park", False, 60, "#4caf6d", 13, "trees", None, PARK),
    Kind("school", "学校", "School", False, 70, "#e0a23c", 14, "school", None, SCHOOL),
    Kind("estate", "住宅小区", "Residential estate", False, 40, "#b08968", 14, "house", None, ESTATE),
    Kind("campus", "园区", "Campus", False, 50, "#9b7ede", 13, "graduation-cap"),
    Kind("scenic_area", "景区", "Scenic area", False, 65, "#3fa7a3", 12, "mountain", None, SCENIC_AREA),
    Kind("construction_site", "工地", "Construction site", False, 80, "#d9822b", 13, "hard-hat", None, SITE),
    Kind("event", "活动场地", "Event ground", False, 90, "#d65db1", 13, "party-popper", None, EVENT),
]  # fmt: skip
