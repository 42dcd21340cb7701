"""A bad line between a viewer and the city: a TCP proxy that delays, stalls, and now and then breaks off.

TCP hides lost packets, so that a line which loses them shows itself as just this: bytes that come late and in bursts,
and connections that end in the middle of a message.
"""

import asyncio
import random
import socket
import struct
import threading
from typing import Self

DELAY = (0.0, 0.15)  # seconds, for each piece
STALL, STALL_SECONDS = 0.03, 1.0  # how often a piece waits long, and how long
PIECE = 8192  # bytes at most: some 100 kB/s, on which a viewer can keep up
LIFE = (1.5, 4.0)  # seconds until a connection is broken off


class BadLine:
    """Listens on `address` while entered. `broken` counts the connections that it broke off."""

    def __init__(self, target: tuple[str, int], seed: int) -> None:
        self._target, self._dice = target, random.Random(seed)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.broken = 0
        self.good = False  # from then on nothing is broken off
        self.address = ("", 0)

    def __enter__(self) -> Self:
        self._thread.start()
        listening = asyncio.run_coroutine_threadsafe(asyncio.start_server(self._serve, "127.0.0.1", 0), self._loop)
        self.address = listening.result(10).sockets[0].getsockname()[:2]
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    async def _end(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(*self._target)
        ways = [asyncio.create_task(self._carry(*way)) for way in ((reader, back), (there, writer))]
        try:
            await asyncio.wait(ways, timeout=self._dice.uniform(*LIFE), return_when=asyncio.FIRST_COMPLETED)
            if self.good:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            elif not any(way.done() for way in ways):
                self.broken += 1
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            for end in (writer, back):
                _reset(end)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(PIECE):
            if not self.good:
                stalls = self._dice.random() < STALL
                await asyncio.sleep(STALL_SECONDS if stalls else self._dice.uniform(*DELAY))
            writer.write(data)
            await writer.drain()


def _reset(end: asyncio.StreamWriter) -> None:
    """End it without a farewell, whatever is still on the way."""
    raw = end.get_extra_info("socket")
    if raw.fileno() < 0:
        return  # it has ended already
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    end.transport.abort()
