import time, cProfile, pstats
from geo.exchange import applying
from geo.exchange.rows import Wanted, prepare
from geo.exchange.files import Format
from geo.exchange.writing import TARGETS, export
from tests.geo.exchange.conftest import park
from tests.small_city import *
from shapely.geometry import box
from twin.models import User
from twin import clock
from geo.lookup import index


def test_speed(own_city, file_of, tmp_path):
    planner = User.objects.get(username="demo-planner")
    n = 142
    w = 4 * STEP / n
    import shapely

    def cells(shift=0.0):
        return [
            {
                "网格编码": f"9901010010{i * n + j:05d}",
                "名称": f"网格{j}",
                "面积": 10000.0 + i,
                "geometry": shapely.segmentize(
                    box(WEST + i * w + shift, SOUTH + j * w, WEST + (i + 1) * w + shift, SOUTH + (j + 1) * w), w / 4
                ),
            }
            for i in range(n)
            for j in range(n)
        ]

    path = file_of(cells(), Format.SHAPEFILE, crs=4549, encoding="GBK")
    path.with_suffix(".cpg").unlink()
    wanted = Wanted(path, path.name, "cell", retire_missing=True)
    t = time.perf_counter()
    prepare(wanted)
    print("prepare", time.perf_counter() - t)
    t = time.perf_counter()
    p = applying.dry_run(wanted, planner)
    print("dry run", time.perf_counter() - t, p.counts, len(p.faults), p.faults[:1])
    pr = cProfile.Profile()
    t = time.perf_counter()
    p = applying.apply(wanted, planner, token=p.token)
    print("apply", time.perf_counter() - t, p.counts)
    t = time.perf_counter(); p = applying.apply(wanted, planner); print("again", time.perf_counter()-t); 

    path = file_of(cells(w / 10), Format.SHAPEFILE, crs=4549, encoding="GBK")
    t = time.perf_counter()
    p = applying.apply(Wanted(path, path.name, "cell"), planner)
    print("all moved", time.perf_counter() - t, p.counts)
