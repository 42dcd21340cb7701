from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console

from dispatch import catalogue
from dispatch.explain import explain
from dispatch.models import Case
from twin import revisions


class Command(BaseCommand):
    help = "Say why a case went where it went: the rules tried in order, and what failed in each."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("case", help="the case's number")

    def handle(self, *args: object, case: str, **options: object) -> None:
        found = Case.objects.filter(number=case).first()
        if found is None:
            raise CommandError(f"There is no case {case}.")
        why = explain(found, catalogue.by_id(found.catalogue_id, revisions.read()))
        console = Console(highlight=False, soft_wrap=True)
        console.print(f"[bold]{why.sentence_zh}[/]\n{why.sentence_en}\n")
        console.print(f"Rules {why.rule_set}, catalogue {why.catalogue}, zones revision {why.zones_version}. Tried:\n")
        for tried in why.tried:
            style, mark = ("bold green", "✓") if tried.matched else ("default", "·")
            console.print(f"{tried.order:>5} {mark} {tried.name_zh}  {tried.name_en}", style=style)
            if not tried.matched:
                console.print(f"        {tried.failed_zh}\n        {tried.failed_en}", style="dim")
