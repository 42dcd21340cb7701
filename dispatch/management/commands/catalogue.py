import sys
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console

from dispatch.editions.taking_in import Plan, plan, take_in
from twin.models import User
from twin.problems import Problem
from twin.times import time_of


class Command(BaseCommand):
    help = "Take in a city's own catalogue (CSV or spreadsheet) as the next edition."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="import")
        one = actions.add_parser("import", help="say what a table would change; --apply takes it in")
        one.add_argument("file", type=Path)
        one.add_argument("--apply", action="store_true")
        one.add_argument("--standard", help="for example: GB/T 30428.2 numbering")
        one.add_argument("--edition", help="version of the edition, for example 2027.1")
        one.add_argument("--holds-from", help="ISO time; without it, now")
        one.add_argument("--username", default="demo-admin", help="who does it, for the audit")
        one.add_argument("--json", action="store_true")

    def handle(self, *args: object, **options: Any) -> None:
        path: Path = options["file"]
        try:
            made = self._take_in(path, options) if options["apply"] else plan(path)
        except (ValueError, Problem) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(orjson.dumps(made.out(), option=orjson.OPT_INDENT_2).decode())
        else:
            show(Console(highlight=False), made, options["apply"])
        if made.faults:
            sys.exit(1)

    def _take_in(self, path: Path, options: dict[str, Any]) -> Plan:
        if not options["standard"] or not options["edition"]:
            raise CommandError("--apply needs --standard and --edition")
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"There is no person {options['username']}; give --username.")
        begin = time_of(options["holds_from"]) if options["holds_from"] else None
        made, _ = take_in(
            path, path.name, user, standard=options["standard"], version=options["edition"], holds_from=begin
        )
        return made


def show(console: Console, made: Plan, applied: bool) -> None:
    said = made.out()
    console.print(f"{said['rows']} rows, {said['categories']} categories")
    for what in ("added", "changed", "removed"):
        codes = said[what]
        console.print(f"  {what:<8} {len(codes):>4}  {', '.join(codes[:12])}{' ...' if len(codes) > 12 else ''}")
    console.print(f"  unchanged {said['unchanged']:>3}")
    if said["unknown_columns"]:
        console.print(f"  columns that are not used: {', '.join(said['unknown_columns'])}", style="yellow")
    for sentence in said["rules"]:
        console.print(f"  a rule in force would not fit: {sentence}", style="yellow")
    for fault in said["faults"]:
        console.print(f"  line {fault['line'] or '-'}: {fault['text']}", style="bold red")
    if not said["faults"]:
        console.print("taken in" if applied else "Nothing was written; --apply takes it in.", style="bold green")
