"""A person's saved filters of the queue over HTTP."""

from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from dispatch import filters
from dispatch.models import SavedFilter
from twin.session import person

router = Router(tags=["queue"])


class FilterIn(Schema):
    name: str = Field(max_length=60)
    content: dict[str, Any] = Field(description="filter and order, as the console writes them; at most 4 KB of JSON")


class FilterOut(FilterIn):
    id: int


@router.get("/filters", response=list[FilterOut])
def list_filters(request: HttpRequest) -> list[SavedFilter]:
    """One's own, in the order in which they were made."""
    return list(SavedFilter.objects.filter(user=person(request)).order_by("pk"))


@router.post("/filters", response={201: FilterOut})
def save_filter(request: HttpRequest, body: FilterIn) -> Status:
    return Status(201, filters.save(person(request), body.name, body.content, request=request))


@router.put("/filters/{filter_id}", response=FilterOut)
def change_filter(request: HttpRequest, filter_id: int, body: FilterIn) -> SavedFilter:
    return filters.save(person(request), body.name, body.content, filter_id, request=request)


@router.delete("/filters/{filter_id}", response={204: None})
def remove_filter(request: HttpRequest, filter_id: int) -> Status:
    filters.remove(person(request), filter_id, request=request)
    return Status(204, None)
