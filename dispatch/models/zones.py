"""What cases and reports have to do with zones that change, and what the page of a zone shows."""

from django.db import models
from django.db.models import Q

from geo.models import Zone
from twin.models import User


class Rerouting(models.Model):
    """At this time a change of zones takes effect that was saved for later, and is to dispatch open cases anew."""

    at = models.DateTimeField()
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["at"], condition=Q(done_at__isnull=True), name="rerouting_waits")]


class SceneLayers(models.Model):
    """What the page of a zone shows to everybody. A zone without a row has the defaults (`dispatch.scenes`)."""

    zone = models.OneToOneField(Zone, on_delete=models.CASCADE, primary_key=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    layers = models.JSONField()
    saved_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()
