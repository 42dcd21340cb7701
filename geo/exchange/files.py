"""What kind of file it is, by its bytes: its name says nothing, and GDAL would follow links in some kinds of files."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree
from zipfile import BadZipFile, ZipFile

from geo.exchange.faults import FileError

MOST_UNPACKED = 1 << 30  # bytes in a zip: a city's cells are a hundredth of this
_PARTS = {".shp", ".shx", ".dbf", ".prj", ".cpg"}  # of a Shapefile; the rest is not needed


class Format(StrEnum):
    """A format, by the name of GDAL's driver that reads it."""

    GEOJSON = "GeoJSON"
    SHAPEFILE = "ESRI Shapefile"
    GEOPACKAGE = "GPKG"
    KML = "LIBKML"
    FLATGEOBUF = "FlatGeobuf"


_SUFFIX = {
    Format.GEOJSON: ".geojson",
    Format.SHAPEFILE: ".shp",
    Format.GEOPACKAGE: ".gpkg",
    Format.KML: ".kml",
    Format.FLATGEOBUF: ".fgb",
}


@dataclass(frozen=True)
class Opened:
    """A file that GDAL may open, and what it is. A Shapefile's parts lie beside it."""

    path: Path
    format: Format


@contextmanager
def opened(path: Path, layer: str | None = None) -> Iterator[Opened]:
    """Find out what a file is; a zip with a Shapefile is unpacked for as long as the block lasts.

    `layer` chooses one of several Shapefiles in a zip. Raises FileError.
    """
    if not path.is_file():
        raise FileError("no_file", f"没有文件 {path}。", f"There is no file {path}.")
    with path.open("rb") as file:
        head = file.read(1024)
    with TemporaryDirectory(prefix="yiwang-") as folder:
        if head.startswith(b"PK\x03\x04"):
            yield Opened(_unpack(path, Path(folder), layer), Format.SHAPEFILE)
            return
        found = Opened(path, _format(path, head))
        if found.format == Format.SHAPEFILE:
            _check_parts(path)
        elif path.suffix.lower() != _SUFFIX[found.format]:
            # GDAL goes by the suffix here and there.
            link = Path(folder) / f"{path.stem}{_SUFFIX[found.format]}"
            link.symlink_to(path.resolve())
            found = Opened(link, found.format)
        yield found


def _format(path: Path, head: bytes) -> Format:
    if head.startswith(b"SQLite format 3\0"):
        return Format.GEOPACKAGE
    if head.startswith(b"fgb\x03"):
        return Format.FLATGEOBUF
    if head.startswith(b"\x00\x00\x27\x0a"):
        return Format.SHAPEFILE
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return Format.GEOJSON
    if _root(path) == "kml":
        return Format.KML
    raise FileError(
        "unknown_format",
        "文件不是 GeoJSON、Shapefile（.shp 或 zip）、GeoPackage、KML 或 FlatGeobuf；KMZ 请先解压。",
        "The file is no GeoJSON, Shapefile (.shp or zip), GeoPackage, KML or FlatGeobuf; unpack a KMZ first.",
    )


def _root(path: Path) -> str:
    """The name of the root element, without its namespace, if it is XML."""
    try:
        _, element = next(ElementTree.iterparse(path, events=("start",)))
    except (ElementTree.ParseError, StopIteration):
        return ""
    return str(element.tag).rpartition("}")[2]


def _unpack(path: Path, folder: Path, layer: str | None) -> Path:
    try:
        # Names that are not in UTF-8 come from Chinese Windows.
        with ZipFile(path, metadata_encoding="gb18030") as archive:
            parts = [one for one in archive.infolist() if Path(one.filename).suffix.lower() in _PARTS]
            stem = _choose([one.filename for one in parts], layer)
            chosen = [one for one in parts if one.filename.rpartition(".")[0] == stem]
            if sum(one.file_size for one in chosen) > MOST_UNPACKED:
                raise FileError("too_large", "压缩包过大（解压后超过 1 GiB）。", "The zip holds more than 1 GiB.")
            name = stem.rpartition("/")[2]
            for one in chosen:
                suffix = Path(one.filename).suffix.lower()
                (folder / f"{name}{suffix}").write_bytes(archive.read(one))
    except (BadZipFile, UnicodeDecodeError, RuntimeError) as error:
        raise FileError("bad_zip", f"压缩包无法解开：{error}。", f"The zip cannot be unpacked: {error}.") from error
    shape = folder / f"{name}.shp"
    _check_parts(shape)
    return shape


def _choose(names: list[str], layer: str | None) -> str:
    """The path, without suffix, of the one Shapefile, or of the one whose name is `layer`."""
    stems = {n.rpartition(".")[0] for n in names if n.lower().endswith(".shp") and not n.startswith("__MACOSX/")}
    if layer:
        stems = {stem for stem in stems if stem.rpartition("/")[2] == layer}
    if len(stems) == 1:
        return stems.pop()
    found = sorted(Path(n).stem for n in names if n.lower().endswith(".shp") and not n.startswith("__MACOSX/"))
    if not found:
        raise FileError("no_shapefile", "压缩包中没有 .shp 文件。", "There is no .shp in the zip.")
    raise several_layers(found)


def several_layers(layers: Sequence[str]) -> FileError:
    found = ", ".join(layers)
    return FileError(
        "choose_layer",
        f"文件有多个图层，请用 --layer 选择其一：{found}。",
        f"The file has several layers; choose one with --layer: {found}.",
        layers,
    )


def _check_parts(path: Path) -> None:
    missing = [suffix for suffix in (".shx", ".dbf") if _beside(path, suffix) is None]
    if missing:
        names = ", ".join(missing)
        raise FileError(
            "missing_parts",
            f"Shapefile 缺少 {names}；请把 .shp、.shx、.dbf、.prj 放在一起，或打包成一个 zip。",
            f"The Shapefile lacks {names}; keep .shp, .shx, .dbf and .prj together, or send them in one zip.",
        )


def _beside(path: Path, suffix: str) -> Path | None:
    """The part of a Shapefile with this suffix, in either case."""
    candidates = (path.with_suffix(suffix), path.with_suffix(suffix.upper()))
    return next((one for one in candidates if one.exists()), None)


def code_page(path: Path) -> str:
    """How a Shapefile says that its table is encoded: by a .cpg, or by a byte of its .dbf. Empty: not at all."""
    if declared := _beside(path, ".cpg"):
        return declared.read_text(encoding="ascii", errors="replace").strip()
    table = _beside(path, ".dbf")
    assert table is not None  # `opened` has seen it
    with table.open("rb") as file:
        number = file.read(30)[29]
    # 0 says nothing; 0x57 and 0x03 are what programs write that do not care.
    return "" if number in (0x00, 0x03, 0x57) else f"code page 0x{number:02X}"
