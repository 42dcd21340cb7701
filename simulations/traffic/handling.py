"""How the demo city's departments answer: each case is accepted, handled, inspected and closed after a while.

The pauses follow from the case's id, so that any number of these processes, started at any time, agree on them.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

# Mean pauses after the case was opened, in minutes: a demo minute stands for a real hour or two.
ACCEPT, COMPLETE, CLOSE = 2.0, 14.0, 20.0
REWORK = 0.06  # share of completions that the inspection sends back

NOTES = ("已现场处置完毕，照片已上传。", "已清理，现场恢复正常。", "已维修更换，功能正常。", "已劝导整改，现场已清退。")


@dataclass(frozen=True)
class Step:
    verb: str
    note: str


def next_step(case: dict[str, Any], now: datetime) -> Step | None:
    """What is due to happen to a case of the list, or None."""
    dice = random.Random(case["id"])
    pace = dice.lognormvariate(0, 0.6)
    age = now - datetime.fromisoformat(case["opened_at"])
    # Critical matters are taken up faster.
    minutes = age / timedelta(minutes=1) * (2 if case["urgency"] == 3 else 1) / pace
    if case["status"] == "dispatched" and minutes > ACCEPT:
        return Step("accept", "")
    if case["status"] == "accepted" and minutes > COMPLETE:
        return Step("complete", dice.choice(NOTES))
    if case["status"] == "handled" and minutes > CLOSE:
        if dice.random() < REWORK and case["version"] < 4:
            return Step("rework", "核查未通过：现场仍有残留，请返工。")
        return Step("close", "")
    return None
