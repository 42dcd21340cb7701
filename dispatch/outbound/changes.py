"""Which changes of its tasks a channel tells: all of them, or those that it names."""

from dispatch import workflow
from dispatch.models import Channel
from dispatch.outbound.tasks import part_of
from twin.models import JournalRow

# What happens to a case without a verb of the workflow.
WITHOUT_VERB = {
    "opened": ("立案派遣", "Opened"),
    "report_joined": ("并入上报", "Report joined"),
    "escalated": ("超时升级", "Escalated"),
    "retimed": ("时限重算", "Deadline moved"),
    "rerouted": ("重新分派", "Routed again"),
    "rezoned": ("区域变更", "Zones changed"),
}


def listed() -> list[dict[str, str]]:
    """The changes that a channel can name, with their names."""
    pasts = {past: (one.name_zh, one.name_en) for past, one in workflow.current().by_past.items()}
    return [{"code": code, "name_zh": zh, "name_en": en} for code, (zh, en) in (WITHOUT_VERB | pasts).items()]


def wanted(row: JournalRow, channel: Channel) -> bool:
    """Whether a channel tells a row that concerns it.

    That a task comes, goes or ends is told whatever was chosen: a system must not keep for ever what it once heard of.
    """
    if not channel.changes or row.version == 1 or row.state is None:
        return True
    if row.was is not None:
        before = part_of(channel.department, row.was["department"], row.was["shared"])
        if before != part_of(channel.department, row.department, row.shared):
            return True
    return row.kind.removeprefix("case.") in channel.changes
