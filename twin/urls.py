"""Addresses of the whole house; other rooms are named as strings."""

from django.contrib import admin
from django.urls import include, path, re_path

from twin import web
from twin.api import api

handler404 = web.not_found
urlpatterns = [
    path("healthz", web.healthz),
    path("api/", api.urls),
    path("tiles/", include("geo.urls")),
    path("admin/", admin.site.urls),
    # The console's pages have addresses of their own, which only its router knows (frontend/console/src/shell).
    re_path(r"^(?!api/|tiles/|admin/|static/|ws/)[\w/:.-]*$", web.console, name="console"),
]
