"""The store grows with the code: tables and migrations agree, and an older store comes up whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from cryptography.fernet import Fernet
from sqlalchemy import Engine, select, text
from sqlalchemy.dialects import postgresql

from bot.database import Store
from domain.base import Base
from domain.messages.messages import InboundMessage, OutboundMessage
from domain.migrate import configured, migrate
from domain.people.contacts import Address, Contact, known_address
from domain.people.joining import MOVES, STAYS
from domain.people.staff import Staff
from domain.private import fingerprint, seal, use_keys
from domain.questions.questions import Question
from domain.tables import TABLES
from tests.support import stores

THEN = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
WHEN = "2026-11-20 01:00:00.000000"
PHONE = "13887654321"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    use_keys(Fernet.generate_key().decode())
    address = stores.empty(tmp_path)
    made = Store(address)
    yield made
    made.close()
    stores.drop(address)


def to(engine: Engine, revision: str) -> None:
    """Run the migrations up to a revision."""
    with engine.begin() as connection:
        command.upgrade(configured(connection), revision)


def filled(engine: Engine) -> None:
    """Rows as revision 0001 had them, one of every table that was changed since."""
    zone = "" if engine.dialect.name == "sqlite" else "+00:00"  # SQLite keeps no zone
    rows = [
        f"INSERT INTO contacts (id, name, created_at) VALUES (1, '{seal('王芳')}', '{WHEN}')",
        "INSERT INTO addresses (id, contact_id, channel, fingerprint, value, reachable, notices, verified_at,"
        " pushes_left, created_at)"
        f" VALUES (1, 1, 'sms', '{fingerprint('sms', PHONE)}', '{seal(PHONE)}', TRUE, TRUE, '{WHEN}', 0, '{WHEN}')",
        "INSERT INTO inbound_messages (id, channel, channel_id, address_id, kind, text, choice, bound, received_at,"
        " state, attempts, passive, decided_by)"
        f" VALUES (1, 'sms', 's1', 1, 'text', '{seal('进度')}', '', TRUE, '{WHEN}', 'done', 1, FALSE, 'exact')",
        "INSERT INTO questions (id, contact_id, purpose, text, answers, options, binding, state, asked_at, deadline,"
        f" answer) VALUES (1, 1, 'submit', '{seal('要提交吗？')}', '{{}}', '[]', TRUE, 'open', '{WHEN}', '{WHEN}', '')",
        "INSERT INTO outbound_messages (id, inbound_id, address_id, event, body, state, via, due_at, attempts,"
        f" provider_id, error, created_at) VALUES (1, 1, 1, '', NULL, 'sent', 'sms', '{WHEN}', 1, 'b1', '', '{WHEN}')",
        "INSERT INTO organisations (id, kind, code, name) VALUES (1, 'centre', 'centre', '电力交易中心')",
        "INSERT INTO staff (id, organisation_id, login, name, role, password, active, failures)"
        " VALUES (1, 1, 'chen', '陈静', 'reviewer', '00:00', TRUE, 0)",
    ]
    with engine.begin() as connection:
        for row in rows:
            connection.execute(text(row.replace(WHEN, WHEN + zone)))


def test_the_migrations_make_what_the_tables_say(store: Store) -> None:
    """Whoever adds a column adds it to a migration, too."""
    migrate(store.engine)
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), TABLES) == []


def test_an_older_store_comes_up_whole(store: Store) -> None:
    """Nothing is lost, and what is new has its default."""
    to(store.engine, "0001")
    filled(store.engine)
    migrate(store.engine)
    with store.read() as session:
        address = known_address(session, "sms", PHONE)
        assert address is not None and address.contact.name == "王芳"
        assert (address.last_seen_at, address.bound_by) == (THEN, "")
        contact, question = session.get_one(Contact, 1), session.get_one(Question, 1)
        assert (contact.focus_id, contact.pending) == (None, None)
        assert (question.text, question.slot, question.code, question.short) == ("要提交吗？", "", "", None)
        sent = session.get_one(OutboundMessage, 1)
        assert (sent.question_id, sent.merge, sent.segments, sent.expires_at) == (None, "", 0, None)
        assert session.get_one(InboundMessage, 1).text == "进度"
        assert session.get_one(Staff, 1).contact_id is None


def test_a_store_of_the_older_form_keeps_its_references(store: Store) -> None:
    """A table that was copied on the way would have lost what points at it (on SQLite; PostgreSQL copies none)."""
    to(store.engine, "0001")
    filled(store.engine)
    migrate(store.engine)
    with store.engine.connect() as connection:
        if not stores.SERVER:
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []


# In order of their names: the processes that share the tests must collect them in the same order.
_ENTITIES = sorted((each.class_ for each in Base.registry.mappers), key=lambda each: each.__name__)


@pytest.mark.parametrize("entity", _ENTITIES, ids=lambda each: each.__name__)
def test_a_row_of_every_table_can_be_locked(entity: type[Base]) -> None:
    """PostgreSQL refuses to lock what an outer join brings along, and a relationship may bring one."""
    query = select(entity).with_for_update()
    assert "OUTER JOIN" not in str(query.compile(dialect=postgresql.dialect()))


def test_migrating_again_changes_nothing(store: Store) -> None:
    migrate(store.engine)
    with store.write() as session:
        contact = Contact(created_at=THEN)
        session.add(Address(channel="sms", fingerprint="x", value=PHONE, created_at=THEN, contact=contact))
    migrate(store.engine)
    with store.read() as session:
        assert session.query(Address).count() == 1


def test_every_column_that_names_a_contact_is_known_to_the_joining_of_two() -> None:
    """A new table with a contact in it must say whether its rows go along when two contacts turn out to be one."""
    naming = {
        (table.name, key.parent.name)
        for table in TABLES.tables.values()
        for key in table.foreign_keys
        if key.target_fullname == "contacts.id"
    }
    assert naming == set(MOVES) | set(STAYS)
