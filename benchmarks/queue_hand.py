"""What the queue's pages and the batch approval cost where somebody writes the SQL by hand and needs nothing else."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime

from domain.private import open_sealed, seal

CHUNK = 25


def page(connection: sqlite3.Connection, condition: str, number: int = 1) -> int:
    """The ids of a page, their count, and the sealed values of its rows; how many orders there are."""
    where = f"submitted_at is not null and {condition}"
    ids = connection.execute(
        f"select id from applications where {where} order by stage_since, id limit 50 offset {50 * (number - 1)}"
    ).fetchall()
    values = connection.execute(
        f"select v.value from applications a join field_values v on v.application_id = a.id and v.name in"
        f" ('name', 'account_number') where a.id in ({_list(row[0] for row in ids)})"
    ).fetchall()
    for (value,) in values:
        open_sealed(value)
    found: int = connection.execute(f"select count(*) from applications where {where}").fetchone()[0]
    return found


def preview(connection: sqlite3.Connection, ids: Sequence[int], now: datetime) -> None:
    """Look at these orders, and keep that they were looked at. Nothing is judged."""
    connection.execute("begin immediate")
    _read(connection, ids)
    batch = connection.execute("insert into review_batches (staff_id, made_at) values (1, ?)", (f"{now}",)).lastrowid
    connection.executemany(
        "insert into review_batch_items (batch_id, application_id, step_id, seen_at, state) values (?, ?, 0, ?, '')",
        [(batch, each, f"{now}") for each in ids],
    )
    connection.execute("commit")


def approve(connection: sqlite3.Connection, ids: Sequence[int], now: datetime) -> None:
    """Move these orders on, some in each transaction: stage, steps, two facts each, authority and message. Nothing is
    judged, nobody's right to it is looked at, and no setting is asked."""
    for start in range(0, len(ids), CHUNK):
        some = ids[start : start + CHUNK]
        connection.execute("begin immediate")
        _read(connection, some)
        _move(connection, some, f"{now}")
        _tell(connection, some, f"{now}")
        connection.execute("commit")


def _read(connection: sqlite3.Connection, ids: Sequence[int]) -> None:
    """These orders with what was said of them, opened, and with steps and pictures."""
    there = f"in ({_list(ids)})"
    sealed = connection.execute(f"select facts from applications where id {there}").fetchall()
    sealed += connection.execute(f"select value from field_values where application_id {there}").fetchall()
    sealed += connection.execute(f"select remark from stage_steps where application_id {there}").fetchall()
    sealed += connection.execute(f"select problems from stage_steps where application_id {there}").fetchall()
    connection.execute(f"select * from photos where application_id {there}").fetchall()
    for (value,) in sealed:
        open_sealed(value)


def _move(connection: sqlite3.Connection, ids: Sequence[int], now: str) -> None:
    connection.executemany(
        "update applications set stage = 'awaiting_retailer', stage_since = ?, updated_at = ? where id = ?",
        [(now, now, each) for each in ids],
    )
    connection.executemany(
        "update stage_steps set left_at = ?, decision = 'approved', mode = 'manual', staff_id = 1, organisation_id = 1"
        " where application_id = ? and left_at is null",
        [(now, each) for each in ids],
    )
    connection.executemany(
        "insert into stage_steps (application_id, stage, entered_at, decision, mode, remark, problems)"
        " values (?, 'awaiting_retailer', ?, '', '', ?, ?)",
        [(each, now, seal(""), seal("[]")) for each in ids],
    )
    before = connection.execute("select mark from evidence order by id desc limit 1").fetchone()
    mark = before[0] if before else "0" * 64
    for each in ids:
        for what in ("approved", "authority_granted"):
            data = json.dumps({"to": "awaiting_retailer", "application": each, "mode": "manual", "what": what})
            content = json.dumps([mark, now, what, "application", each, "staff:1", data])
            mark, last = hashlib.sha256(content.encode()).hexdigest(), mark
            connection.execute(
                "insert into evidence (at, what, about_kind, about_id, who, data, before, mark)"
                " values (?, ?, 'application', ?, 'staff:1', ?, ?, ?)",
                (now, what, each, seal(data), last, mark),
            )


def _tell(connection: sqlite3.Connection, ids: Sequence[int], now: str) -> None:
    whose = connection.execute(
        f"select a.id, a.contact_id, a.code_mark, d.id from applications a join addresses d"
        f" on d.contact_id = a.contact_id where a.id in ({_list(ids)})"
    ).fetchall()
    connection.executemany(
        "insert into authorities (contact_id, company_mark, company_name, level, ground, application_id, since,"
        " ended_why) values (?, ?, ?, 'manage', 'registered', ?, ?, '')",
        [(contact, mark, seal("company"), application, now) for application, contact, mark, _ in whose],
    )
    connection.executemany(
        "insert into outbound_messages (address_id, application_id, event, key, body, state, via, due_at, attempts,"
        " provider_id, error, created_at) values (?, ?, 'approved', ?, ?, 'pending', '', ?, 0, '', '', ?)",
        [(address, each, f"hand:{each}", seal("{}" * 200), now, now) for each, _, _, address in whose],
    )


def _list(ids: Iterable[int]) -> str:
    return ",".join(f"{each}" for each in ids)
