"""What could not be taken is kept with its reason, listed, and sent through again after the mend."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.test import Client

from dispatch.models import Case, Catalogue, Category, FilingCondition, Report
from ingest.models import DeadLetter, Source
from ingest.pipeline import process
from tests.ingest.deliveries import binary, over_mqtt
from tests.small_city import OUTSIDE
from twin import revisions
from twin.models import AuditRow, Role, User

pytestmark = pytest.mark.usefixtures("city")
Make = Callable[..., Any]


@pytest.fixture
def console(client: Client, operator: User) -> Client:
    client.force_login(operator)
    return client


@pytest.fixture
def letter(make_event: Make, message_of: Make) -> DeadLetter:
    """A report of a category that the catalogue does not have yet."""
    process([message_of(make_event(category="E-77-01"))])
    return DeadLetter.objects.get()


def add_category(code: str) -> None:
    category = Category.objects.create(
        catalogue=Catalogue.objects.get(), code=code, major_zh="新", major_en="New", name_zh="新类", name_en="New kind"
    )
    FilingCondition.objects.create(category=category, number=1, limit_value=1, limit_unit="working_day")
    revisions.bump("catalogue")


def send_again(client: Client, letter: DeadLetter) -> Any:
    return client.post(f"/api/dead-letters/{letter.pk}/send-again").json()


# What is kept


def test_bytes_headers_source_and_reason_are_kept(make_event: Make) -> None:
    event = make_event(place=OUTSIDE)
    message = binary("mqtt", event)
    process([message])
    letter = DeadLetter.objects.get()
    assert (bytes(letter.raw), letter.channel, letter.topic) == (message.body, "mqtt", "test/events/x")
    assert letter.headers == {"content_type": "application/json", "attributes": message.attributes}
    assert (letter.source_id, letter.message_id) == (Source.objects.get(uri=event["source"]).pk, event["id"])
    assert (letter.reason_code, letter.state) == ("outside_city", "waiting")


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "💥" * 50], ids=["NUL", "surrogate", "emoji"])
def test_whatever_stands_in_a_header_can_be_kept(message_of: Make, text: str) -> None:
    process([message_of(b"{}", attributes={"id": text, text: "x"}, content_type=text)])
    assert DeadLetter.objects.count() == 1


def test_bytes_that_a_broker_delivers_again_are_kept_once() -> None:
    """The commit was made and the acknowledgement lost: the broker marks its second delivery."""
    process([over_mqtt(b"undecodable", mid=9)])
    process([over_mqtt(b"undecodable", mid=9, dup=True)])
    assert DeadLetter.objects.count() == 1


def test_a_first_delivery_marked_as_a_second_is_kept_all_the_same() -> None:
    """The first delivery was cut off before its commit."""
    process([over_mqtt(b"undecodable", mid=9, dup=True)])
    assert DeadLetter.objects.count() == 1


def test_the_same_bytes_sent_twice_are_two_messages() -> None:
    process([over_mqtt(b"undecodable", mid=9)])
    process([over_mqtt(b"undecodable", mid=9)])  # packet ids are used again
    process([over_mqtt(b"undecodable", mid=10, dup=True)])
    assert DeadLetter.objects.count() == 3


# Sent again


def test_after_the_mend_a_dead_letter_becomes_a_case(console: Client, letter: DeadLetter, operator: User) -> None:
    add_category("E-77-01")
    answer = send_again(console, letter)
    case = Case.objects.get()
    assert answer == {
        "outcome": "opened",
        "case": {"id": case.pk, "number": case.number, "department": case.department},
    }
    letter.refresh_from_db()
    assert (letter.state, letter.resent_by, letter.resent_at is not None) == ("resent", operator, True)


def test_a_source_that_is_registered_later_gets_its_letters_through(
    console: Client, make_event: Make, message_of: Make
) -> None:
    event = make_event() | {"source": "urn:new"}
    process([message_of(event)])
    letter = DeadLetter.objects.get(reason_code="unknown_source")
    Source.objects.create(uri="urn:new", name_zh="新", name_en="New", channel="grid")
    revisions.bump("sources")
    assert send_again(console, letter)["outcome"] == "opened"
    assert Report.objects.get().message_id == event["id"]


def test_binary_mode_survives_in_the_dead_letter(console: Client, make_event: Make) -> None:
    process([binary("mqtt", make_event(category="E-77-01"))])
    add_category("E-77-01")
    assert send_again(console, DeadLetter.objects.get())["outcome"] == "opened"


def test_refused_again_it_stays_with_the_newest_reason(console: Client, letter: DeadLetter) -> None:
    Source.objects.update(most_days_old=0)
    revisions.bump("sources")
    answer = send_again(console, letter)
    letter.refresh_from_db()
    assert (answer["outcome"], letter.state, letter.reason_code) == ("refused", "waiting", "too_old")
    assert (answer["reason_zh"], answer["reason_en"]) == (letter.reason_zh, letter.reason_en)
    assert DeadLetter.objects.count() == 1


def test_sent_again_twice_it_is_one_case(console: Client, letter: DeadLetter) -> None:
    add_category("E-77-01")
    first, second = send_again(console, letter), send_again(console, letter)
    assert second == {"outcome": "known", "case": first["case"]}
    assert Case.objects.count() == 1


def test_sending_again_leaves_an_audit_row_or_does_nothing(console: Client, letter: DeadLetter, operator: User) -> None:
    send_again(console, letter)
    row = AuditRow.objects.get(act="dead_letter.sent_again")
    assert (row.user, row.object_id, row.detail) == (operator, str(letter.pk), {"outcome": "refusal"})
    add_category("E-77-01")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE twin_auditrow ADD CHECK (false) NOT VALID")
    with pytest.raises(IntegrityError):
        send_again(console, letter)
    letter.refresh_from_db()
    assert (letter.state, Case.objects.count()) == ("waiting", 0)


# Over HTTP


def test_the_list_shows_the_newest_first_page_by_page(console: Client, message_of: Make) -> None:
    for number in range(5):
        process([message_of(f"no json {number}".encode())])
    first = console.get("/api/dead-letters?limit=3").json()
    rest = console.get(f"/api/dead-letters?limit=3&cursor={first['next']}").json()
    shown = [item["preview"] for item in first["items"] + rest["items"]]
    assert shown == [f"no json {number}" for number in (4, 3, 2, 1, 0)]
    assert (first["total"], rest["next"]) == (5, None)
    assert first["items"][0]["reason_code"] == "not_json"


def test_looking_at_one_shows_its_bytes_and_leaves_an_audit_row(
    console: Client, message_of: Make, operator: User
) -> None:
    process([message_of(b"\xff\x00abc")])
    letter = DeadLetter.objects.get()
    shown = console.get(f"/api/dead-letters/{letter.pk}").json()
    assert (shown["raw_hex"], shown["raw_text"][-3:], shown["size"]) == ("ff 00 61 62 63", "abc", 5)
    assert AuditRow.objects.get(act="dead_letter.viewed").user == operator


def test_dead_letters_are_for_those_who_see_the_whole_city(
    client: Client, make_person: Make, letter: DeadLetter
) -> None:
    client.force_login(make_person(Role.DEPARTMENT, ["UMB"]))
    assert client.get("/api/dead-letters").json()["total"] == 0
    assert client.get(f"/api/dead-letters/{letter.pk}").status_code == 404
    assert client.post(f"/api/dead-letters/{letter.pk}/send-again").status_code == 404


# On the command line


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str) -> str:
        call_command("dead_letters", *arguments)
        return capsys.readouterr().out

    return run


def test_the_command_lists_what_waits(command: Callable[..., str], letter: DeadLetter, message_of: Make) -> None:
    process([message_of(b"no json")])
    listed = command()
    assert "unknown_category" in listed
    assert "not_json" in listed
    assert "2 wait" in listed
    assert "not_json" not in command("list", "--reason", "unknown_category")


def test_the_command_says_when_nothing_waits(command: Callable[..., str]) -> None:
    assert "No dead letters wait." in command("list")


def test_the_command_shows_one_with_its_bytes(command: Callable[..., str], letter: DeadLetter) -> None:
    shown = command("show", str(letter.pk))
    assert letter.reason_zh in shown.replace("\n", "")
    assert '"category":"E-77-01"' in shown.replace("\n", "")


def test_the_command_sends_again_by_number_and_by_reason(command: Callable[..., str], letter: DeadLetter) -> None:
    assert f"{letter.pk}  refused again" in command("send-again", str(letter.pk))
    add_category("E-77-01")
    assert f"{letter.pk}  taken" in command("send-again", "--reason", "unknown_category")
    assert Case.objects.count() == 1


@pytest.mark.parametrize("arguments", [("show", "999999"), ("send-again", "999999"), ("send-again",)])
def test_the_command_says_what_is_missing(command: Callable[..., str], arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        command(*arguments)
