"""A catalogue's table, from CSV or a spreadsheet, as rows that are understood or faults that name their line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas

from dispatch.editions.limits import Limit, read_limit, read_season

LETTER = {"component": "C", "event": "E", "部件": "C", "事件": "E"}
# What cities call the columns. The first name is that of `dispatch/data/catalogue.csv`.
COLUMNS: dict[str, tuple[str, ...]] = {
    "kind": ("kind", "类型", "性质", "部件/事件", "类别"),
    "major": ("major", "大类代码", "大类编码", "大类编号"),
    "major_zh": ("major_zh", "大类", "大类名称"),
    "major_en": ("major_en",),
    "minor": ("minor", "小类代码", "小类编码", "小类编号"),
    "name_zh": ("name_zh", "小类", "小类名称"),
    "name_en": ("name_en",),
    "origin": ("origin", "来源"),
    "condition": ("condition", "条件序号", "序号"),
    "condition_zh": ("condition_zh", "立案条件", "立案标准"),
    "condition_en": ("condition_en",),
    "closing_zh": ("closing_zh", "结案条件", "结案标准"),
    "closing_en": ("closing_en",),
    "limit": ("limit", "处置时限", "时限"),
    "limit_value": ("limit_value",),
    "limit_unit": ("limit_unit",),
    "urgency": ("urgency", "紧急程度"),
    "season": ("season", "季节", "适用季节"),
    "area_class": ("area_class", "区域等级", "区域类别"),
    "replaces": ("replaces", "原代码", "对应旧代码"),
}
NEEDED = ("kind", "major", "major_zh", "minor", "name_zh", "condition_zh", "closing_zh")
MOST_FAULTS = 200


@dataclass(frozen=True)
class Fault:
    """What is wrong, in which line of the file and in which column of ours; none: with the row, or the whole."""

    line: int | None
    text: str
    zh: str = ""
    column: str = ""


class Faulty(ValueError):
    """A cell that cannot be understood."""

    def __init__(self, column: str, en: str, zh: str) -> None:
        super().__init__(en)
        self.column, self.zh = column, zh

    def at(self, line: int) -> Fault:
        return Fault(line, str(self), self.zh, self.column)


@dataclass(frozen=True)
class Line:
    """One row that is understood."""

    number: int  # in the file, the header is 1
    code: str
    values: Mapping[str, str]
    condition: int
    limit: Limit
    urgency: int
    season: Sequence[str]
    area_class: str


@dataclass
class Table:
    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unknown_columns: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Head:
    """What a file has before any row is understood: its columns with samples, and which is likely which of ours."""

    rows: int
    columns: list[tuple[str, list[str]]]
    found: dict[str, str]


def head(path: Path, name: str = "") -> Head:
    """Raises ValueError when the file itself cannot be read."""
    frame = _frame(path, (name or path.name).lower())
    names = [str(column).strip() for column in frame.columns]
    samples = [[text for text in map(str, frame[column].unique()[:3]) if text] for column in frame.columns]
    found = {column: names[position] for column, position in _columns(names, {}).items()}
    return Head(len(frame), list(zip(names, samples, strict=True)), found)


def read(path: Path, name: str = "", columns: Mapping[str, str] | None = None) -> Table:
    """Every row or a fault for it. `columns` says which of the file's columns is which of ours ("": none of them).

    Raises ValueError when the file itself cannot be read, or lacks columns.
    """
    frame = _frame(path, (name or path.name).lower())
    mapped = _columns([str(column).strip() for column in frame.columns], columns or {})
    missing = [COLUMNS[column][0] for column in NEEDED if column not in mapped]
    if "limit" not in mapped and not {"limit_value", "limit_unit"} <= mapped.keys():
        missing.append("limit")
    if missing:
        names = "; ".join(f"{column} ({', '.join(COLUMNS[column][1:]) or '-'})" for column in missing)
        raise ValueError(f"the table lacks columns: {names}")
    table = Table(unknown_columns=[str(c) for i, c in enumerate(frame.columns) if i not in mapped.values()])
    seen: dict[tuple[str, int, str, str], int] = {}
    counted: dict[str, int] = {}
    for offset, row in enumerate(frame.itertuples(index=False, name=None), 2):
        values = {column: str(row[position]).strip() for column, position in mapped.items()}
        if not any(values.values()):
            continue
        try:
            line = _line(offset, values, counted)
            key = (line.code, line.condition, line.area_class, "~".join(line.season))
            if key in seen:
                raise Faulty(
                    "condition",
                    f"{line.code} has the condition {line.condition} in line {seen[key]} already",
                    f"{line.code} 的条件 {line.condition} 与第 {seen[key]} 行重复",
                )
            seen[key] = offset
            table.lines.append(line)
        except Faulty as error:
            table.faults.append(error.at(offset))
            if len(table.faults) >= MOST_FAULTS:
                en = f"more than {MOST_FAULTS} faults; the rest was not looked at"
                table.faults.append(Fault(None, en, f"错误超过 {MOST_FAULTS} 处，其余未再检查"))
                break
    if not table.lines and not table.faults:
        table.faults.append(Fault(None, "the table has no rows", "表中没有数据行"))
    return table


def _frame(path: Path, name: str) -> pandas.DataFrame:
    options = {"dtype": str, "keep_default_na": False}
    try:
        if name.endswith((".xlsx", ".xls", ".xlsm", ".ods")):
            return pandas.read_excel(path, engine="calamine", **options)
        return _csv(path, options)
    except (ValueError, OSError, pandas.errors.ParserError) as error:
        raise ValueError(f"{name} cannot be read as a table: {error}") from error
    except Exception as error:  # calamine has errors of its own for what is no spreadsheet
        raise ValueError(f"{name} is no spreadsheet that can be read: {error}") from error


def _csv(path: Path, options: dict[str, object]) -> pandas.DataFrame:
    try:
        return pandas.read_csv(path, encoding="utf-8-sig", **options)
    except UnicodeDecodeError:
        return pandas.read_csv(path, encoding="gb18030", **options)


def _columns(names: list[str], chosen: Mapping[str, str]) -> dict[str, int]:
    """Position of each column of ours: as it was chosen, else where it is known by one of its names.

    Raises ValueError if a column is chosen that there is not, for a field that there is not, or twice.
    """
    if strange := [field for field in chosen if field not in COLUMNS]:
        raise ValueError(f"there is no field {strange[0]!r}; there are {', '.join(COLUMNS)}")
    if lost := [name for name in chosen.values() if name and name not in names]:
        raise ValueError(f"the table has no column {lost[0]!r}")
    taken = [name for name in chosen.values() if name]
    if twice := next((name for name in taken if taken.count(name) > 1), None):
        raise ValueError(f"the column {twice!r} cannot be two fields at once")
    mapped = {field: names.index(name) for field, name in chosen.items() if name}
    free = [(position, name) for position, name in enumerate(names) if name not in taken]
    for ours, known in COLUMNS.items():
        found = next((position for position, name in free if name in known), None)
        if ours not in chosen and found is not None:
            mapped[ours] = found
    return mapped


def _line(number: int, values: dict[str, str], counted: dict[str, int]) -> Line:
    for column in NEEDED:
        if not values[column]:
            raise Faulty(column, f"{column} must not be empty", "不能为空")
    if values["kind"] not in LETTER:
        kind = values["kind"]
        raise Faulty("kind", f"kind is {kind!r}; write component (部件) or event (事件)", f"“{kind}”应写作部件或事件")
    parts = [_digits(values[column], column) for column in ("major", "minor")]
    code = "-".join([LETTER[values["kind"]], *parts])
    text = values.get("limit") or f"{values.get('limit_value', '')} {values.get('limit_unit', '')}".strip()
    limit, season = _limit(text), _season(values.get("season", ""))
    area_class = values.get("area_class", "").removesuffix("类").removesuffix("级").upper()
    if values.get("condition"):
        condition = _whole(values["condition"], "condition", 1, 999)
        counted[code] = max(condition, counted.get(code, 0))
    else:
        condition = counted[code] = counted.get(code, 0) + 1
    urgency = _whole(values.get("urgency") or "1", "urgency", 1, 3)
    return Line(number, code, values, condition, limit, urgency, season, area_class)


def _limit(text: str) -> Limit:
    try:
        return read_limit(text)
    except ValueError as error:
        raise Faulty("limit", str(error), f"“{text}”不是时限，应写作 4工作时 或 2工作日") from None


def _season(text: str) -> list[str]:
    try:
        return read_season(text)
    except ValueError as error:
        raise Faulty("season", str(error), f"“{text}”不是季节，应写作 03-15~04-30") from None


def _digits(text: str, column: str) -> str:
    """A spreadsheet makes 1 of 01, and 1.0 of that."""
    whole = text.removesuffix(".0")
    if not whole.isdigit() or len(whole) > 3:
        raise Faulty(column, f"{column} is {text!r}; write two digits", f"“{text}”应为两位数字")
    return whole.zfill(2)


def _whole(text: str, column: str, least: int, most: int) -> int:
    whole = text.removesuffix(".0")
    if not whole.isdigit() or not least <= int(whole) <= most:
        raise Faulty(
            column,
            f"{column} is {text!r}; write a whole number from {least} to {most}",
            f"“{text}”应为 {least} 至 {most} 的整数",
        )
    return int(whole)
