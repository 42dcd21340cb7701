"""What stands in the city."""

from django.contrib.gis.db import models


class Component(models.Model):
    """A managed object 部件 with its three departments (code: 6 + 2 + 2 + 6 digits)."""

    code = models.CharField(primary_key=True, max_length=18)
    category = models.CharField(max_length=12, db_index=True)
    geom = models.PointField(srid=4326)
    cell = models.CharField(max_length=15)
    manager = models.CharField(max_length=40, help_text="主管部门")
    owner = models.CharField(max_length=40, help_text="权属单位")
    maintainer = models.CharField(max_length=40, help_text="养护单位")
