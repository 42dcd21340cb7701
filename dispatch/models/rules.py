"""Where it goes: sets of routing rules."""

from django.contrib.gis.db import models


class RuleSet(models.Model):
    """A version of the routing rules and the time from which it holds. The newest that holds is in force."""

    version = models.CharField(max_length=40, unique=True)
    holds_from = models.DateTimeField()

    def __str__(self) -> str:
        return self.version


class Rule(models.Model):
    """One ordered rule: all conditions of `when` must hold. `dispatch.loading` writes and checks whole sets."""

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="rules")
    order = models.PositiveIntegerField()
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    when = models.JSONField(default=list, blank=True)
    department = models.JSONField(help_text='a code, {"from": "component", "role": …} or {"from": "zone", "kind": …}')
    urgency = models.PositiveSmallIntegerField(null=True, blank=True, help_text="raises the case's urgency to this")
    joint = models.JSONField(default=list, blank=True, help_text="departments that help 协办")
    limit = models.JSONField(
        null=True, blank=True, help_text='{"value": 2, "unit": "working_hour"}, not the condition\'s'
    )
    notify = models.JSONField(default=list, blank=True, help_text="departments that are told")

    class Meta:
        ordering = ["rule_set", "order"]
        constraints = [models.UniqueConstraint(fields=["rule_set", "order"], name="rule_order")]


class Flag(models.Model):
    """A state of the city that rules may ask for, raised by people: wartime 战时, a red rainstorm warning."""

    code = models.SlugField(primary_key=True)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    raised = models.BooleanField(default=False)
    since = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.code
