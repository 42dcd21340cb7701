"""One small city for all tests of this folder: a fifth of the demo city, in the same way."""

import pytest

from simulations.city.generate import City, generate

SCALE = 0.2


@pytest.fixture(scope="session")
def city() -> City:
    return generate(scale=SCALE)
