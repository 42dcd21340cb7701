from django.core.management.base import BaseCommand
from django.db import connection


class Command(BaseCommand):
    help = "Say that the database was restored from a backup: the journal begins a new history, viewers start afresh."

    def handle(self, *args: object, **options: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE twin_head SET epoch = gen_random_uuid() RETURNING epoch, seq")
            epoch, seq = cursor.fetchone()
        self.stdout.write(f"The journal goes on from {seq} under epoch {epoch}.")
