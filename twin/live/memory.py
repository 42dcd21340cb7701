"""How a process that holds a city and a thousand connections keeps Python's cycle collector out of its frames.

A full collection walks all that lives: with a thousand viewers a tenth of a second and more, in the middle of a frame.
So what has settled is set aside ("frozen"). A connection that ends leaves a cycle of the websocket library behind, some
10 kB that a frozen one would keep for ever: so after many have gone, all is looked at once.
"""

import gc
import time

MANY_CAME, MANY_WENT = 100, 1000
CALM = 0.5  # seconds without anybody coming or going, before it is worth while


class Memory:
    def __init__(self) -> None:
        self._came = self._went = 0
        self._moved_at = 0.0

    def came(self) -> None:
        self._came += 1
        self._moved_at = time.monotonic()

    def went(self) -> None:
        self._went += 1
        self._moved_at = time.monotonic()

    def due(self) -> bool:
        return (self._came >= MANY_CAME or self._went >= MANY_WENT) and time.monotonic() - self._moved_at > CALM

    def settle(self, *, all_of_it: bool = False) -> None:
        """Collect, and set aside what is left. A pause: to be made between two frames."""
        if all_of_it or self._went >= MANY_WENT:
            self._went = 0
            gc.unfreeze()
        self._came = 0
        gc.collect()
        gc.freeze()
