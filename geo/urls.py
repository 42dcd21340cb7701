from django.urls import path

from geo import tiles

urlpatterns = [
    path("basemap/<int:version>/<int:z>/<int:x>/<int:y>", tiles.basemap),
    path("zones/<int:version>/<int:z>/<int:x>/<int:y>", tiles.zones),
]
