"""What goes out to departments' systems is as docs/asyncapi.yaml says."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from dispatch.models import Channel, Delivery
from dispatch.outbound.making import read_on
from tests.docs.asyncapi import validator
from twin.models import Head

pytestmark = pytest.mark.usefixtures("city")


def test_a_task_is_as_described(open_case: Callable[..., Any]) -> None:
    now = Head.objects.get().seq
    channel = Channel.objects.create(kind="kafka", department="UMB.SAN", from_seq=now, read_seq=now)
    open_case()
    read_on(channel.pk)
    validator("TaskEvent").validate(json.loads(Delivery.objects.get().body))
