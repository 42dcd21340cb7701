"""The built-in sources of what people register by hand: one for each channel, so that rules and lists can tell them."""

from typing import Any

from django.apps import apps
from django.conf import settings

from twin import revisions

PREFIX = "urn:yiwang:desk:"
NAMES = {
    "hotline": ("热线登记", "Registered by the hotline"),
    "grid": ("网格登记", "Registered by grid workers"),
    "sensor": ("感知案件拆分", "Split from what a sensor reported"),
}


def _load() -> dict[str, int]:
    model: Any = apps.get_model(settings.SOURCE_MODEL)
    rows = model.objects.filter(uri__startswith=PREFIX).values_list("uri", "pk")
    return {uri.removeprefix(PREFIX): pk for uri, pk in rows}


desks: revisions.Cached[dict[str, int]] = revisions.Cached("sources", _load)


def desk(channel: str, known: revisions.Revisions) -> int:
    """Id of the source of what is registered by hand for a channel; made when it is first needed.

    It is no active source: a machine that signs a message with its name is refused.
    """
    found = desks.fresh(known).get(channel)
    if found is not None:
        return found
    zh, en = NAMES[channel]
    model: Any = apps.get_model(settings.SOURCE_MODEL)
    made, is_new = model.objects.get_or_create(
        uri=PREFIX + channel, defaults={"name_zh": zh, "name_en": en, "channel": channel, "active": False}
    )
    if is_new:
        revisions.bump("sources")
    return int(made.pk)
