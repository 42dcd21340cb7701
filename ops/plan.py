"""Which servers the city uses, on which ports: its own, or existing ones that the environment names."""

import os
import secrets
import shutil
from dataclasses import dataclass

from ops import env, say
from ops.account import reachable_home
from ops.paths import DATA, LOG
from ops.ports import HOST
from ops.servers import Kafka, Mosquitto, Postgres, Server, Unavailable

DEFAULT_BASE = 18800


@dataclass(frozen=True)
class Part:
    """A server the city needs: the private one, unless `variable` names another in the environment of `make up`."""

    server: Server
    variable: str

    def existing(self) -> str | None:
        """The address of somebody else's server."""
        named = os.environ.get(self.variable)
        return named if named and named != self.own_url() else None

    def own_url(self) -> str | None:
        try:
            return self.server.url
        except FileNotFoundError:  # no password yet: it never ran
            return None


def port_base() -> int:
    """The first of the city's ports: from the environment, else as last time, else 18800."""
    said = os.environ.get("YIWANG_PORT_BASE") or env.load().get("YIWANG_PORT_BASE") or str(DEFAULT_BASE)
    if not said.isdigit() or not 1024 <= int(said) <= 65000:
        raise SystemExit(f"YIWANG_PORT_BASE is {said!r}; it must be a number from 1024 to 65000")
    return int(said)


def web_host() -> str:
    return os.environ.get("YIWANG_WEB_HOST") or env.load().get("YIWANG_WEB_HOST", HOST)


def web_port() -> int:
    """From the environment, else as last time unless the base has moved since, else the base itself."""
    base, known = str(port_base()), env.load()
    last = known.get("YIWANG_WEB_PORT", base) if known.get("YIWANG_PORT_BASE") == base else base
    return int(os.environ.get("YIWANG_WEB_PORT") or last)


def parts() -> list[Part]:
    base, data = port_base(), reachable_home(DATA)
    return [
        Part(Postgres(data / "postgresql", base + 32, log=LOG / "postgresql.log"), "YIWANG_DATABASE_URL"),
        Part(Mosquitto(data / "mosquitto", base + 83, log=LOG / "mosquitto.log"), "YIWANG_MQTT_URL"),
        Part(Kafka(data / "kafka", base + 92, base + 93, log=LOG / "kafka.log"), "YIWANG_KAFKA_BOOTSTRAP"),
    ]


def start_servers() -> None:
    """Start what is ours and down, and write `.run/env`.

    Raises PortTaken and ServerFailed; Unavailable for PostgreSQL alone, as without the others the city still runs.
    """
    _refuse_moving_a_running_city()
    for part in parts():
        if part.existing() is None and part.server.process() is None:
            part.server.check_ports()
    addresses = {part.variable: _address(part) for part in parts()}
    env.save({
        "YIWANG_PORT_BASE": str(port_base()),
        "YIWANG_WEB_HOST": web_host(),
        "YIWANG_WEB_PORT": str(web_port()),
        "YIWANG_DEMO_CITY": "True",
        **addresses,
        "YIWANG_SECRET_KEY": env.load().get("YIWANG_SECRET_KEY") or secrets.token_urlsafe(48),
    })  # fmt: skip


def stop_servers() -> None:
    for part in reversed(parts()):
        if part.server.process():
            with say.step(part.server.title, "stopped"):
                part.server.stop()


def forget_data() -> None:
    """Remove what the private servers keep. They must be down."""
    shutil.rmtree(DATA.resolve())
    DATA.unlink(missing_ok=True)  # where it was a link


def _address(part: Part) -> str:
    if address := part.existing():
        say.note(f"{part.server.title}: the existing server that {part.variable} names")
        return address
    if part.server.is_up():
        return part.server.url
    try:
        with say.step(part.server.title, f"{HOST}:{part.server.port}"):
            part.server.start()
        return part.server.url
    except Unavailable as reason:
        if isinstance(part.server, Postgres):
            raise
        say.note(f"{reason}: the city runs without {part.server.title}")
        return ""


def _refuse_moving_a_running_city() -> None:
    before = env.load().get("YIWANG_PORT_BASE", str(port_base()))
    if before != str(port_base()) and any(part.server.process() for part in parts()):
        raise SystemExit(f"The city runs with YIWANG_PORT_BASE={before}; stop it first (make down).")
