"""The load of `bench latency`, in a process of its own: so that neither side waits for the other's interpreter.

    python -m simulations.proof.generator mqtt ADDRESS TOPIC 200 bodies times

Publishes the lines of the file `bodies` at a fixed rate, whatever becomes of them (an open loop): what falls behind is
sent late, not left out. The file `times` gets two int64 for each: nanoseconds of the wall clock when it was due, and
when the publish call was made.
"""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulations.proof.publishers import KafkaPublisher, MqttPublisher, Outgoing, Publisher

AHEAD = 200_000_000  # nanoseconds between being ready and the first message


def main(channel: str, address: str, topic: str, rate: str, bodies: str, times: str) -> None:
    lines = Path(bodies).read_bytes().splitlines()
    publisher: Publisher
    publisher = MqttPublisher(address, topic) if channel == "mqtt" else KafkaPublisher(address, topic)
    pace(lines, float(rate), publisher).tofile(times)
    publisher.settle()
    publisher.close()


def pace(lines: Sequence[bytes], rate: float, publisher: Publisher) -> NDArray[np.int64]:
    """Publish each line when it is due; shape (n, 2): due, published."""
    step, begin = int(1e9 / rate), time.time_ns() + AHEAD
    times = np.empty((len(lines), 2), dtype=np.int64)
    for number, line in enumerate(lines):
        due = begin + number * step
        while (left := due - time.time_ns()) > 0:
            time.sleep(left / 1e9)
        times[number] = due, time.time_ns()
        publisher.send(Outgoing(line))
    return times


if __name__ == "__main__":
    main(*sys.argv[1:])
