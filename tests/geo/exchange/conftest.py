"""Writing files, and importing them."""

from pathlib import Path
from typing import Any

import geopandas
import pyogrio
import pytest

from geo.exchange import applying
from geo.exchange.files import Format
from geo.exchange.rows import Wanted
from tests.geo.exchange.samples import SUFFIX, FileOf, Rows, Run
from twin.models import User


@pytest.fixture
def planner(city: None) -> User:
    return User.objects.get(username="demo-planner")


@pytest.fixture
def file_of(tmp_path: Path) -> FileOf:
    """Write rows (WGS-84) to a file in a format and system."""

    def write(rows: Rows, format: Format = Format.GEOPACKAGE, crs: Any = 4326, **more: Any) -> Path:
        path = tmp_path / f"zones{SUFFIX[format]}"
        frame = geopandas.GeoDataFrame(rows, crs=4326).to_crs(crs)
        path.unlink(missing_ok=True)
        pyogrio.write_dataframe(frame, path, driver=format.value, **more)
        return path

    return write


@pytest.fixture
def dry_run(planner: User) -> Run:
    return lambda path, kind="park", **more: applying.dry_run(Wanted(path, path.name, kind, **more), planner)


@pytest.fixture
def import_(planner: User) -> Run:
    return lambda path, kind="park", token="", **more: applying.apply(
        Wanted(path, path.name, kind, **more), planner, token=token
    )
