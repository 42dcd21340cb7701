"""Reports over HTTP, and the dead letters."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from django.db import InterfaceError, OperationalError, connection, transaction
from django.http import HttpRequest
from ninja import Router, Status
from ninja.security import HttpBearer

from dispatch.intake import Opened, Parked
from dispatch.models import Case
from dispatch.refusals import Refusal
from ingest import dead_letters, pipeline, refusals
from ingest.decode import envelope
from ingest.message import Message
from ingest.models import DeadLetter, DeadLetterState
from ingest.pipeline import Duplicate, Result
from ingest.sources import SourceFacts, hash_token, sources
from twin import audit
from twin.problems import Problem, not_found
from twin.revisions import NotReady
from twin.session import person

router = Router(tags=["ingest"])
MOST_LISTED = 200
PREVIEW = 160
STRUCTURED = "application/cloudevents+json"


class SourceToken(HttpBearer):
    """`Authorization: Bearer` with the token of a registered source."""

    def authenticate(self, request: HttpRequest, token: str) -> SourceFacts | None:
        wanted = hash_token(token)
        return next((source for source in sources.fresh().values() if source.token_hash == wanted), None)


@router.post("/events", auth=SourceToken(), response={201: dict, 200: dict, 202: dict})
def receive(request: HttpRequest) -> Any:
    """Take one CloudEvent, structured (`application/cloudevents+json`) or binary (`ce-` headers).

    201 it became a case; 202 it waits to be located; 200 this id was sent before, with what it became; 422 it was
    refused and kept as a dead letter. The answer comes after the commit, so a sender that got none sends it again
    with the same id.
    """
    message = _message(request)
    event = envelope(message)
    source: SourceFacts = request.auth  # type: ignore[attr-defined]
    if not isinstance(event, Refusal) and event.source != source.uri:
        raise _refused(refusals.wrong_source(event.source, source.uri), status=403)
    try:
        (result,) = pipeline.process([message])
    except (OperationalError, InterfaceError, NotReady) as error:
        connection.close()
        raise Problem(
            503,
            f"The city cannot take reports at the moment; send this again. ({error})",
            detail_zh=f"城市暂时无法接收上报，请稍后重发。（{error}）",
        ) from error
    if isinstance(result.outcome, Refusal):
        raise _refused(result.outcome)
    return _answer(result)


def _message(request: HttpRequest) -> Message:
    attributes = {}
    content_type = request.content_type or ""
    if not content_type.startswith("application/cloudevents"):
        # The CloudEvents HTTP binding has attributes percent-encoded.
        named = ((name.lower(), unquote(value)) for name, value in request.headers.items())
        attributes = {name[3:]: value for name, value in named if name.startswith("ce-")}
    return Message(
        channel="http",
        body=request.body,
        received_at=datetime.now(UTC),
        topic=request.path,
        content_type=content_type,
        attributes=attributes,
    )


def _refused(why: Refusal, status: int = 422) -> Problem:
    return Problem(status, why.en, code=why.code, detail_zh=why.zh)


def _answer(result: Result) -> Status:
    outcome = result.outcome
    if isinstance(outcome, Opened):
        case = {"id": outcome.case_id, "number": outcome.number, "department": outcome.department}
        return Status(201, {"outcome": "opened", "case": case})
    if isinstance(outcome, Parked):
        return Status(202, {"outcome": "to_be_located", "report": outcome.report_id})
    assert isinstance(outcome, Duplicate)
    return Status(200, {"outcome": "known", "case": _case(outcome.case_id)})


def _case(case_id: int | None) -> dict[str, Any] | None:
    case = Case.objects.filter(pk=case_id).first() if case_id is not None else None
    return {"id": case.pk, "number": case.number, "department": case.department} if case else None


@router.get("/dead-letters")
def list_dead_letters(
    request: HttpRequest, state: DeadLetterState = DeadLetterState.WAITING, cursor: int | None = None, limit: int = 50
) -> dict[str, Any]:
    """Messages that could not be taken, the newest first. `next` is the cursor of what follows."""
    limit = max(1, min(limit, MOST_LISTED))
    query = DeadLetter.objects.visible_to(person(request).scope).filter(state=state)
    total = query.count()
    page = query.filter(pk__lt=cursor) if cursor is not None else query
    letters = list(page.order_by("-pk")[: limit + 1])
    following = letters[limit - 1].pk if len(letters) > limit else None
    return {"items": [_line(letter) for letter in letters[:limit]], "next": following, "total": total}


@router.get("/dead-letters/{letter_id}")
def one_dead_letter(request: HttpRequest, letter_id: int) -> dict[str, Any]:
    """A dead letter with its bytes, as text where they are text and as hex. Leaves an audit row: it may name people."""
    letter = _letter(request, letter_id)
    audit.record("dead_letter.viewed", person(request), "dead_letter", str(letter_id), request=request)
    raw = bytes(letter.raw)
    return _line(letter) | {
        "headers": letter.headers,
        "raw_text": raw[:65536].decode("utf-8", "replace"),
        "raw_hex": raw[:4096].hex(" "),
    }


@router.post("/dead-letters/{letter_id}/send-again")
def send_again(request: HttpRequest, letter_id: int) -> dict[str, Any]:
    """Put a dead letter through the pipeline again, after the mend. Refused again, it stays with the new reason."""
    letter = _letter(request, letter_id)
    with transaction.atomic():  # the act and its audit row, or neither
        (result,) = pipeline.process([dead_letters.message_of(letter)])
        audit.record(
            "dead_letter.sent_again",
            person(request),
            "dead_letter",
            str(letter_id),
            request=request,
            outcome=type(result.outcome).__name__.lower(),
        )
    if isinstance(result.outcome, Refusal):
        return {"outcome": "refused", "reason_zh": result.outcome.zh, "reason_en": result.outcome.en}
    DeadLetter.objects.filter(pk=letter_id).update(resent_by=person(request))
    return dict(_answer(result).value)


def _letter(request: HttpRequest, letter_id: int) -> DeadLetter:
    letter = DeadLetter.objects.visible_to(person(request).scope).filter(pk=letter_id).first()
    if letter is None:
        raise not_found("dead letter", "死信")
    return letter


def _line(letter: DeadLetter) -> dict[str, Any]:
    raw = bytes(letter.raw)
    return {
        "id": letter.pk,
        "received_at": letter.received_at,
        "channel": letter.channel,
        "source": letter.source_id,
        "topic": letter.topic,
        "message_id": letter.message_id,
        "reason_code": letter.reason_code,
        "reason_zh": letter.reason_zh,
        "reason_en": letter.reason_en,
        "size": len(raw),
        "preview": raw[:PREVIEW].decode("utf-8", "replace"),
        "state": letter.state,
    }
