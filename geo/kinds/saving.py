"""Kinds change: by administrators, one at a time, and in every process at once."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from geo.kinds.attributes import SchemaError, check_schema
from geo.kinds.icons import ICONS
from geo.models import ZoneKind
from twin import audit, revisions
from twin.journal import Entry, Journal, dump
from twin.models import Role, User
from twin.problems import Problem

MAY_CHANGE = {Role.ADMINISTRATOR}
MAX_ZOOM = 20


@dataclass(frozen=True)
class KindDraft:
    """A kind as somebody wants it; the fields are those of ZoneKind, `parent` by its code.

    Without `code_pattern` an old kind keeps its own.
    """

    code: str
    name_zh: str
    name_en: str
    exclusive: bool = False
    precedence: int = 0
    color: str = "#8893a5"
    icon: str = ""
    min_zoom: int = 11
    parent: str | None = None
    of_cells: bool = False
    code_pattern: str | None = None
    schema: dict[str, Any] = field(default_factory=dict)


def save_kind(journal: Journal, draft: KindDraft, user: User, *, request: HttpRequest | None = None) -> ZoneKind:
    """Make a kind or change one. Zones keep what they have: the schema and the pattern count from their next change.

    Raises Problem 422 with what is wrong. PermissionDenied without a role.
    """
    if not user.may_act_as(MAY_CHANGE):
        raise PermissionDenied("Kinds of zone are changed by administrators.")
    kinds = {kind.code: kind for kind in ZoneKind.objects.select_for_update(no_key=True).order_by("code")}
    if draft.code_pattern is None:
        draft = replace(draft, code_pattern=kinds[draft.code].code_pattern if draft.code in kinds else "")
    for en, zh in _faults(draft, kinds):
        raise Problem(422, en, detail_zh=zh)
    kind = kinds.get(draft.code) or ZoneKind(code=draft.code)
    before = as_draft(kind) if draft.code in kinds else None
    for name in (one.name for one in fields(KindDraft)):
        setattr(kind, "parent_id" if name == "parent" else name, getattr(draft, name))
    kind.save()
    changed = {
        name.name: getattr(draft, name.name)
        for name in fields(KindDraft)
        if before is None or getattr(before, name.name) != getattr(draft, name.name)
    }
    row = audit.record("zone_kind.saved", user, "zone_kind", kind.code, request=request, changed=changed)
    # A kind is no object on the map: it has no state, and is there to be read.
    change = dump({"code": kind.code} | changed)
    journal.say(Entry("zone_kind.saved", "zone_kind", kind.code, row.pk, f"user:{user.pk}", None, change=change))
    revisions.bump("zones")
    return kind


def as_draft(kind: ZoneKind) -> KindDraft:
    values = {one.name: getattr(kind, one.name) for one in fields(KindDraft) if one.name != "parent"}
    return KindDraft(parent=kind.parent_id, **values)


def _faults(draft: KindDraft, kinds: dict[str, ZoneKind]) -> Iterator[tuple[str, str]]:
    """What is wrong with a draft, in English and Chinese."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", draft.code):
        yield (
            f"The code {draft.code!r} should begin with a small letter and have small letters, digits and _ only.",
            f"类型编码 {draft.code!r} 应以小写字母开头，只含小写字母、数字和下划线。",
        )
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", draft.color):
        yield f"The colour {draft.color!r} should look like #4caf6d.", f"颜色 {draft.color!r} 应形如 #4caf6d。"
    if draft.icon not in ("", *ICONS):
        yield f"There is no icon {draft.icon!r}; choose one of the list.", f"没有图标 {draft.icon!r}；请从列表中选择。"
    if not 0 <= draft.min_zoom <= MAX_ZOOM:
        yield f"The zoom should lie between 0 and {MAX_ZOOM}.", f"缩放级别应在 0 与 {MAX_ZOOM} 之间。"
    yield from _of_the_parent(draft, kinds)
    try:
        re.compile(draft.code_pattern or "")
    except re.error as error:
        yield f"The pattern of codes is none: {error}.", f"编码规则不是有效的正则表达式：{error}。"
    try:
        check_schema(draft.schema)
    except SchemaError as error:
        yield f"{str(error)[0].upper()}{str(error)[1:]}.", f"{error.zh}。"


def _of_the_parent(draft: KindDraft, kinds: dict[str, ZoneKind]) -> Iterator[tuple[str, str]]:
    if draft.parent is None:
        return
    if draft.parent not in {*kinds, draft.code}:
        yield f"There is no zone kind {draft.parent!r}.", f"没有区域类型 {draft.parent!r}。"
        return
    above: str | None = draft.parent
    while above is not None and above != draft.code:
        above = kinds[above].parent_id
    if above is not None:
        yield (
            f"A {draft.code} cannot lie inside a {draft.parent}: that would go round in a circle.",
            f"{draft.code} 不能以 {draft.parent} 为上级：会形成循环。",
        )
