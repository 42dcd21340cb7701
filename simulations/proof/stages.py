"""Where the time of a batch goes: the pipeline in this process, looked at a thousand times a second."""

import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from types import FrameType

from ingest.message import Message
from ingest.pipeline import process

EVERY = 0.001  # seconds between looks

# (end of the file's path, function) -> stage. The innermost frame that is named here gets the look.
STAGES = {
    ("ingest/decode.py", "decode"): "decode",
    ("ingest/pipeline.py", "leave_out_known"): "look for what was taken before",
    ("dispatch/intake.py", "_understand"): "understand: category, condition",
    ("dispatch/intake.py", "_components"): "look up components",
    ("dispatch/intake.py", "_to_wgs84"): "to WGS-84",
    ("dispatch/intake.py", "_number"): "give ids",
    ("geo/lookup.py", "locate"): "locate: cells and zones",
    ("dispatch/rules.py", "decide"): "route: rules",
    ("dispatch/clocks.py", "of"): "deadlines",
    ("dispatch/intake.py", "_write_reports"): "write reports",
    ("dispatch/intake.py", "_write_cases"): "write cases, make states",
    ("twin/journal.py", "_write_features"): "write features",
    ("twin/journal.py", "write"): "write journal",
    ("ingest/dead_letters.py", "keep"): "write dead letters",
    ("ingest/positions.py", "move"): "move Kafka positions",
    ("backends/base/base.py", "_commit"): "commit",
}


def profile(batches: Sequence[Sequence[Message]]) -> dict[str, float]:
    """Take the batches in and give each stage's share of the time, from 0 to 1, the largest first."""
    process(batches[0])  # loads zones and rules, which a worker does once
    sampler = _Sampler()
    sampler.start()
    for batch in islice(batches, 1, None):
        process(batch)
    counts = sampler.finish()
    total = sum(counts.values())
    return {stage: count / total for stage, count in counts.most_common()}


class _Sampler(threading.Thread):
    """Looks at the stack of the thread that made it."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._of = threading.get_ident()
        self._counts: Counter[str] = Counter()
        self._done = threading.Event()

    def run(self) -> None:
        while not self._done.is_set():
            self._counts[_stage(sys._current_frames().get(self._of))] += 1
            time.sleep(EVERY)

    def finish(self) -> Counter[str]:
        self._done.set()
        self.join()
        return self._counts


def _stage(frame: FrameType | None) -> str:
    while frame is not None:
        code = frame.f_code
        for (file, function), stage in STAGES.items():
            if code.co_name == function and code.co_filename.endswith(file):
                return stage
        frame = frame.f_back
    return "the rest"
