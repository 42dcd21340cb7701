"""What a condition may be held against: each check gives the fault of a value in both languages, or None."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from dispatch.rules.facts import SAME, World

LISTS = ("in", "not_in")
OPERATORS = {
    "in": "属于",
    "not_in": "不属于",
    "eq": "等于",
    "ge": "不低于",
    "le": "不高于",
    "between": "介于",
    "contains": "包含",
}
YES_NO = {True: "是", False: "否"}


class Says(NamedTuple):
    """One sentence about a fault. The Chinese one names the field by its Chinese name, the English one by its code."""

    zh: str
    en: str

    def about(self, zh: str, en: str) -> "Says":
        return Says(f"{zh}：{self.zh}", f"{en}: {self.en}")


Check = Callable[[str, Any, World], Says | None]


def needs(what: str, op: str, zh: str, en: str) -> Says:
    return Says(f"“{OPERATORS.get(op, op)}”需要{zh}", f"{what} {op} needs {en}")


def listed(known: Callable[[World], Any], what: str) -> Check:
    """A check for operators that take a list of known values."""

    def check(op: str, value: Any, world: World) -> Says | None:
        values = value if isinstance(value, list) else []
        if not values:
            return needs(what, op, "至少一个取值", "a list of values")
        names = known(world)
        missing = [str(one) for one in values if not isinstance(one, str | int) or one not in names]
        return Says(f"没有 {'、'.join(missing)}", f"there is no {what} {', '.join(missing)}") if missing else None

    return check


def one_of(known: Sequence[Any], what: str) -> Check:
    def check(op: str, value: Any, world: World) -> Says | None:
        if not isinstance(value, list | dict) and any(
            value is one or (value == one and type(value) is type(one)) for one in known
        ):
            return None
        allowed = "、".join(YES_NO[one] if isinstance(one, bool) else str(one) for one in known)
        return Says(
            f"只能是 {allowed}，不能是 {value!r}", f"{what} must be one of {', '.join(map(str, known))}, not {value!r}"
        )

    return check


def either(what: str, known: Sequence[Any]) -> Check:
    """`eq` takes one value, the others a list."""
    single, many = one_of(known, what), listed(lambda world: known, what)
    return lambda op, value, world: (many if op in LISTS else single)(op, value, world)


def hours(op: str, value: Any, world: World) -> Says | None:
    pair = value if isinstance(value, list) else []
    fits = len(pair) == 2 and all(isinstance(hour, int | float) and 0 <= hour <= 24 for hour in pair)
    return None if fits else needs("hour", op, "两个 0 到 24 之间的钟点", "two hours from 0 to 24")


def season(op: str, value: Any, world: World) -> Says | None:
    days = value if isinstance(value, list) else []
    if len(days) == 2 and all(isinstance(day, str) and _is_day(day) for day in days):
        return None
    return needs("season", op, "两个日期（月-日），如 11-15 和 03-15", 'two days of the year, as ["11-15", "03-15"]')


def _is_day(day: str) -> bool:
    month, _, number = day.partition("-")
    return len(day) == 5 and month.isdigit() and number.isdigit() and 1 <= int(month) <= 12 and 1 <= int(number) <= 31


def words(op: str, value: Any, world: World) -> Says | None:
    if not isinstance(value, list) or not value:
        return needs("text", op, "至少一个词", "a list of values")
    if all(isinstance(word, str) and word for word in value):
        return None
    return Says("词语不能为空，也不能是数字", "text needs words")


def condition(op: str, value: Any, world: World) -> Says | None:
    if not isinstance(value, list) or not value:
        return needs("condition", op, "至少一个立案条件", "a list of values")
    for ref in value:
        code, _, number = ref.partition("/") if isinstance(ref, str) else ("", "", "")
        if not number.isdigit() or int(number) not in world.conditions.get(code, ()):
            return Says(
                f"没有 {ref}；请写作“类别/条件号”，如 E-05-02/1",
                f"there is no filing condition {ref}; write a category, a slash and its number, as E-05-02/1",
            )
    return None


def count(op: str, value: Any, world: World) -> Says | None:
    if not isinstance(value, dict) or value.keys() != {"reports", "hours", "same"}:
        return needs("count", op, "件数、小时数和范围三项", '{"reports": 3, "hours": 24, "same": "category"}')
    whole = isinstance(value["reports"], int) and 2 <= value["reports"] <= 1000
    span = isinstance(value["hours"], int | float) and 0 < value["hours"] <= 24 * 31
    if not whole or not span or value["same"] not in SAME:
        return Says(
            "件数须为 2 至 1000，时间不超过 744 小时，范围为同小类、同大类或任意类别",
            f"count needs 2 to 1,000 reports within at most 744 hours, of the same {', '.join(SAME)}",
        )
    return None
