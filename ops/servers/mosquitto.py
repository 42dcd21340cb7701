"""A private Mosquitto."""

import shutil
import socket

from ops import ports
from ops.servers.base import Server, Unavailable

SETTINGS = """\
listener {port} 127.0.0.1
# Whoever can reach the loopback may publish; a city's own broker asks for passwords or certificates.
allow_anonymous true
set_tcp_nodelay true

# A session that is away keeps all that is meant for it: the default forgets what comes after the first 1,000.
max_queued_messages 0
max_inflight_messages 2000
persistent_client_expiration 14d
# Not message_size_limit: that acknowledges a message that is too large to an MQTT 3.1.1 client, and drops it. This
# one ends the connection.
max_packet_size 1048576

# A broker that is killed forgets at most the last second (the default is half an hour). Saving on every change would
# leave less at stake, but writes the whole store each time: 800 messages a second, and 100 with a backlog of 6,000.
# A device that must be sure waits for the receipt that follows the commit, and sends again until it has it.
persistence true
persistence_location {data}/
autosave_interval 1

log_dest stderr
log_type error
log_type warning
log_timestamp_format %Y-%m-%dT%H:%M:%S%z
"""

CONNECT = bytes.fromhex("101b 0004 4d515454 04 02 000a 000f") + b"yiwang-is-it-up"
CONNACK_ACCEPTED = bytes.fromhex("20020000")


class Mosquitto(Server):
    name = "mosquitto"
    title = "Mosquitto"

    @property
    def url(self) -> str:
        return f"mqtt://{ports.HOST}:{self.port}"

    def _prepare(self) -> None:
        self._write("mosquitto.conf", SETTINGS.format(port=self.port, data=self.data))

    def _command(self) -> list[str]:
        # Not on every user's PATH: Debian has it in /usr/sbin.
        program = shutil.which("mosquitto", path="/usr/local/sbin:/usr/sbin:/usr/local/bin:/usr/bin")
        if program is None:
            raise Unavailable("Mosquitto is not installed (apt-get install mosquitto)")
        return [program, "-c", str(self.directory / "mosquitto.conf")]

    def _answers(self) -> bool:
        try:
            with socket.create_connection((ports.HOST, self.port), timeout=1) as connection:
                connection.sendall(CONNECT)
                return connection.recv(4) == CONNACK_ACCEPTED
        except OSError:
            return False
