"""Catalogue, departments, rules, calendars, workflow; reports, the cases they become and the work on them."""

from dispatch.models.calendars import Calendar, CalendarDay
from dispatch.models.cases import Case
from dispatch.models.catalogue import (
    Catalogue,
    Category,
    CategoryMapping,
    FilingCondition,
    LimitUnit,
    LimitVariant,
)
from dispatch.models.components import Component
from dispatch.models.departments import Department
from dispatch.models.filters import SavedFilter
from dispatch.models.merges import Merge
from dispatch.models.outbound import (
    Channel,
    ChannelKind,
    Delivery,
    DeliveryState,
    DutyShift,
    GivenAnswer,
    SystemToken,
)
from dispatch.models.reports import Report, ReportState
from dispatch.models.rules import Flag, Rule, RuleSet
from dispatch.models.versions import in_force
from dispatch.models.work import Attachment, CallBack, JointTask, Request
from dispatch.models.workflow import Ladder, Notice, Workflow
from dispatch.models.zones import Rerouting, SceneLayers

__all__ = [
    "Attachment",
    "Calendar",
    "CalendarDay",
    "CallBack",
    "Case",
    "Catalogue",
    "Category",
    "CategoryMapping",
    "Channel",
    "ChannelKind",
    "Component",
    "Delivery",
    "DeliveryState",
    "Department",
    "DutyShift",
    "FilingCondition",
    "Flag",
    "GivenAnswer",
    "JointTask",
    "Ladder",
    "LimitUnit",
    "LimitVariant",
    "Merge",
    "Notice",
    "Report",
    "ReportState",
    "Request",
    "Rerouting",
    "Rule",
    "RuleSet",
    "SavedFilter",
    "SceneLayers",
    "SystemToken",
    "Workflow",
    "in_force",
]
