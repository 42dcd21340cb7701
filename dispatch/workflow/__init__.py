"""The workflow of a city: data, checked when it is saved, drawn as a diagram, with the time from which it holds."""

from dispatch.workflow.document import AXES, Flow, Granted, Limit, Stage, Status, Verb
from dispatch.workflow.versions import current, ever, save, versions

__all__ = ["AXES", "Flow", "Granted", "Limit", "Stage", "Status", "Verb", "current", "ever", "save", "versions"]
