"""How work goes on, as each city has it: the workflow, the escalation ladders, and who was told what."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from dispatch.models.cases import Case
from twin.models import User


class Workflow(models.Model):
    """A version of the workflow: statuses, verbs, their roles and limits (`dispatch.workflow` checks it)."""

    version = models.CharField(max_length=40, unique=True)
    holds_from = models.DateTimeField()
    document = models.JSONField()

    def __str__(self) -> str:
        return self.version


class Ladder(models.Model):
    """An escalation ladder: who is told after what, for cases that it fits. The first that fits is climbed."""

    order = models.PositiveIntegerField(unique=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    when = models.JSONField(default=dict, blank=True, help_text='{"urgency": [3], "category": ["E-05-02"]}; {}: any')
    steps = models.JSONField(help_text='[{"after": "warn" | "due" | "stage", "hours": 0, "unit": …, "tell": {…}, …}]')


class Notice(models.Model):
    """What somebody was told about a case, by the clock or by a verb."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notices")
    at = models.DateTimeField()
    reason = models.CharField(max_length=40, help_text="warn, due, stage, urge, supervise, resume ...")
    role = models.CharField(max_length=20, blank=True)
    department = models.CharField(max_length=40, blank=True)
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="notices")
    text_zh = models.TextField()
    text_en = models.TextField()
    seen_by = ArrayField(models.IntegerField(), default=list, help_text="users who have seen it")
    exercise = models.TextField(blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["department", "-at"], name="notice_department")]
