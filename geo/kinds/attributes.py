"""The attributes that a kind declares for its zones, as a small and flat part of JSON Schema.

    {"type": "object", "required": ["level"], "properties": {
        "level": {"type": "string", "enum": ["市级", "区级"], "title": "Level", "x-title-zh": "级别"},
        "opened": {"type": "string", "format": "date", "title": "Opened", "x-title-zh": "开放日期"}}}

A form can be made of it, and nothing else is understood: a kind with other words is refused when it is saved. A zone
may have more attributes than its kind declares, since files bring what they have.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

MOST = 60  # attributes of one kind
_OF_SCHEMA = {"type", "properties", "required", "title", "x-title-zh"}
_OF_ATTRIBUTE = {"type", "enum", "format", "minimum", "maximum", "title", "x-title-zh"}


class SchemaError(ValueError):
    """A schema that is not understood: why, in English (as its text) and Chinese."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.zh = zh


@dataclass(frozen=True, slots=True)
class AttributeFault:
    """What is wrong with one attribute of a zone, as sentences."""

    name: str
    en: str
    zh: str


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


_TYPES: dict[str, tuple[Callable[[Any], bool], str, str]] = {
    "string": (lambda value: isinstance(value, str), "a text", "文本"),
    "number": (_is_number, "a number", "数字"),
    "integer": (lambda value: _is_number(value) and float(value).is_integer(), "a whole number", "整数"),
    "boolean": (lambda value: isinstance(value, bool), "true or false", "是或否"),
}


def check_schema(schema: Any) -> None:
    """Raises SchemaError for a schema with words that are not understood. An empty one declares nothing."""
    if not isinstance(schema, dict):
        raise SchemaError("the schema is no JSON object", "schema 不是 JSON 对象")
    _only(schema, _OF_SCHEMA, "the schema", "schema")
    if schema.get("type", "object") != "object":
        raise SchemaError("the schema's type is 'object' and nothing else", "schema 的 type 只能是 object")
    properties = schema.get("properties", {})
    if not isinstance(properties, dict) or len(properties) > MOST:
        raise SchemaError(
            f"properties is an object of at most {MOST} attributes", f"properties 应为对象，最多 {MOST} 个属性"
        )
    for name, declared in properties.items():
        _check_declared(name, declared)
    required = schema.get("required", [])
    unknown = [name for name in required if name not in properties] if isinstance(required, list) else ["?"]
    if unknown:
        raise SchemaError(
            f"required is a list of declared attributes; {unknown[0]!r} is none",
            f"required 应为已声明属性的列表；{unknown[0]!r} 未声明",
        )


def _check_declared(name: str, declared: Any) -> None:
    if not isinstance(declared, dict):
        raise SchemaError(f"attribute {name!r} is no JSON object", f"属性 {name!r} 不是 JSON 对象")
    _only(declared, _OF_ATTRIBUTE, f"attribute {name!r}", f"属性 {name!r}")
    kind = declared.get("type")
    if kind not in _TYPES:
        raise SchemaError(
            f"attribute {name!r} has the type {kind!r}; there are {', '.join(_TYPES)}",
            f"属性 {name!r} 的类型 {kind!r} 不支持；可用：{'、'.join(_TYPES)}",
        )
    if "format" in declared and (kind, declared["format"]) != ("string", "date"):
        raise SchemaError(
            f"attribute {name!r}: the only format is 'date', of a string", f"属性 {name!r}：format 只支持文本的 date"
        )
    choices = declared.get("enum", [None])
    is_type, word, word_zh = _TYPES[kind]
    if "enum" in declared and not (isinstance(choices, list) and choices and all(map(is_type, choices))):
        raise SchemaError(
            f"attribute {name!r}: enum is a list of choices, each {word}",
            f"属性 {name!r}：enum 应为可选值列表，每个是{word_zh}",
        )
    for bound in ("minimum", "maximum"):
        if bound in declared and not (kind in ("number", "integer") and _is_number(declared[bound])):
            raise SchemaError(
                f"attribute {name!r}: {bound} is a number, of a number",
                f"属性 {name!r}：{bound} 应为数字，且只用于数字",
            )
    for title in ("title", "x-title-zh"):
        if not isinstance(declared.get(title, ""), str):
            raise SchemaError(f"attribute {name!r}: {title} is a text", f"属性 {name!r}：{title} 应为文本")


def _only(given: Mapping[str, Any], known: set[str], en: str, zh: str) -> None:
    for word in given:
        if word not in known:
            raise SchemaError(
                f"{en} has {word!r}, which is not understood; there are {', '.join(sorted(known))}",
                f"{zh} 含有不支持的 {word!r}；可用：{'、'.join(sorted(known))}",
            )


def attribute_faults(schema: Mapping[str, Any], attributes: Mapping[str, Any]) -> Iterator[AttributeFault]:
    """What is wrong with the attributes of a zone by the schema of its kind."""
    properties = schema.get("properties", {})
    for name in schema.get("required", []):
        if attributes.get(name) in (None, ""):
            en, zh = _named(name, properties[name])
            yield AttributeFault(name, f"The attribute {en} is missing.", f"缺少属性{zh}。")
    for name, declared in properties.items():
        value = attributes.get(name)
        if value is None:
            continue
        if wrong := _wrong(declared, value):
            en, zh = _named(name, declared)
            yield AttributeFault(
                name,
                f"The attribute {en} is {value!r}; it should be {wrong[0]}.",
                f"属性{zh}为 {value!r}；应为{wrong[1]}。",
            )


def _wrong(declared: Mapping[str, Any], value: Any) -> tuple[str, str] | None:
    """What the value should be, in English and Chinese, if it is not that."""
    is_type, en, zh = _TYPES[declared["type"]]
    if not is_type(value):
        return en, zh
    if "enum" in declared and value not in declared["enum"]:
        choices = [str(choice) for choice in declared["enum"]]
        return f"one of {', '.join(choices)}", f"以下之一：{'、'.join(choices)}"
    if "minimum" in declared and value < declared["minimum"]:
        return f"at least {declared['minimum']}", f"不小于 {declared['minimum']}"
    if "maximum" in declared and value > declared["maximum"]:
        return f"at most {declared['maximum']}", f"不大于 {declared['maximum']}"
    if declared.get("format") == "date" and not _is_date(value):
        return "a day, as 2026-12-01", "日期，如 2026-12-01"
    return None


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _named(name: str, declared: Mapping[str, Any]) -> tuple[str, str]:
    title, title_zh = declared.get("title"), declared.get("x-title-zh")
    return f"{name} ({title})" if title else name, f"“{title_zh or name}”"
