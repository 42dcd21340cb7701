"""A department's own web server, as plain as can be: it checks signatures by the docs and keeps what came."""

import hashlib
import hmac
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "a-secret-of-the-department"


class Receiver:
    """`answer` decides on the status of each attempt by its number, from 1; what is taken lands in `taken`."""

    def __init__(self, answer: Callable[[int], int]) -> None:
        self.answer = answer
        self.attempts = 0
        self.taken: list[dict[str, Any]] = []
        self.tried: Counter[int] = Counter()  # how often each message came, by its sequence
        self.forged = 0
        self.hold = threading.Event()
        self.hold.set()
        self.lock = threading.Lock()
        self.url = ""

    def receive(self, body: bytes, signature: str) -> int:
        given = dict(part.split("=", 1) for part in signature.split(","))
        wanted = hmac.new(SECRET.encode(), f"{given['t']}.".encode() + body, hashlib.sha256).hexdigest()
        with self.lock:
            self.attempts += 1
            self.tried[int(json.loads(body)["sequence"])] += 1
            if not hmac.compare_digest(wanted, given["v1"]):
                self.forged += 1
            status = self.answer(self.attempts)
            if status < 300:
                self.taken.append(json.loads(body))
        self.hold.wait(20)
        return status


@contextmanager
def receiving(answer: Callable[[int], int] = lambda attempt: 204) -> Iterator[Receiver]:
    receiver = Receiver(answer)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(receiver.receive(body, self.headers["X-Yiwang-Signature"]))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *arguments: Any) -> None:
            """The test's own output is enough."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/tasks"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        receiver.hold.set()
        server.shutdown()
        thread.join()
        server.server_close()
