import shlex
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.console import Console

from geo.exchange import applying
from geo.exchange.columns import FIELDS
from geo.exchange.faults import FileError
from geo.exchange.plan import Plan
from geo.exchange.printing import show
from geo.exchange.report import as_json
from geo.exchange.rows import Wanted
from geo.exchange.writing import TARGETS, export
from geo.models import Zone
from geo.topology import report as topology_report
from geo.topology.ground import load
from geo.topology.printing import show as show_faults
from twin import clock, revisions
from twin.models import User
from twin.problems import Problem
from twin.times import time_of


class Command(BaseCommand):
    help = "Take zones in from a file that a GIS made, write them to one, or check how they lie to each other."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="import | export | check")
        _add_import(actions.add_parser("import", help="say what a file would change; --apply does it"))
        _add_export(actions.add_parser("export", help="write the zones of one kind to a file"))
        _add_check(actions.add_parser("check", help="list gaps, overlaps and other faults of the zones of one kind"))

    def handle(self, *args: object, action: str, **options: Any) -> None:
        try:
            {"import": self._import, "export": self._export, "check": self._check}[action](options)
        except FileError as error:
            raise CommandError(f"{error.fault.zh}\n{error.fault.en}") from error
        except (PermissionDenied, Problem) as error:
            raise CommandError(str(error)) from error

    def _import(self, options: dict[str, Any]) -> None:
        path = Path(options["file"])
        wanted = Wanted(
            path,
            path.name,
            columns={field: options[field] for field in FIELDS},
            attributes=options["attribute"],
            holds_from=_time(options["holds_from"]),
            **{n: options[n] for n in ("kind", "crs", "layer", "encoding", "fix", "retire_missing", "allow_outside")},
        )
        user = _user(options["username"])
        if options["apply"]:
            plan = applying.apply(wanted, user, token=options["plan"])
        else:
            plan = applying.dry_run(wanted, user)
        done = options["apply"] and not plan.faults
        if options["json"]:
            self.stdout.write(orjson.dumps(as_json(plan, done), option=orjson.OPT_INDENT_2).decode())
        else:
            console = Console(highlight=False)
            show(console, plan, options["all"])
            console.print(f"\n{_ending(plan, done, user)}")
        if plan.faults:
            sys.exit(1)

    def _export(self, options: dict[str, Any]) -> None:
        path = Path(options["file"])
        named = options["format"] or next((n for n, t in TARGETS.items() if t.suffix == path.suffix.lower()), None)
        if named is None:
            endings = ", ".join(target.suffix for target in TARGETS.values())
            raise CommandError(f"{path.name} does not say a format; end it in {endings}, or give --format.")
        at = _time(options["at"]) or clock.now(revisions.read())
        count = export(path, options["kind"], TARGETS[named], at, crs=options["crs"], encoding=options["encoding"])
        when = timezone.localtime(at).isoformat(timespec="minutes")
        self.stdout.write(f"{count} zones of the kind {options['kind']}, as they hold at {when}: {path}")

    def _check(self, options: dict[str, Any]) -> None:
        at = _time(options["at"]) or clock.now(revisions.read())
        ground = load(options["kind"], at, _zone(options["within"]))
        report = topology_report.as_json(ground)
        if options["json"]:
            self.stdout.write(orjson.dumps(report, option=orjson.OPT_INDENT_2).decode())
        else:
            show_faults(Console(highlight=False), ground, report, options["all"])
        if report["faults"]:
            sys.exit(1)


def _add_check(parser: CommandParser) -> None:
    parser.add_argument("--kind", default="cell", help="kind of the zones; without it the unit grid")
    parser.add_argument("--within", metavar="KIND:CODE", help="only in this zone: street:990101001")
    parser.add_argument("--at", metavar="TIME", help="as they hold at another day or time")
    parser.add_argument("--all", action="store_true", help="do not cut a long table")
    parser.add_argument("--json", action="store_true", help="the report for programs")


def _add_import(parser: CommandParser) -> None:
    parser.add_argument("file", help="GeoJSON, Shapefile (.shp or zip), GeoPackage, KML, FlatGeobuf")
    parser.add_argument("--kind", required=True, help="kind of the zones: park, street, cell ...")
    parser.add_argument("--apply", action="store_true", help="do it; without this it only says what it would do")
    parser.add_argument("--plan", default="", metavar="TOKEN", help="apply only if this is still the plan")
    columns = parser.add_argument_group("columns", "a column, a text with columns in it: '=网格 {编码}', or - for none")
    for field in FIELDS:
        columns.add_argument(f"--{field.replace('_', '-')}", metavar="COLUMN")
    columns.add_argument(
        "--attribute",
        action="append",
        metavar="COLUMN",
        help="keep only these as attributes; without it all others",
    )
    parser.add_argument("--crs", help="EPSG:4549, CGCS2000, GCJ02, BD09, a PROJ string; without it the file's own")
    parser.add_argument("--encoding", help="of a Shapefile's table: GBK, UTF-8; without it the .cpg's, or found out")
    parser.add_argument("--layer", help="one of several layers")
    parser.add_argument("--fix", action="store_true", help="mend shapes that are not valid, and say which")
    parser.add_argument("--retire-missing", action="store_true", help="retire zones of this kind that it does not have")
    parser.add_argument("--allow-outside", action="store_true", help="take zones outside the city: it grows")
    parser.add_argument("--holds-from", metavar="TIME", help="day or time from which it holds; without it now")
    parser.add_argument("--as", dest="username", help="user who imports; without it the first superuser")
    parser.add_argument("--all", action="store_true", help="do not cut long tables")
    parser.add_argument("--json", action="store_true", help="the plan for programs")


def _add_export(parser: CommandParser) -> None:
    parser.add_argument("file", help="what to write; its ending says the format (.zip is a Shapefile)")
    parser.add_argument("--kind", required=True)
    parser.add_argument("--format", choices=TARGETS)
    parser.add_argument("--at", metavar="TIME", help="the zones of another day or time")
    parser.add_argument("--crs", default="EPSG:4326", help="EPSG code, PROJ string, GCJ02 or BD09")
    parser.add_argument("--encoding", default="", help="of a Shapefile's table: UTF-8 or GBK")


def _zone(ref: str | None) -> int | None:
    if not ref:
        return None
    kind, _, code = ref.partition(":")
    zone = Zone.objects.filter(kind=kind, code=code).first()
    if zone is None:
        raise CommandError(f"There is no zone {ref}; write its kind and code, as street:990101001.")
    return zone.pk


def _ending(plan: Plan, done: bool, user: User) -> str:
    if plan.faults:
        return "[red]没有导入任何内容。[/] Nothing was imported; mend the faults first."
    if plan.empty:
        return "没有变更。 There is nothing to do."
    if done:
        return f"[green]已导入。[/] Imported by {user}; it holds in every process."
    again = shlex.join(["yiwang", *sys.argv[1:], "--apply", "--plan", plan.token])
    return f"以上为试运行，尚未写入。 This was a dry run; to do it:\n[bold]{again}[/]"


def _time(text: str | None) -> datetime | None:
    try:
        return time_of(text) if text else None
    except ValueError as error:
        raise CommandError(str(error)) from error


def _user(username: str | None) -> User:
    if username is None:
        user = User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
    else:
        user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise CommandError(f"There is no user {username}." if username else "There is no superuser; say who with --as.")
    return user
