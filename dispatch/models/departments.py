"""Who handles what."""

from django.contrib.gis.db import models


class Department(models.Model):
    """A department; its code nests at dots (`UMB.SAN` is part of `UMB`), which is what scopes go by."""

    code = models.CharField(primary_key=True, max_length=40)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    phone = models.CharField(max_length=40, blank=True)
    calendar = models.ForeignKey(
        "Calendar", null=True, blank=True, on_delete=models.PROTECT, help_text="its own working hours; else the city's"
    )
    version = models.IntegerField(default=1, db_default=1, help_text="grows with each change, the duty roster's too")

    def __str__(self) -> str:
        return self.code
