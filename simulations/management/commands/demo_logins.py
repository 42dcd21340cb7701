from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from simulations.city.seed import SOURCES, demo_token
from twin.session import list_demo_logins


class Command(BaseCommand):
    help = "Print one login for each role, and the HTTP tokens of the demo's sources."

    def handle(self, *args: object, **options: object) -> None:
        logins = list_demo_logins()
        if not settings.DEMO_CITY or not logins:
            raise CommandError("This is no demo city: YIWANG_DEMO_CITY is not True, or nothing is seeded.")
        table = Table(box=None, pad_edge=False, header_style="bold")
        for name in ("role", "", "user name", "password"):
            table.add_column(name)
        for login in logins:
            table.add_row(login.role_zh, login.role_en, login.username, login.password)
        tokens = Table(box=None, pad_edge=False, header_style="bold")
        for name in ("source", "channel", "HTTP token"):
            tokens.add_column(name)
        for uri, _, _, channel in SOURCES:
            tokens.add_row(uri, channel, demo_token(uri))
        # A narrow terminal breaks lines; cutting a password short would make it useless.
        console = Console(width=max(Console().width, 100))
        console.print(table)
        console.print()
        console.print(tokens)
