"""The city as built, in local metres: roads, blocks and what stands on them. `generate` makes public tables of it."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Polygon

from simulations.city import blocks, buildings, grounds, landuse, naming, parcels, partition, pieces, roads, shops
from simulations.city.buildings import Buildings
from simulations.city.field import Field, build
from simulations.city.frame import Geometries, Ints
from simulations.city.interchanges import ramps
from simulations.city.layout import Layout
from simulations.city.names import NO_NAME, Inventions
from simulations.city.pieces import Pieces
from simulations.city.roads import Road

# Blocks whose inner cuts are drives that one can see.
WITH_DRIVES = {"slab6", "slab11", "tower", "factory", "lab", "campus", "farmland"}

# Green blocks up to this many square metres have paths like a park.
WITH_PATHS, LARGEST_GARDEN = {"wood", "square"}, 60_000.0


@dataclass(frozen=True)
class Fabric:
    """`main` roads go on beyond the district, `small` ones and `paths` do not. `land[b]` is block b less its roads;
    `use[b]` the use of its superblock, `style[b]` how it is built. `community[p]` and `street[p]` belong to piece p."""

    district: Polygon
    main: list[Road]
    small: list[Road]
    paths: list[Road]
    superblocks: list[Polygon]
    superblock_use: list[str]
    land: Geometries
    use: list[str]
    style: list[str]
    buildings: Buildings
    pitches: Geometries
    ponds: Geometries
    pieces: Pieces
    community: Ints
    street_of_community: Ints


def weave(plan: Layout, invent: Inventions, scale: float, rng: np.random.Generator) -> Fabric:
    road_rng, use_rng, house_rng = rng.spawn(3)
    ways = build(plan)
    main, faces = roads.trim(naming.name_main(roads.network(plan, ways, road_rng), invent), plan)
    superblocks = partition.choose_district(faces, plan)
    district = shapely.union_all(superblocks)
    streets, communities = partition.divide(superblocks, partition.adjacency(superblocks, main, plan), scale)

    uses = landuse.superblock_uses(superblocks, plan, use_rng)
    cut = blocks.cut_blocks(superblocks, uses, ways, use_rng)
    styles = landuse.block_styles(cut.shapes, cut.superblock, uses, scale, use_rng)
    small = naming.name_small(cut.streets, cut.street_superblock, uses, invent)
    main += ramps(main)
    town = roads.clip(main, district.buffer(50)) + small
    land = parcels.parcels(cut.shapes, town)
    built, pitches, divided = _build(land, styles, cut, plan, ways, house_rng)
    ponds, paths = _gardens(land, styles, house_rng)
    return Fabric(
        district=district,
        main=main,
        small=small,
        paths=[Road("path", NO_NAME, line) for line in [*paths, *_drives(land, styles, divided, pitches)]],
        superblocks=superblocks,
        superblock_use=uses,
        land=land,
        use=[uses[home] for home in cut.superblock],
        style=styles,
        buildings=built,
        pitches=pitches,
        ponds=ponds,
        pieces=divided,
        community=communities[cut.superblock[divided.block]],
        street_of_community=_by_community(communities, streets),
    )


def _build(
    land: Geometries, styles: list[str], cut: blocks.Blocks, plan: Layout, ways: Field, rng: np.random.Generator
) -> tuple[Buildings, Geometries, Pieces]:
    """Sports grounds, shops and houses on the dry land, and the cuts between them."""
    angles = buildings.row_angles(land, styles)
    free = parcels.dry(land, np.array([water.shape for water in plan.water]))
    wanted = [i for i, style in enumerate(styles) if style == "school" or (style == "campus" and rng.random() < 0.2)]
    pitches, free = grounds.sports(free, wanted, angles)
    rows, free = shops.build(free, styles, rng)
    houses = buildings.build(free, styles, angles, rng)
    built = buildings.skyline(Buildings.joined([houses, rows]), rng)
    divided = pieces.cut_pieces(cut, built, angles, ways)
    return shops.with_passages(built, divided.cuts), pitches, divided


def _gardens(land: Geometries, styles: list[str], rng: np.random.Generator) -> tuple[Geometries, list[LineString]]:
    ponds: list[Polygon] = []
    paths: list[LineString] = []
    for shape, style in zip(land, styles, strict=True):
        if style == "park" or (style in WITH_PATHS and shape.area < LARGEST_GARDEN):
            more_ponds, more_paths = grounds.park(shape, rng, pond=style == "park")
            ponds += more_ponds
            paths += more_paths
    return np.array(ponds, dtype=object), paths


def _drives(land: Geometries, styles: list[str], divided: Pieces, pitches: Geometries) -> list[LineString]:
    """Cuts between cells that are drives inside an estate or a works."""
    mine = np.array([styles[block] in WITH_DRIVES for block in divided.cut_block])
    inside = shapely.intersection(divided.cuts[mine], land[divided.cut_block[mine]])
    inside = shapely.difference(inside, shapely.union_all(pitches))
    return [part for part in shapely.get_parts(inside) if part.geom_type == "LineString" and part.length > 20]


def _by_community(communities: Ints, streets: Ints) -> Ints:
    street_of = np.zeros(communities.max() + 1, dtype=np.int64)
    street_of[communities] = streets
    return street_of
