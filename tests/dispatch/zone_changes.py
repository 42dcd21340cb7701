"""Changes of zones as the API takes them, over the small city."""

from typing import Any

from django.test import Client

from tests.small_city import square

PARK = {"kind": "park", "code": "PK777", "name_zh": "口袋公园", "name_en": "Pocket Park"}


def saved(shape: Any, **more: Any) -> dict[str, Any]:
    """A zone that is to be made, or to be changed if it has a `base`."""
    return PARK | {"op": "save", "geometry": shape.__geo_interface__} | more


def cell(column: int, row: int, **more: Any) -> dict[str, Any]:
    """A park over one cell."""
    return saved(square(column, row), **more)


def change(client: Client, *changes: dict[str, Any], **more: Any) -> Any:
    """Save a set of changes."""
    answer = client.post("/api/zones/changes", {"changes": list(changes)} | more, content_type="application/json")
    assert answer.status_code == 200, answer.content
    return answer.json()


def preview(client: Client, *changes: dict[str, Any], **more: Any) -> Any:
    """What the same set would do."""
    answer = client.post("/api/zones/preview", {"changes": list(changes)} | more, content_type="application/json")
    assert answer.status_code == 200, answer.content
    return answer.json()
