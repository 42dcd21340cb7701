"""What a person gives with a verb, and whether it is what the verb asks for."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from ninja import Field, Schema

from dispatch.models import Attachment, LimitUnit
from dispatch.workflow import Verb
from twin.problems import Problem

NAMES = {
    "note": ("说明理由", "a note that says why"),
    "department": ("部门", "a department"),
    "departments": ("协办部门", "at least one department"),
    "person": ("人员", "a person"),
    "photos_before": ("处置前照片", "a photo from before"),
    "photos_after": ("处置后照片", "a photo from after"),
    "documents": ("证明材料", "a document"),
    "condition": ("立案条件", "a filing condition"),
    "until": ("截止时间", "a time until when"),
    "value": ("时限", "a length of time"),
    "unit": ("时限单位", "a unit of time"),
    "result": ("结果", "a result"),
    "rating": ("满意度", "a rating"),
    "kind": ("类型", "a kind"),
    "report": ("上报记录", "a report"),
    "reached": ("是否接通", "whether the caller was reached"),
    "opinion": ("意见", "an opinion"),
}
PHOTOS = {"photos_before": "before", "photos_after": "after", "documents": "document"}


class Inputs(Schema):
    """All that any verb may ask for; each verb's `inputs` in a case's detail say which it takes."""

    note: str = Field(default="", max_length=2000)
    department: str = Field(default="", max_length=40)
    departments: list[str] = Field(default=[], max_length=20)
    person: int | None = Field(default=None, description="id of a user")
    attachments: list[UUID] = Field(default=[], max_length=20, description="ids that POST /api/attachments gave")
    condition: int | None = None
    until: datetime | None = Field(default=None, description="with its zone")
    value: float | None = Field(default=None, gt=0, le=1000)
    unit: LimitUnit | None = None
    result: str = Field(default="", max_length=20)
    rating: int | None = None
    kind: str = Field(default="", max_length=20)
    report: int | None = None
    reached: bool | None = None
    opinion: str = Field(default="", max_length=2000)

    def has(self, name: str, attachments: Sequence[Attachment]) -> bool:
        if name in PHOTOS:
            return any(attachment.kind == PHOTOS[name] for attachment in attachments)
        value = getattr(self, name)
        return bool(value.strip()) if isinstance(value, str) else value not in (None, [])


def check(verb: Verb, inputs: Inputs, attachments: Sequence[Attachment]) -> None:
    """Raises Problem 422 for the first input that is missing, does not belong here, or is none of the choices."""
    for name in verb.needs:
        if not inputs.has(name, attachments):
            zh, en = NAMES[name]
            raise Problem(
                422,
                f"To take the step '{verb.name_en}', give {en}.",
                detail_zh=f"“{verb.name_zh}”需要填写：{zh}。",
                missing=name,
            )
    for asked, choices in verb.choices.items():
        known = [choice.code for choice in choices]
        if inputs.has(asked, attachments) and str(getattr(inputs, asked)) not in known:
            raise Problem(
                422,
                f"{asked} is one of {', '.join(known)}.",
                detail_zh=f"{NAMES[asked][0]}只能是：{'、'.join(choice.name_zh for choice in choices)}。",
            )
    if inputs.until is not None and inputs.until.tzinfo is None:
        raise Problem(422, "The time needs its zone: 2026-11-23T08:00:00+08:00.", detail_zh="时间需要带时区。")
