"""The demo city as data."""

from dataclasses import dataclass

from geopandas import GeoDataFrame


@dataclass(frozen=True)
class City:
    """A synthetic district as GeoDataFrames in EPSG:4326 (longitude, latitude), each with a `geometry` column.

    boundary     code, name_zh, name_en
    streets      code (9 digits), name_zh, name_en
    communities  code (12 digits), street, name_zh, name_en
    cells        code (15 digits), community, area_m2
    areas        code, name_zh, name_en, people: responsibility areas, made of whole cells
    zones        kind (park, school, estate, campus, scenic_area, construction_site, event), code, name_zh, name_en
    water        kind (river, canal, lake, stream, pond), name_zh, name_en
    green        kind (park, wood, farmland, grass, riverside, pitch, bare)
    roads        class (expressway, arterial, secondary, residential, path), name_zh, name_en; lines
    buildings    kind, height (metres)
    labels       name_zh, name_en, class, rank (1 is shown first); points
    addresses    road, number, text_zh, text_en; points
    components   code (16 digits), category, cell, department_manager, department_owner, department_maintainer; points
    devices      code, kind, component (code or None), name_zh, name_en; points

    Communities tile their street and streets the district, exactly: they are unions of cells, which share their
    vertices. Water and main roads go on beyond the boundary, as on any map; everything else lies inside it.
    `bbox` is west, south, east, north of the boundary; `centre` the longitude and latitude of the old town.
    """

    code: str
    name_zh: str
    name_en: str
    seed: int
    bbox: tuple[float, float, float, float]
    centre: tuple[float, float]
    boundary: GeoDataFrame
    streets: GeoDataFrame
    communities: GeoDataFrame
    cells: GeoDataFrame
    areas: GeoDataFrame
    zones: GeoDataFrame
    water: GeoDataFrame
    green: GeoDataFrame
    roads: GeoDataFrame
    buildings: GeoDataFrame
    labels: GeoDataFrame
    addresses: GeoDataFrame
    components: GeoDataFrame
    devices: GeoDataFrame
