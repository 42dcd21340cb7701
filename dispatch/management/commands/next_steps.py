from django.core.management.base import BaseCommand
from rich.console import Console

from dispatch.auditing import findings
from dispatch.models import Case


class Command(BaseCommand):
    help = "Say which open cases nothing will happen to, and what else stops the clock; exit code 1 if there are any."

    def handle(self, *args: object, **options: object) -> None:
        console = Console(highlight=False, soft_wrap=True)
        found = findings()
        for finding in found:
            console.print(f"[{'bold red' if finding.grave else 'yellow'}]{finding.code}[/]")
            console.print(f"  {finding.zh}\n  {finding.en}", markup=False)
        if any(finding.grave for finding in found):
            raise SystemExit(1)
        console.print(f"每个未结案卷都有下一步。 Each of {Case.objects.open().count()} open cases has a next step.")
