"""Cases that turned out to be one matter."""

from django.db import models
from django.db.models import Q

from dispatch.models.cases import Case
from twin.models import User


class Merge(models.Model):
    """A case was merged into another one 并案. It keeps what the case needs to come back: its status and its clock."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="merges")
    into = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="took_in")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    status = models.CharField(max_length=20, help_text="in which it was")
    stage_due_at = models.DateTimeField(null=True)
    remaining = models.FloatField(null=True)
    suspended_until = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(undone_at=None), name="merge_one_at_a_time")
        ]
