"""Every format that a GIS office sends is read as it was meant."""

import zipfile
from pathlib import Path
from typing import Any

import pytest
import shapely

from dispatch.models import Department
from geo.exchange.faults import FileError
from geo.exchange.files import Format
from geo.models import ZoneVersion
from tests.geo.exchange.samples import FileOf, Run, park, zipped
from tests.small_city import square


def shape_of(code: str) -> Any:
    return shapely.from_wkb(bytes(ZoneVersion.objects.get(zone__code=code).geom.wkb))


def is_square(code: str, column: int, row: int) -> bool:
    """Within a millimetre, whatever vertex it begins with."""
    return bool(shapely.hausdorff_distance(shape_of(code), square(column, row)) < 1e-8)


@pytest.mark.parametrize("format", list(Format))
def test_each_format(format: Format, file_of: FileOf, import_: Run) -> None:
    plan = import_(file_of([park("PK100", 0, 0), park("PK101", 3, 0, "东园")], format))
    assert plan.counts == {"created": 2, "changed": 0, "unchanged": 0, "retired": 0}
    assert is_square("PK101", 3, 0)
    assert ZoneVersion.objects.get(zone__code="PK101").name_zh == "东园"


def gbk_shapefile(file_of: FileOf, **more: Any) -> Path:
    """As Chinese desktop programs leave it: GBK, CGCS2000 zone of 3 degrees, Chinese columns, and no .cpg."""
    row = {"编码": "PK200", "名称": "运河公园", "面积": 1.5, "OBJECTID": 4, "geometry": square(0, 0)}
    path = file_of([row], Format.SHAPEFILE, crs=4549, encoding="GBK", **more)
    path.with_suffix(".cpg").unlink()
    return path


@pytest.mark.parametrize("pack", [lambda path: path, zipped])
def test_a_gbk_shapefile_without_cpg_in_a_three_degree_zone(pack: Any, file_of: FileOf, import_: Run) -> None:
    plan = import_(pack(gbk_shapefile(file_of)))
    assert plan.source.table.encoding == "GB18030"
    assert plan.source.system.name.startswith("EPSG:4549")
    version = ZoneVersion.objects.get(zone__code="PK200")
    assert (version.name_zh, version.attributes) == ("运河公园", {"面积": 1.5})
    assert is_square("PK200", 0, 0)


@pytest.mark.parametrize("encoding", ["GBK", "GB18030", "UTF-8"])
def test_a_cpg_is_believed(encoding: str, file_of: FileOf, dry_run: Run) -> None:
    plan = dry_run(file_of([park("PK201", 0, 0, "运河公园")], Format.SHAPEFILE, encoding=encoding))
    assert [step.draft.name_zh for step in plan.created] == ["运河公园"]


def test_an_attribute_table_in_utf8_without_cpg(file_of: FileOf, dry_run: Run) -> None:
    path = file_of([park("PK201", 0, 0, "运河公园")], Format.SHAPEFILE, encoding="UTF-8")
    path.with_suffix(".cpg").unlink()
    assert dry_run(path).created[0].draft.name_zh == "运河公园"


def test_a_name_whose_last_byte_would_be_a_space_elsewhere(file_of: FileOf, dry_run: Run) -> None:
    """The second byte of 晠 in GBK is a line break in Latin-1."""
    path = file_of([park("PK201", 0, 0, "晠")], Format.SHAPEFILE, encoding="GBK")
    path.with_suffix(".cpg").unlink()
    assert dry_run(path).created[0].draft.name_zh == "晠"


def test_a_wrong_cpg_is_overruled(file_of: FileOf, dry_run: Run) -> None:
    path = file_of([park("PK201", 0, 0, "运河公园")], Format.SHAPEFILE, encoding="GBK")
    path.with_suffix(".cpg").write_text("ISO-8859-1")
    assert dry_run(path, encoding="GBK").created[0].draft.name_zh == "运河公园"


def test_a_code_kept_as_a_number(file_of: FileOf, dry_run: Run) -> None:
    row = {"网格编码": 990101001001501.0, "name": "网格", "geometry": square(0, 0)}
    assert dry_run(file_of([row]), kind="cell").created[0].draft.code == "990101001001501"


def test_columns_are_named_and_texts_are_put_together(file_of: FileOf, import_: Run) -> None:
    row = {"X1": "PK300", "X2": "莲", "X3": "Lotus", "X4": 70, "geometry": square(0, 0)}
    columns = {"code": "X1", "name_zh": "={X2}花园", "name_en": "X3", "precedence": "X4", "department": "=UMB"}
    import_(file_of([row]), columns=columns)
    version = ZoneVersion.objects.get(zone__code="PK300")
    found = (version.name_zh, version.name_en, version.precedence, version.department, version.attributes)
    assert found == ("莲花园", "Lotus", 70, "UMB", {})


def test_a_department_by_its_name(file_of: FileOf, import_: Run) -> None:
    import_(file_of([park("PK301", 0, 0, 责任部门=Department.objects.get(pk="UMB").name_zh)]))
    assert ZoneVersion.objects.get(zone__code="PK301").department == "UMB"


def test_only_the_attributes_that_are_asked_for(file_of: FileOf, dry_run: Run) -> None:
    path = file_of([park("PK302", 0, 0, 面积=1, 备注="旧")])
    assert dry_run(path).created[0].draft.attributes == {"面积": 1, "备注": "旧"}
    assert dry_run(path, attributes=["备注"]).created[0].draft.attributes == {"备注": "旧"}


def test_one_of_several_shapefiles_in_a_zip(file_of: FileOf, dry_run: Run) -> None:
    shapefile = file_of([park("PK400", 0, 0)], Format.SHAPEFILE)
    for part in list(shapefile.parent.glob("zones.*")):
        (part.parent / f"旧{part.suffix}").write_bytes(part.read_bytes())
    path = shapefile.with_name("all.zip")
    with zipfile.ZipFile(path, "w") as archive:
        for part in shapefile.parent.glob("*.[sdpc]*"):
            archive.write(part, part.name)
    with pytest.raises(FileError, match="choose one with --layer: zones, 旧"):
        dry_run(path)
    assert dry_run(path, layer="旧").source.table.layer == "旧"
