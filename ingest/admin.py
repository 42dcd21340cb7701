"""The settings pages of the ways in: who may report, and what is registered."""

import secrets

from django import forms
from django.contrib import admin, messages
from django.contrib.gis.db.models import PointField
from django.db import models
from django.http import HttpRequest

from ingest.models import Device, Source
from ingest.sources import hash_token
from twin.admin import SettingsAdmin


@admin.register(Source)
class SourceAdmin(SettingsAdmin):
    topic = "sources"
    list_display = ("uri", "name_zh", "name_en", "channel", "active")
    list_filter = ("channel", "active")
    exclude = ("token_hash",)
    actions = ("new_token",)

    @admin.action(description="Make a new HTTP token (the old one stops working)")
    def new_token(self, request: HttpRequest, queryset: models.QuerySet[Source]) -> None:
        for source in queryset:
            token = secrets.token_hex(20)
            source.token_hash = hash_token(token)
            self.save_model(request, source, form=None, change=True)
            messages.success(request, f"{source.uri}: {token}  (shown this once)")


@admin.register(Device)
class DeviceAdmin(SettingsAdmin):
    topic = "devices"
    list_display = ("code", "kind", "name_zh", "component")
    list_filter = ("kind",)
    search_fields = ("code", "name_zh", "component")
    # Django's map widget loads its tiles from the internet, which a command room does not have.
    formfield_overrides = {PointField: {"widget": forms.Textarea, "help_text": "WGS-84: POINT (longitude latitude)"}}
