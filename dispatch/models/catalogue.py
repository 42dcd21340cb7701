"""What is handled: the catalogue of a standard, in editions."""

from django.contrib.gis.db import models


class Catalogue(models.Model):
    """One edition of a standard's catalogue. Codes mean nothing without it: the same digits differ by edition."""

    standard = models.CharField(max_length=80)
    version = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    holds_from = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["standard", "version"], name="catalogue_edition")]

    def __str__(self) -> str:
        return f"{self.standard} {self.version}"


class Category(models.Model):
    """A small category 小类. `code` is `C-` (component) or `E-` (event), major and minor: `E-01-10`."""

    catalogue = models.ForeignKey(Catalogue, on_delete=models.CASCADE, related_name="categories")
    code = models.CharField(max_length=12)
    major_zh = models.CharField(max_length=80)
    major_en = models.CharField(max_length=80)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    city_extension = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "categories"
        constraints = [models.UniqueConstraint(fields=["catalogue", "code"], name="category_code")]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"


class LimitUnit(models.TextChoices):
    """How a time limit is walked (GB/T 30428.8 as cities apply it)."""

    URGENT_HOUR = "urgent_hour", "紧急工作时"
    WORKING_HOUR = "working_hour", "工作时"
    WORKING_DAY = "working_day", "工作日"
    CALENDAR_DAY = "calendar_day", "日历日"


class FilingCondition(models.Model):
    """When a matter of a category is filed 立案条件, when it counts as done, and how long it may take."""

    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="conditions")
    number = models.PositiveSmallIntegerField()
    text_zh = models.CharField(max_length=300)
    text_en = models.CharField(max_length=300)
    closing_zh = models.CharField(max_length=300)
    closing_en = models.CharField(max_length=300)
    limit_value = models.FloatField()
    limit_unit = models.CharField(max_length=20, choices=LimitUnit.choices)
    urgency = models.PositiveSmallIntegerField(default=1, help_text="1 routine, 2 urgent, 3 critical")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["category", "number"], name="condition_number")]


class LimitVariant(models.Model):
    """Another limit of a condition: in a class of area (A, B, C), in a season, or both; the most particular holds."""

    condition = models.ForeignKey(FilingCondition, on_delete=models.CASCADE, related_name="variants")
    area_class = models.CharField(max_length=4, blank=True, help_text="of the zone, by its attribute area_class")
    season = models.JSONField(default=list, blank=True, help_text='["11-15", "03-15"], or empty: all year')
    limit_value = models.FloatField()
    limit_unit = models.CharField(max_length=20, choices=LimitUnit.choices)


class CategoryMapping(models.Model):
    """Which category of the edition before a category continues, so that figures can be followed over the change."""

    edition = models.ForeignKey(Catalogue, on_delete=models.CASCADE, related_name="mappings")
    code = models.CharField(max_length=12)
    previous = models.ForeignKey(Catalogue, on_delete=models.CASCADE, related_name="+")
    previous_code = models.CharField(max_length=12)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "code"], name="category_mapped_once")]
