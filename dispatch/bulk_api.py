"""One step for many cases over HTTP: for the departments' inbox, and for the console's queue."""

from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema

from dispatch.bulk import FOR_MANY, act_on, possible_for_all
from dispatch.detail import verb_out
from dispatch.verbs.inputs import Inputs
from twin.session import person

router = Router(tags=["dispatch"])
MOST_AT_ONCE = 100
MOST_ASKED = 1_000


class Chosen(Schema):
    id: int
    version: int


class Bulk(Schema):
    verb: str
    cases: list[Chosen] = Field(min_length=1, max_length=MOST_AT_ONCE)
    inputs: Inputs = Inputs()


@router.post("/bulk")
def bulk(request: HttpRequest, body: Bulk) -> dict[str, Any]:
    """One step for many cases; for each what became of it. One that fails stops none of the others."""
    user, given = person(request), body.inputs.dict(exclude_unset=True)
    outcomes = [act_on(one.id, one.version, body.verb, user, given, request=request) for one in body.cases]
    return {"items": outcomes, "done": sum(one["done"] for one in outcomes)}


# The same under the address that departments' systems know.
router.post("/inbox/bulk", tags=["inbox"])(bulk)


class Asked(Schema):
    cases: list[int] = Field(min_length=1, max_length=MOST_ASKED, description="their ids")


@router.post("/bulk/verbs")
def verbs_for_all(request: HttpRequest, body: Asked) -> dict[str, Any]:
    """The steps that are possible for all of these cases, in the form of a case's `verbs`; nothing is done."""
    verbs, seen = possible_for_all(body.cases, person(request))
    items = [verb_out(verb) for verb in verbs]
    for verb in items:
        verb["inputs"] = [one for one in verb["inputs"] if one["name"] in FOR_MANY]
    return {"items": items, "cases": seen}
