"""The departments, as every process keeps them."""

from dispatch.models import Department
from twin import revisions

departments: revisions.Cached[dict[str, Department]] = revisions.Cached(
    "departments", lambda: Department.objects.in_bulk()
)
