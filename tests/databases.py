"""The database under the tests: copies of it, what a process remembers of it, and what is sent to it."""

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql
from psycopg.pq import Trace

from dispatch import catalogue, routing
from dispatch.calendars import calendars
from dispatch.departments import departments, roster
from dispatch.ladders import ladders
from dispatch.matters.desks import desks
from dispatch.workflow import versions
from geo import lookup
from geo.tiles import _tile
from ingest.sources import devices, sources
from twin import clock


def forget_settings() -> None:
    """Be a process that has just started, because the database under it is another one."""
    kept = (
        clock.setting,
        catalogue.editions,
        calendars,
        departments,
        roster,
        ladders,
        versions,
        sources,
        devices,
        desks,
        lookup.index,
    )
    for cached in kept:
        cached.forget()
    routing.current._held = None
    _tile.cache_clear()


@contextmanager
def copy_of(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Let every connection of this process lead to a copy of the test database, which is dropped afterwards."""
    settings = connection.settings_dict
    original, own = settings["NAME"], f"{settings['NAME']}_own"
    connection.close()  # PostgreSQL copies a database only while nobody is in it
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(own))
    with psycopg.connect(**address(connection) | {"dbname": "postgres"}, autocommit=True) as server:
        server.execute(drop)
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(own), sql.Identifier(original)))
        try:
            settings["NAME"] = own
            forget_settings()
            yield
        finally:
            connection.close()
            settings["NAME"] = original
            forget_settings()
            server.execute(drop)


def address(connection: BaseDatabaseWrapper) -> dict[str, Any]:
    """Arguments for a psycopg connection of one's own to the same database."""
    parameters = connection.get_connection_params()
    return {k: parameters[k] for k in ("host", "port", "user", "password", "dbname") if parameters.get(k)}


@contextmanager
def statements(connection: BaseDatabaseWrapper) -> Iterator[list[str]]:
    """What the block sends, as libpq traces it on the wire: Django's own query log has no COPY and no BEGIN."""
    connection.ensure_connection()
    line = connection.connection.pgconn
    sent: list[str] = []
    with tempfile.TemporaryFile() as trace:
        line.trace(os.dup(trace.fileno()))
        line.set_trace_flags(Trace.SUPPRESS_TIMESTAMPS)
        try:
            yield sent
        finally:
            line.untrace()
            trace.seek(0)
            messages = re.split(r"\n(?=[FB]\t)", trace.read().decode("utf-8", "replace"))
            sent += [text for message in messages if (text := _statement(message))]


def _statement(message: str) -> str:
    """The text of a traced message, of any number of lines, if it asks for something: a Query or Parse from here."""
    sender, _, rest = message.partition("\t")
    kind, _, text = rest.partition("\t")[2].partition("\t")
    return text.strip(' "\n') if sender == "F" and kind in ("Query", "Parse") else ""
