"""How each kind of block is built."""

from dataclasses import dataclass

Range = tuple[float, float]


@dataclass(frozen=True)
class Style:
    """Lengths in metres, heights in floors. `filled` is the share of plots that are built on, `ragged` by how much
    houses are smaller than their plots, `tilt` the most degrees that rows turn from facing south."""

    kind: str
    depth: Range
    row_gap: Range
    length: Range
    gap: Range
    floors: Range
    filled: float = 0.95
    ragged: float = 0.0
    tilt: float = 45.0
    shapes: tuple[str, ...] = ("bar",)
    margin: float = 4.0


STYLES = {
    "slab6": Style(
        kind="residential",
        depth=(11, 12.5),
        row_gap=(15, 19),
        length=(38, 64),
        gap=(7, 11),
        floors=(5, 7),
        filled=0.97,
        ragged=0.03,
        tilt=24,
        shapes=("bar", "step", "comb", "comb"),
    ),
    "slab11": Style(
        kind="residential",
        depth=(13, 14.5),
        row_gap=(24, 30),
        length=(36, 54),
        gap=(12, 18),
        floors=(9, 18),
        ragged=0.03,
        tilt=20,
        shapes=("step", "comb"),
    ),
    "tower": Style(
        kind="tower",
        depth=(18, 21),
        row_gap=(32, 42),
        length=(27, 38),
        gap=(18, 26),
        floors=(24, 33),
        filled=0.96,
        ragged=0.03,
        tilt=20,
        shapes=("cross", "comb"),
        margin=8,
    ),
    "old": Style(
        kind="old_house",
        depth=(7.5, 10),
        row_gap=(2.5, 4.5),
        length=(8, 16),
        gap=(0.8, 2),
        floors=(1, 3),
        filled=0.93,
        ragged=0.25,
        shapes=("bar", "bar", "ell", "court"),
        margin=1,
    ),
    "village": Style(
        kind="house",
        depth=(9.5, 11),
        row_gap=(4, 6.5),
        length=(9, 12),
        gap=(2, 4),
        floors=(2, 4),
        filled=0.84,
        ragged=0.12,
        tilt=30,
        shapes=("bar", "ell"),
        margin=1,
    ),
    "factory": Style(
        kind="factory",
        depth=(30, 46),
        row_gap=(14, 18),
        length=(45, 95),
        gap=(12, 18),
        floors=(3, 5),
        filled=0.92,
        ragged=0.12,
        shapes=("bar", "bar", "bar", "ell"),
    ),
    "lab": Style(
        kind="office",
        depth=(18, 24),
        row_gap=(24, 32),
        length=(48, 80),
        gap=(16, 24),
        floors=(5, 12),
        filled=0.9,
        ragged=0.08,
        shapes=("bar", "ell", "step", "court"),
    ),
    "office": Style(
        kind="office",
        depth=(28, 36),
        row_gap=(16, 22),
        length=(30, 46),
        gap=(14, 20),
        floors=(18, 36),
        filled=0.92,
        ragged=0.1,
        shapes=("bar", "cross", "chamfer"),
    ),
    "campus": Style(
        kind="campus",
        depth=(16, 20),
        row_gap=(22, 32),
        length=(45, 80),
        gap=(14, 24),
        floors=(4, 7),
        filled=0.84,
        ragged=0.1,
        tilt=30,
        shapes=("bar", "ell", "court", "comb"),
    ),
    "school": Style(
        kind="school",
        depth=(14, 17),
        row_gap=(22, 28),
        length=(46, 70),
        gap=(14, 20),
        floors=(4, 5),
        filled=0.88,
        ragged=0.05,
        tilt=24,
        shapes=("bar", "ell", "court"),
        margin=8,
    ),
    "mall": Style(
        kind="mall",
        depth=(44, 62),
        row_gap=(16, 24),
        length=(60, 95),
        gap=(16, 24),
        floors=(4, 7),
        filled=1.0,
        ragged=0.06,
        shapes=("chamfer", "bar", "ell"),
    ),
}
# Outlines in a unit square around the origin, length along x, the front to the south.
OUTLINES = {
    "bar": [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)],
    "ell": [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (0.12, 0.5), (0.12, 0.0), (-0.5, 0.0)],
    "step": [(-0.5, -0.5), (0.0, -0.5), (0.0, -0.32), (0.5, -0.32), (0.5, 0.5), (0.0, 0.5), (0.0, 0.32), (-0.5, 0.32)],
    "comb": [
        *[(-0.5, -0.5), (0.5, -0.5), (0.5, 0.34), (0.32, 0.34), (0.32, 0.5), (0.18, 0.5), (0.18, 0.34)],
        *[(-0.18, 0.34), (-0.18, 0.5), (-0.32, 0.5), (-0.32, 0.34), (-0.5, 0.34)],
    ],
    "cross": [
        *[(-0.5, -0.22), (-0.22, -0.22), (-0.22, -0.5), (0.22, -0.5), (0.22, -0.22), (0.5, -0.22), (0.5, 0.28)],
        *[(0.2, 0.28), (0.2, 0.5), (-0.2, 0.5), (-0.2, 0.28), (-0.5, 0.28)],
    ],
    "court": [(-0.5, -0.5), (-0.2, -0.5), (-0.2, 0.1), (0.2, 0.1), (0.2, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)],
    "chamfer": [(-0.5, -0.5), (0.34, -0.5), (0.5, -0.3), (0.5, 0.5), (-0.34, 0.5), (-0.5, 0.3)],
}
