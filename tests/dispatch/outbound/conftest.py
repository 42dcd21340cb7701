from collections.abc import Callable
from typing import Any

import pytest

from dispatch import actions
from dispatch.models import Case, Channel
from dispatch.outbound.making import read_on
from dispatch.outbound.sending import SENDERS, send_due
from tests.brokers import own_channels
from tests.dispatch.outbound.receiver import SECRET
from twin.models import Head, User

__all__ = ["own_channels"]
Make = Callable[..., Any]


@pytest.fixture
def channel() -> Make:
    """A channel that hears of what happens from now on."""

    def make(kind: str = "webhook", department: str = "UMB.SAN", **more: Any) -> Channel:
        now = Head.objects.get().seq
        return Channel.objects.create(
            kind=kind, department=department, secret=SECRET, from_seq=now, read_seq=now, **more
        )

    return make


@pytest.fixture
def sent() -> Callable[[Channel], int]:
    """Let a channel do all that it can do now, as the process would; how many attempts it made."""

    def go(channel: Channel) -> int:
        sender, tried = SENDERS[channel.kind](channel), 0
        try:
            while read_on(channel.pk):
                pass
            while count := send_due(channel.pk, sender):
                tried += count
        finally:
            sender.close()
        return tried

    return go


@pytest.fixture
def do() -> Callable[..., Case]:
    def step(case: Case, verb: str, user: User, **inputs: Any) -> Case:
        case.refresh_from_db()
        return actions.act(case.pk, verb, user, version=case.version, **inputs)

    return step
