"""One connection as the hub sees it: what it may see, what it asked for, and what waits to be sent to it."""

import asyncio
from collections import deque
from collections.abc import Iterable

from twin.access import Scope
from twin.live.subscription import Subscription

MOST_WAITING = 1 << 20  # bytes; a viewer that falls further behind is dropped with the code "slow"


class Viewer:
    """A bounded queue between the hub, which never waits, and a connection, which may."""

    def __init__(self, name: str, scope: Scope, most_waiting: int = MOST_WAITING) -> None:
        self.name = name
        self.scope = scope
        self.subscription = Subscription(frozenset(), {})
        self.slow = False
        self._most = most_waiting
        self._waiting: deque[tuple[str, int]] = deque()
        self._size = 0
        self._ready = asyncio.Event()

    def put(self, text: str) -> None:
        """Queue a message; past the bound the viewer is marked slow and its queue let go."""
        self._size += len(text)
        if self._size > self._most:
            self.slow = True
            self._waiting.clear()
        else:
            self._waiting.append((text, len(text)))
        self._ready.set()

    def restart(self, texts: Iterable[str]) -> None:
        """Queue a snapshot in place of all that waits, which it makes void.

        Its size does not count: it is bounded by the city, and only what piles up behind it shows a slow viewer.
        """
        self._size = 0
        self._waiting = deque((text, 0) for text in texts)
        self._ready.set()

    async def get(self) -> str | None:
        """The next message, or None once the viewer is slow."""
        while not self._waiting and not self.slow:
            self._ready.clear()
            await self._ready.wait()
        if self.slow:
            return None
        text, size = self._waiting.popleft()
        self._size -= size
        return text
