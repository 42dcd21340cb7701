"""One connection as the hub sees it: what it may see, what it asked for, and what waits to be sent to it."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterable
from typing import Any, NamedTuple

from twin.access import Scope
from twin.live.subscription import Subscription

MOST_WAITING = 1 << 20  # bytes; a viewer that falls further behind is dropped with the code "slow"

Asgi = dict[str, Any]
Send = Callable[[Asgi], Coroutine[Any, Any, None]]


class Message(NamedTuple):
    """What is sent, made once and shared by all who get it: so nobody may change it. `size` in bytes or characters."""

    asgi: Asgi
    size: int


def text_message(text: str) -> Message:
    return Message({"type": "websocket.send", "text": text}, len(text))


def bytes_message(data: bytes) -> Message:
    return Message({"type": "websocket.send", "bytes": data}, len(data))


class Viewer:
    """Between the hub, which never waits, and a connection, which may: what it does not take at once is queued.

    A healthy connection takes a message into its socket at once. So the hub sends by itself, without waking a task
    for each of a thousand viewers; only a connection that makes the sender wait gets a task, until it has caught up.
    """

    def __init__(
        self,
        name: str,
        scope: Scope,
        send: Send | None = None,
        *,
        session: str = "",
        full_name: str = "",
        most_waiting: int = MOST_WAITING,
        close: Callable[[int, str], None] = lambda code, reason: None,
    ) -> None:
        self.name = name
        self.scope = scope
        self.session = session
        self.full_name = full_name
        self.subscription = Subscription()
        self.slow = False
        self.close = close
        self._send = send
        self._most = most_waiting
        self._waiting: deque[tuple[Asgi, int]] = deque()
        self._size = 0
        self._writer: asyncio.Task[None] | None = None
        self._gone = False

    @property
    def behind(self) -> bool:
        """Its connection has not yet taken what was put last."""
        return self._writer is not None

    def put(self, message: Message) -> None:
        """Send a message, or queue it; past the bound the viewer is marked slow and its queue let go."""
        if self._gone:
            return
        if self._writer is None and self._send is not None:
            self._offer(message.asgi)
            return
        self._size += message.size
        if self._size > self._most:
            self.slow = True
        if self.slow:
            self._waiting.clear()
        else:
            self._waiting.append((message.asgi, message.size))

    def restart(self, messages: Iterable[Message]) -> None:
        """Send a snapshot, in place of all that waits, which it makes void.

        Its size does not count: it is bounded by the city, and only what piles up behind it shows a slow viewer.
        """
        self._size = 0
        self._waiting = deque((message.asgi, 0) for message in messages)
        while self._waiting and self._writer is None and self._send is not None and not self._gone:
            self._offer(self._waiting.popleft()[0])

    def take(self) -> list[Asgi]:
        """All that waits, for one who reads in place of a connection."""
        waiting = [] if self.slow else [asgi for asgi, _ in self._waiting]
        self._waiting.clear()
        self._size = 0
        return waiting

    async def leave(self) -> None:
        """Send nothing more, and let go of the connection."""
        self._gone = True
        self._send = None
        self.close = lambda code, reason: None
        self._waiting.clear()
        if self._writer is not None:
            self._writer.cancel()
            await asyncio.gather(self._writer, return_exceptions=True)

    def _offer(self, asgi: Asgi) -> None:
        """Take the first step of a send by hand. Nearly always it is the last, and no task is needed."""
        assert self._send is not None
        sending = self._send(asgi)
        try:
            waits_for = sending.send(None)
        except StopIteration:
            return
        except OSError:  # the connection has ended; its consumer is being told so
            self._gone = True
            return
        self._writer = asyncio.get_running_loop().create_task(self._catch_up(_Rest(sending, waits_for)))

    async def _catch_up(self, sending: Awaitable[None]) -> None:
        try:
            await sending
            while self._waiting and self._send is not None and not self._gone:
                asgi, size = self._waiting.popleft()
                self._size -= size
                await self._send(asgi)
        except OSError:
            self._gone = True
            self._waiting.clear()
        finally:
            self._writer = None


class _Rest:
    """What is left of a coroutine whose first step was taken outside of a task, for a task to await."""

    def __init__(self, begun: Coroutine[Any, Any, None], waits_for: Any) -> None:
        self._begun, self._waits_for = begun, waits_for

    def __await__(self) -> Generator[Any, Any, None]:
        try:
            while True:
                try:
                    value = yield self._waits_for
                except BaseException as error:
                    self._waits_for = self._begun.throw(error)
                else:
                    self._waits_for = self._begun.send(value)
        except StopIteration:
            return
