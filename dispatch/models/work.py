"""The work on a case beside its status: joint tasks, requests that wait for approval, photos, calls back."""

import uuid

from django.db import models
from django.db.models import Q

from dispatch.models.cases import Case
from dispatch.models.reports import Report
from twin.models import User


class JointTask(models.Model):
    """A department's part in a case that another one leads 协办."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="joint_tasks")
    department = models.CharField(max_length=40)
    asked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", help_text="none: a rule")
    asked_at = models.DateTimeField()
    note = models.TextField(blank=True)
    opinion = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "department"], condition=Q(answered_at__isnull=True), name="joint_task_open_once"
            )
        ]


class Request(models.Model):
    """What a department asks for and others approve in steps: an extension 延期, a suspension 挂账, an appeal 申诉."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="requests")
    verb = models.CharField(max_length=40, help_text="that is asked for: extend, suspend, appeal ...")
    inputs = models.JSONField(default=dict)
    reason = models.TextField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    step = models.PositiveSmallIntegerField(default=0, help_text="approvals it has")
    granted = models.BooleanField(null=True, help_text="none while it waits")
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(granted__isnull=True), name="request_one_at_a_time")
        ]


class AttachmentKind(models.TextChoices):
    SCENE = "scene", "现场 Scene"
    BEFORE = "before", "处置前 Before"
    AFTER = "after", "处置后 After"
    DOCUMENT = "document", "材料 Document"


class Attachment(models.Model):
    """A photo or paper. Uploaded first, then named by the act that it proves."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, null=True, on_delete=models.CASCADE, related_name="attachments")
    report = models.ForeignKey(Report, null=True, on_delete=models.CASCADE, related_name="attachments")
    kind = models.CharField(max_length=20, choices=AttachmentKind.choices)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField(help_text="bytes")
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()


class CallBack(models.Model):
    """What a reporter said when called back 回访; every reporter of a case is called."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="call_backs")
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="call_backs")
    reached = models.BooleanField()
    resolved = models.CharField(max_length=20, blank=True, help_text="yes, partly, no")
    rating = models.PositiveSmallIntegerField(null=True, help_text="3 satisfied, 2 fairly, 1 dissatisfied")
    note = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
