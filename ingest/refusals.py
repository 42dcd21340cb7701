"""Why a message could not be read, in words for the person who has to mend it."""

from datetime import datetime, timedelta

from dispatch.refusals import Refusal
from ingest.events import PAYLOADS


def empty() -> Refusal:
    return Refusal("empty", "消息没有内容。", "The message is empty.")


def too_large(size: int, most: int) -> Refusal:
    return Refusal(
        "too_large",
        f"消息有 {size} 字节，上限为 {most}；照片请以链接发送。",
        f"The message has {size} bytes, {most} is the limit; send photos as links.",
    )


def not_json(error: str) -> Refusal:
    return Refusal(
        "not_json",
        f"内容不是 UTF-8 编码的 JSON：{error}。",
        f"The content is no JSON in UTF-8: {error}.",
    )


def not_cloudevent(error: str) -> Refusal:
    return Refusal(
        "not_cloudevent",
        f"不是有效的 CloudEvents 1.0 信封：{error}。",
        f"This is no CloudEvents 1.0 envelope: {error}.",
    )


def nul_character() -> Refusal:
    return Refusal(
        "nul_character",
        "文本中含有空字符（U+0000），无法保存；请在来源系统中去掉。",
        "A text contains the character U+0000, which cannot be kept; take it out at the source.",
    )


def unknown_source(uri: str) -> Refusal:
    return Refusal(
        "unknown_source",
        f"来源 {uri!r} 没有登记或已停用；请先登记来源，再重发。",
        f"Source {uri!r} is not registered, or not active; register it, then send this again.",
    )


def wrong_source(uri: str, allowed: str) -> Refusal:
    return Refusal(
        "wrong_source",
        f"此令牌属于来源 {allowed!r}，不能以 {uri!r} 的名义上报。",
        f"This token belongs to source {allowed!r}; it may not report as {uri!r}.",
    )


def unknown_type(name: str) -> Refusal:
    known = ", ".join(PAYLOADS)
    return Refusal(
        "unknown_type",
        f"不认识的事件类型 {name!r}；可用：{known}。",
        f"Event type {name!r} is not known; there are {known}.",
    )


def wrong_payload(name: str, error: str) -> Refusal:
    return Refusal(
        "wrong_payload",
        f"{name} 的内容不符合约定：{error}。",
        f"The data of {name} is not as agreed: {error}.",
    )


def too_old(time: datetime, most: timedelta) -> Refusal:
    return Refusal(
        "too_old",
        f"事件时间 {time.isoformat()} 早于允许的 {most.days} 天；如确需补录，请放宽该来源的期限后重发。",
        f"The event's time {time.isoformat()} is more than {most.days} days ago; to take it all the same, widen the"
        " source's limit and send it again.",
    )


def in_future(time: datetime) -> Refusal:
    return Refusal(
        "in_future",
        f"事件时间 {time.isoformat()} 在未来；请校准来源的时钟和时区。",
        f"The event's time {time.isoformat()} lies in the future; check the clock and the time zone of the source.",
    )


def unprocessable(error: str) -> Refusal:
    return Refusal(
        "unprocessable",
        f"处理此消息时出错，其余消息不受影响：{error}。请联系管理员。",
        f"This message could not be processed, others were not held up: {error}. Ask your administrator.",
    )
