"""The words of docs/protocol.md as they go over the line."""

from collections.abc import Iterable, Sequence
from typing import Any

from twin import journal
from twin.live.viewer import Message, text_message

PROTOCOL = 1
BAD_MESSAGE, NOT_LOGGED_IN, SLOW, WRONG_PROTOCOL = 4400, 4401, 4408, 4426


def message(op: str, **fields: Any) -> Message:
    return text_message(journal.dump({"op": op, **fields}))


def frames(first: int, last: int, pieces: Iterable[str]) -> Message:
    return text_message(f'{{"op":"frames","from":{first},"seq":{last},"changes":[{",".join(pieces)}]}}')


def snapshot(seq: int, texts: Sequence[str], part_size: int) -> list[Message]:
    parts = [texts[i : i + part_size] for i in range(0, len(texts), part_size)] or [[]]
    head = f'{{"op":"snapshot","seq":{seq},"parts":{len(parts)},"part":'
    return [text_message(f'{head}{number},"features":[{",".join(part)}]}}') for number, part in enumerate(parts, 1)]
