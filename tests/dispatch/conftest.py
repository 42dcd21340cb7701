"""Who is there, and one case in their hands."""

from collections.abc import Callable
from typing import Any

import pytest

from dispatch.models import Case
from tests.dispatch.people import everybody
from twin.models import User

Make = Callable[..., Any]


@pytest.fixture
def people(make_person: Make) -> dict[str, User]:
    return everybody(make_person)


@pytest.fixture
def case(open_case: Make) -> Case:
    """Dispatched to UMB.SAN."""
    opened: Case = open_case()
    return opened
