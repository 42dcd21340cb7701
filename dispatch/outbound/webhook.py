"""Signed webhooks: the body is what is signed, with the time of sending, so that an old message cannot be replayed."""

import hashlib
import hmac
import time

import httpx

from dispatch.models import Channel, Delivery
from dispatch.outbound.outcome import Outcome

TIMEOUT = httpx.Timeout(10.0, connect=5.0)
SIGNATURE = "X-Yiwang-Signature"
KEPT = 300  # characters of a refusal


def signature(secret: str, body: bytes, at: int) -> str:
    digest = hmac.new(secret.encode(), b"%d.%s" % (at, body), hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


class Webhook:
    """A connection to one receiver, kept open between messages. Redirections are not followed: they would lead a
    signed message to where nobody has registered it."""

    MOST = 1  # each message in a transaction of its own: what a crash makes it send twice is one

    def __init__(self, channel: Channel) -> None:
        self._client = httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False)

    def send(self, channel: Channel, deliveries: list[Delivery]) -> list[Outcome]:
        return [self._post(channel, delivery) for delivery in deliveries]

    def _post(self, channel: Channel, delivery: Delivery) -> Outcome:
        body = delivery.body.encode()
        headers = {
            "Content-Type": "application/cloudevents+json; charset=utf-8",
            SIGNATURE: signature(channel.secret, body, int(time.time())),
        }
        try:
            with self._client.stream("POST", channel.url, content=body, headers=headers) as answer:
                code = answer.status_code
                if answer.is_success:
                    return Outcome(True, code)
                said = next(answer.iter_bytes(KEPT), b"")[:KEPT].decode("utf-8", "replace").replace("\0", "")
        except httpx.HTTPError as error:
            return Outcome(False, None, f"{type(error).__name__}: {error}"[:KEPT])
        except httpx.InvalidURL as error:
            return Outcome(False, None, f"the address is not valid: {error}"[:KEPT])
        return Outcome(False, code, f"answered {code}: {said}" if said else f"answered {code}")

    def close(self) -> None:
        self._client.close()
