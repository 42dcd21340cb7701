"""`yiwang check storm`: all viewers lose the line and come back at once, each whole, with no gap and nothing twice."""

import random
import select
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from django.db import connection

from simulations.proof.audience import RIGHTS, Bustle, cookies, helloes
from simulations.proof.bad_line import BadLine
from simulations.proof.children import web_process
from simulations.proof.outcome import Narrator, Outcome, machine
from simulations.proof.private import CannotProve, PrivateCity
from simulations.proof.returning import Line, Returning

RATE = 5.0  # commits a second, all the time
AT_ONCE = 40  # handshakes when there is no storm
PATIENCE = 120.0  # seconds
AGAIN = 0.2  # seconds until the viewer on the bad line tries again


class Commits(threading.Thread):
    """Changes the city at a steady rate until told to stop."""

    def __init__(self, bustle: Bustle) -> None:
        super().__init__(daemon=True)
        self._bustle, self._enough = bustle, threading.Event()

    def run(self) -> None:
        try:
            while not self._enough.wait(1 / RATE):
                self._bustle.tick()
        finally:
            connection.close()

    def stop(self) -> None:
        self._enough.set()
        self.join()


class Crowd:
    """All viewers under one epoll."""

    def __init__(self, must_live: Callable[[], None]) -> None:
        self._poll = select.epoll()
        self._lines: dict[int, Line] = {}
        self._must_live = must_live
        self.lost: list[Returning] = []  # lines that ended by themselves

    def add(self, line: Line) -> None:
        self._lines[line.socket.fileno()] = line
        self._poll.register(line.socket, select.EPOLLIN)

    def drop(self, viewer: Returning) -> None:
        if viewer.line is not None:
            self._lines.pop(viewer.line.socket.fileno(), None)
            viewer.lose()

    def turn(self, seconds: float = 0.02) -> None:
        for fd, _ in self._poll.poll(seconds):
            line = self._lines.get(fd)
            if line is None:
                continue
            try:
                line.read()
            except OSError:
                self.drop(line.owner)
                self.lost.append(line.owner)

    def until(self, done: Callable[[], bool], what: str) -> None:
        limit = time.monotonic() + PATIENCE
        while not done():
            self._must_live()
            if time.monotonic() > limit:
                raise CannotProve(f"{what}: not after {PATIENCE:g} s")
            self.turn()

    def gather(self, viewers: Sequence[Returning], *, fresh: bool = False) -> None:
        """Connect them, some at a time, until each has its snapshot."""
        waiting: list[Returning] = []
        left = list(viewers)
        while left or waiting:
            while left and len(waiting) < AT_ONCE:
                waiting.append(left.pop())
                self.add(waiting[-1].connect(fresh=fresh))
            self._until_one_is_whole(waiting)
            waiting = [viewer for viewer in waiting if not viewer.whole]

    def _until_one_is_whole(self, viewers: Sequence[Returning]) -> None:
        self.until(lambda: any(viewer.whole for viewer in viewers), "viewers take their snapshots")


def check_storm(city: PrivateCity, number: int, within: float, seed: int, say: Narrator) -> Outcome:
    bustle = Bustle()
    bustle.tick()
    dice = random.Random(seed)
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="yiwang-check-")))
        web, address = stack.enter_context(web_process(city, home))
        host, _, port = address.rpartition(":")
        plans = [{"cookie": c, "hello": h} for c, h in zip(cookies(number), helloes(number), strict=True)]
        viewers = [Returning(i, plan, (host, int(port))) for i, plan in enumerate(plans)]
        bad = stack.enter_context(BadLine((host, int(port)), seed))
        far = Returning(number, plans[0], bad.address)
        crowd = Crowd(web.must_live)
        say(f"{number} viewers, and one more on a bad line")
        crowd.gather(viewers)
        commits = Commits(bustle)
        commits.start()
        stack.callback(commits.stop)
        crowd.add(far.connect())
        _storm(crowd, viewers, far, within, dice, say)
        say("all of them back; the bad line goes on for a while")
        settled = time.monotonic() + 3 * within
        crowd.until(lambda: _bad_line_turn(crowd, far) and time.monotonic() > settled, "the bad line")
        commits.stop()
        bad.good = True
        last = _last()
        say("what each holds, and what one who comes anew gets")
        crowd.until(
            lambda: _bad_line_turn(crowd, far) and all(v.version == bustle.version for v in [*viewers, far]),
            f"every viewer holds version {bustle.version}",
        )
        took = [viewer.seconds for viewer in viewers]
        faults = [fault for viewer in [*viewers, far] for fault in viewer.faults]
        faults += [f"viewer {viewer.number} lost its line by itself" for viewer in crowd.lost if viewer is not far]
        faults += _compare(crowd, [*viewers, far], (host, int(port)))
    figures = {
        "viewers": number,
        "taken_up_again": sum(viewer.resumed for viewer in viewers),
        "slowest_seconds_to_be_whole": round(max(took), 2),
        "with_a_gap_or_twice": len({fault.split()[1] for fault in faults}),
        "bad_line_broken_off": bad.broken,
        "bad_line_taken_up_again": far.resumed,
        "commits": bustle.version,
        "journal": last,
    }
    conditions = machine() | {"seed": seed, "all_back_within_seconds": within, "commits_per_second": RATE}
    return Outcome("storm", figures, conditions | {"distinct_rights": len(RIGHTS)}, faults=faults[:50])


def _storm(
    crowd: Crowd, viewers: Sequence[Returning], far: Returning, within: float, dice: random.Random, say: Narrator
) -> None:
    """Every line is lost in one moment; each viewer comes back some time within the span."""
    for viewer in viewers:
        crowd.drop(viewer)
    say(f"all lines are lost; each comes back within {within:g} s")
    began = time.monotonic()
    due = sorted(((began + dice.uniform(0, within), viewer) for viewer in viewers), key=lambda one: one[0])
    asked: dict[Returning, float] = {}

    def done() -> bool:
        _bad_line_turn(crowd, far)
        while due and due[0][0] <= time.monotonic():
            _, viewer = due.pop(0)
            asked[viewer] = time.monotonic()
            crowd.add(viewer.connect())
        for viewer in [viewer for viewer in asked if viewer.whole]:
            viewer.seconds = time.monotonic() - asked.pop(viewer)
        return not due and not asked

    crowd.until(done, "all viewers are back")


def _bad_line_turn(crowd: Crowd, far: Returning) -> bool:
    """Let the viewer on the bad line try again when it has lost it; True if it is whole."""
    if far.line is None and time.monotonic() > far.again:
        far.again = time.monotonic() + AGAIN
        crowd.add(far.connect())
    return far.whole


def _compare(crowd: Crowd, viewers: Sequence[Returning], address: tuple[str, int]) -> list[str]:
    """Each viewer's picture beside the snapshot of one who asks for the same anew."""
    fresh = [Returning(viewer.number, viewer.plan, address) for viewer in viewers]
    for viewer in viewers:
        crowd.drop(viewer)
    crowd.gather(fresh, fresh=True)
    for viewer in fresh:
        crowd.drop(viewer)
    return [
        f"viewer {viewer.number} holds something else than a fresh snapshot"
        for viewer, one in zip(viewers, fresh, strict=True)
        if viewer.held != one.held
    ]


def _last() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM twin_head")
        return int(cursor.fetchone()[0])
