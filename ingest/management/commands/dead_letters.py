from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone as local
from rich.console import Console
from rich.table import Table

from dispatch.refusals import Refusal
from ingest import pipeline
from ingest.dead_letters import message_of
from ingest.models import DeadLetter, DeadLetterState


class Command(BaseCommand):
    help = "List what could not be taken, look at one, or send it through again after the mend."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=False, metavar="list | show | send-again")
        listing = actions.add_parser("list", help="the newest first")
        listing.add_argument("--limit", type=int, default=20)
        listing.add_argument("--reason", help="only this reason code")
        show = actions.add_parser("show", help="one, with its bytes")
        show.add_argument("id", type=int)
        again = actions.add_parser("send-again", help="through the pipeline once more")
        again.add_argument("id", type=int, nargs="*", help="dead letters by number")
        again.add_argument("--reason", help="all that wait with this reason code")

    def handle(self, *args: object, action: str | None, **options: object) -> None:
        {"show": self._show, "send-again": self._send_again}.get(action or "", self._list)(options)

    def _list(self, options: dict[str, object]) -> None:
        waiting = DeadLetter.objects.filter(state=DeadLetterState.WAITING).order_by("-pk")
        if options.get("reason"):
            waiting = waiting.filter(reason_code=options["reason"])
        console = Console()
        total = waiting.count()
        if not total:
            console.print("No dead letters wait.")
            return
        table = Table(box=None, pad_edge=False, header_style="bold")
        for name in ("id", "received", "channel", "reason", "what to do", "bytes"):
            table.add_column(name, overflow="fold", justify="right" if name in ("id", "bytes") else "left")
        for letter in waiting[: int(str(options.get("limit") or 20))]:
            when = local.localtime(letter.received_at).strftime("%m-%d %H:%M:%S")
            size = str(len(bytes(letter.raw)))
            table.add_row(str(letter.pk), when, letter.channel, letter.reason_code, letter.reason_en, size)
        console.print(table)
        console.print(f"\n{total} wait.  yiwang dead-letters show ID | send-again ID | send-again --reason CODE")

    def _show(self, options: dict[str, object]) -> None:
        letter = self._find(int(str(options["id"])))
        console = Console(highlight=False)
        console.print(f"[bold]{letter.reason_zh}[/]\n{letter.reason_en}\n")
        console.print(
            f"{letter.channel} {letter.topic}  {letter.received_at.isoformat()}  {letter.headers}", markup=False
        )
        console.print(bytes(letter.raw)[:8192].decode("utf-8", "backslashreplace"), markup=False)

    def _send_again(self, options: dict[str, object]) -> None:
        ids = [int(i) for i in options["id"]]  # type: ignore[attr-defined]
        if options.get("reason"):
            found = DeadLetter.objects.filter(state=DeadLetterState.WAITING, reason_code=options["reason"])
            ids += list(found.order_by("pk").values_list("pk", flat=True))
        if not ids:
            raise CommandError("Name dead letters by number, or give --reason CODE.")
        for letter_id in ids:
            (result,) = pipeline.process([message_of(self._find(letter_id))])
            outcome = result.outcome
            said = f"refused again: {outcome.en}" if isinstance(outcome, Refusal) else f"taken: {outcome}"
            self.stdout.write(f"{letter_id}  {said}")

    def _find(self, letter_id: int) -> DeadLetter:
        letter = DeadLetter.objects.filter(pk=letter_id).first()
        if letter is None:
            raise CommandError(f"There is no dead letter {letter_id}.")
        return letter
