"""The settings pages of the ground floor: people, their roles, and the audit."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db import models
from django.http import HttpRequest

from twin import audit, revisions
from twin.models import AuditRow, Grant, User


class SettingsAdmin(admin.ModelAdmin):
    """A page for settings that every process keeps in memory: a change is audited and holds everywhere at once.

    Django's admin wraps each save in a transaction, so the row, the audit and the revision are one.
    """

    topic = ""

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        self._changed(request, obj, "changed" if change else "added")

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        self._changed(request, obj, "deleted")
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for obj in queryset:
            self.delete_model(request, obj)

    def _changed(self, request: HttpRequest, obj: models.Model, what: str) -> None:
        assert isinstance(request.user, User)
        name = obj._meta.model_name or ""
        audit.record(f"{name}.{what}", request.user, name, str(obj.pk), request=request)
        if self.topic:
            revisions.bump(self.topic)


class GrantInline(admin.TabularInline):
    model = Grant
    extra = 0


@admin.register(User)
class PersonAdmin(UserAdmin):
    list_display = ("username", "name", "is_active", "last_login")
    search_fields = ("username", "name")
    inlines = (GrantInline,)
    fieldsets = (
        (None, {"fields": ("username", "password", "name", "email")}),
        ("Settings pages", {"fields": ("is_active", "is_staff", "is_superuser")}),
    )


@admin.register(AuditRow)
class AuditAdmin(admin.ModelAdmin):
    """To be read, never changed."""

    list_display = ("at", "user", "act", "object_type", "object_id", "address")
    list_filter = ("act",)
    search_fields = ("object_id", "user__username")
    date_hierarchy = "at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False
