"""Addresses of the whole house; other rooms are named as strings."""

from django.contrib import admin
from django.urls import include, path

from twin import web
from twin.api import api

handler404 = web.not_found
urlpatterns = [
    path("", web.console, name="console"),
    path("healthz", web.healthz),
    path("api/", api.urls),
    path("tiles/", include("geo.urls")),
    path("admin/", admin.site.urls),
]
