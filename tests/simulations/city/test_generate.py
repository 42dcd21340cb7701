"""The same seed gives the same city, another seed another."""

import hashlib
import os
import subprocess
import sys

import geopandas
import pytest

from simulations.city.generate import City, generate
from tests.simulations.city.conftest import SCALE


def fingerprint(city: City) -> str:
    """A digest of every table, geometry included."""
    digest = hashlib.sha256()
    for name, frame in sorted(vars(city).items()):
        if isinstance(frame, geopandas.GeoDataFrame):
            digest.update(f"{name} {frame.drop(columns='geometry').to_csv()}".encode())
            digest.update(b"".join(frame.geometry.to_wkb()))
    return digest.hexdigest()


def test_another_process_with_another_hash_seed_draws_the_same_city(city: City) -> None:
    script = (
        "from simulations.city.generate import generate\n"
        "from tests.simulations.city.test_generate import fingerprint\n"
        f"print(fingerprint(generate(scale={SCALE})))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONHASHSEED": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == fingerprint(city)


def test_another_seed_draws_another_city(city: City) -> None:
    other = generate(seed=7, scale=SCALE)
    assert not other.boundary.geometry.iloc[0].equals(city.boundary.geometry.iloc[0])
    assert len(other.components) == len(city.components)


@pytest.mark.parametrize("scale", [0, 0.1, 1.5, float("nan")])
def test_a_scale_that_makes_no_city_is_refused(scale: float) -> None:
    with pytest.raises(ValueError, match=r"between 0\.2 and 1"):
        generate(scale=scale)
