"""Filters of the queue that people have given a name."""

from django.db import models

from twin.models import User


class SavedFilter(models.Model):
    """What a person wants to see of the queue, under a name: theirs alone, at whichever desk they sit."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_filters", db_index=False)
    name = models.CharField(max_length=60)
    content = models.JSONField(help_text="as the console writes it; fields that it does not know it leaves alone")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="saved_filter_name")]

    def __str__(self) -> str:
        return self.name
