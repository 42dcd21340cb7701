"""The workflow over HTTP: read, drawn, and changed by administrators."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from dispatch import workflow
from dispatch.workflow import diagram
from twin.session import person

router = Router(tags=["workflow"])


class NewWorkflow(Schema):
    version: str = Field(min_length=1, max_length=40)
    holds_from: datetime | None = Field(None, description="with its zone; none: from now on")
    document: dict[str, Any]


@router.get("/workflow")
def read(request: HttpRequest) -> dict[str, Any]:
    """The workflow in force: the document as it can be put again, and its diagram as nodes and ways."""
    return out(workflow.current())


@router.put("/workflow")
def put(request: HttpRequest, new: NewWorkflow) -> dict[str, Any]:
    """Put a new version into force. 422 says the first thing that cannot work."""
    flow = workflow.save(new.version, new.document, person(request), holds_from=new.holds_from, request=request)
    return out(flow)


@router.get("/workflow/diagram.svg")
def picture(request: HttpRequest, language: str = "zh") -> HttpResponse:
    """The workflow in force as a picture: statuses in lanes, ways as arrows."""
    svg = diagram.svg(diagram.layout(workflow.current()), "en" if language == "en" else "zh")
    return HttpResponse(svg, content_type="image/svg+xml")


def out(flow: workflow.Flow) -> dict[str, Any]:
    return {
        "version": flow.version,
        "holds_from": flow.holds_from,
        "document": flow.as_data(),
        "diagram": diagram.data(diagram.layout(flow)),
    }
