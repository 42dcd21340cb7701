"""What the codes of a kind look like: a pattern that administrators set, and how people are told of it."""

import re

from geo.models import ZoneKind

_DIGITS = re.compile(r"(?:\[0-9\]|\\d)\{(\d+)(?:,(\d+))?\}")


def code_fault(kind: ZoneKind, code: str) -> tuple[str, str] | None:
    """What is wrong with a code, in English and Chinese; None if it may be one of this kind."""
    if not kind.code_pattern or re.fullmatch(kind.code_pattern, code, re.ASCII):
        return None
    en, zh = _rule(kind.code_pattern)
    return (
        f"The code {code!r} is none of the kind {kind.code}: it should be {en}.",
        f"编码 {code!r} 不符合“{kind.name_zh}”的规则：应为 {zh}。",
    )


def _rule(pattern: str) -> tuple[str, str]:
    digits = _DIGITS.fullmatch(pattern)
    if digits is None:
        return f"as the pattern {pattern} says", f"符合规则 {pattern} 的文本"
    least, most = digits[1], digits[2] or digits[1]
    return (
        (f"{least} digits", f"{least} 位数字")
        if least == most
        else (f"{least} to {most} digits", f"{least} 至 {most} 位数字")
    )
