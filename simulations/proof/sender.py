"""A thread that publishes messages at a steady rate and then waits until all are acknowledged."""

import threading
import time
from collections.abc import Sequence

from simulations.proof.publishers import Outgoing, Publisher


class Sender(threading.Thread):
    """`per_second` may be infinite: as fast as the broker takes them."""

    def __init__(self, publisher: Publisher, messages: Sequence[Outgoing], per_second: float) -> None:
        super().__init__(daemon=True)
        self.publisher = publisher
        self._messages = messages
        self._per_second = per_second
        self._fault: Exception | None = None

    def run(self) -> None:
        try:
            began = time.monotonic()
            for number, message in enumerate(self._messages):
                time.sleep(max(0.0, began + number / self._per_second - time.monotonic()))
                self.publisher.send(message)
            self.publisher.settle()
        except Exception as error:
            self._fault = error
        finally:
            self.publisher.close()

    def finish(self) -> None:
        """Wait for the end; raises what stopped it."""
        self.join()
        if self._fault is not None:
            raise self._fault
