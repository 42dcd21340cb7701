"""The world as it was after any row of the journal: the keyframe before it, and the rows since then."""

from collections import defaultdict

from django.db import transaction

from twin.history import keyframes, moments
from twin.history.keyframes import Body, Feature
from twin.history.moments import Moment, Reach
from twin.history.view import View

Changes = dict[str, Feature | None]  # of objects of one type


def features(reach: Reach, moment: Moment, view: View) -> list[bytes]:
    """The JSON of every feature that is in the view at the moment, in no particular order.

    Raises Problem 503 while keyframes are still made.
    """
    with transaction.atomic():
        keyframe = moments.keyframe_for(reach, moment.seq)
        since: defaultdict[str, Changes] = defaultdict(dict)
        for object_type, object_id, feature in keyframes.changed(keyframe.seq, moment.seq, view.types):
            since[object_type][object_id] = feature
        found: list[bytes] = []
        for object_type, body in keyframes.read(keyframe, view.types):
            found += _unchanged(body, since[object_type], object_type, view)
    for object_type, changes in since.items():
        found += [f.text for i, f in changes.items() if f is not None and view.sees(object_type, i, f)]
    return found


def _unchanged(body: Body, since: Changes, object_type: str, view: View) -> list[bytes]:
    """The features of a part that are in the view and have not changed since."""
    if view.takes_all(object_type):
        return [text for object_id, text in zip(body.ids, body.texts, strict=True) if object_id not in since]
    return [f.text for i, f in body.features() if i not in since and view.sees(object_type, i, f)]
