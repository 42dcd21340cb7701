"""When work is done: working hours and the days that differ."""

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField


class Calendar(models.Model):
    """Working hours of a week, in the city's local time; days that differ are `CalendarDay` rows."""

    code = models.SlugField(primary_key=True)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), help_text="1 Monday to 7 Sunday")
    hours = models.JSONField(help_text='[["08:00", "12:00"], ["14:00", "18:00"]]')
    first_day = models.DateField()
    last_day = models.DateField()


class CalendarDay(models.Model):
    """A public holiday, a working day at a weekend 调休, or a day with hours of its own."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    working = models.BooleanField()
    hours = models.JSONField(default=list, blank=True, help_text="of this day alone; empty: the calendar's")
    name_zh = models.CharField(max_length=80, blank=True)
    name_en = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["calendar", "day"], name="calendar_day_once")]
