"""On a real PostgreSQL: the schema, a whole registration, and writers that meet. `TEST_DATABASE_URL=… ./run test` runs
every other test there, too; these always run there."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from cryptography.fernet import Fernet
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from bot.database import Store
from domain.evidence import Evidence, broken_at, record
from domain.migrate import migrate
from domain.people.contacts import known_address
from domain.people.staff import Role
from domain.private import use_keys
from domain.registration.applications import Application, Stage
from domain.settings import SettingValue
from domain.tables import TABLES
from tests.domain.test_migrations import PHONE as OLD_PHONE
from tests.domain.test_migrations import THEN, filled, to
from tests.support import postgres, stores
from tests.support.world import PHONE, START, World, approve_newest

ROOT = Path(__file__).resolve().parents[2]
HOLDS_ITS_TURN = """
import sys, time
from bot.database import Store
from domain.settings import SettingValue
with Store(sys.argv[1]).write() as session:
    session.add(SettingValue(name="never", value=1))
    session.flush()
    print("holding", flush=True)
    time.sleep(600)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The server that TEST_DATABASE_URL names, or one of our own; left out where none is installed."""
    if stores.SERVER:
        yield stores.SERVER
        return
    programs = postgres.programs()
    if programs is None:
        pytest.skip("no PostgreSQL server on this machine ('apt install postgresql')")
    with postgres.server(programs) as address:
        yield address


@pytest.fixture(autouse=True)
def on_it(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every store of these tests is a database there."""
    monkeypatch.setattr(stores, "SERVER", server)


@pytest.fixture
def empty(tmp_path: Path, on_it: None) -> Iterator[Store]:
    """A store without a schema."""
    address = stores.empty(tmp_path)
    made = Store(address)
    yield made
    made.close()
    stores.drop(address)


@pytest.fixture
def world(tmp_path: Path, on_it: None) -> Iterator[World]:
    """A running product there."""
    made = World(tmp_path)
    yield made
    made.close()


def at_once(*acts: Callable[[], object]) -> list[BaseException]:
    """Let all of them begin together, each in a thread; what went wrong."""
    wrong: list[BaseException] = []
    line = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        line.wait()
        try:
            act()
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return wrong


def test_the_migrations_make_what_the_tables_say_from_nothing(empty: Store) -> None:
    migrate(empty.engine)
    with empty.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), TABLES) == []


def test_an_older_store_comes_up_whole(empty: Store) -> None:
    """Rows of the first revision go through every change."""
    use_keys(Fernet.generate_key().decode())
    to(empty.engine, "0001")
    filled(empty.engine)
    migrate(empty.engine)
    with empty.read() as session:
        address = known_address(session, "sms", OLD_PHONE)
        assert address is not None and (address.contact.name, address.last_seen_at) == ("王芳", THEN)


def test_a_registration_goes_from_the_first_message_to_approval(world: World) -> None:
    world.staff("handler", Role.HANDLER, "053001")
    world.staff("reviewer", Role.REVIEWER)
    world.filled_in()
    assert "已提交" in world.say("确认提交")
    approve_newest(world, "handler")
    approve_newest(world, "reviewer")
    with world.app.store.read() as session:
        application = session.scalars(select(Application)).one()
        assert application.stage == Stage.AWAITING_MARKET
        assert broken_at(session) is None
    assert any("审核" in text for text in world.sms.texts())
    assert PHONE.encode() not in stores.kept(world.database)


def test_a_question_that_several_answer_at_once_is_answered_once(world: World) -> None:
    """Four messages in four threads, as impatient people send them: one submits, each gets its answer."""
    world.filled_in()
    messages, replies = [world.text("确认提交") for _ in range(4)], []
    send = [
        lambda each=each: replies.append(world.desk.passive_reply(world.desk.receive(each), 60)) for each in messages
    ]
    assert at_once(*send) == []
    assert len(replies) == 4 and all(replies)
    with world.app.store.read() as session:
        assert session.scalars(select(Application.stage)).all() == [Stage.BUREAU_REVIEW]
        assert session.scalar(select(func.count(Evidence.id)).where(Evidence.what == "submitted")) == 1
        assert broken_at(session) is None


def test_the_chain_of_evidence_has_one_end_however_many_write(world: World) -> None:
    def write() -> None:
        for number in range(10):
            with world.app.store.write() as session:
                record(session, "test", ("test", number), "system", {}, START)

    assert at_once(*[write] * 4) == []
    with world.app.store.read() as session:
        assert session.scalar(select(func.count(Evidence.id)).where(Evidence.what == "test")) == 40
        assert broken_at(session) is None


def test_what_was_looked_up_before_writing_is_still_true(world: World) -> None:
    """Where there is no row yet, none can be locked: here each would find nothing, and add one."""

    def add_if_there_is_none() -> None:
        with world.app.store.write() as session:
            if session.get(SettingValue, "once") is None:
                session.execute(text("SELECT pg_sleep(0.05)"))
                session.add(SettingValue(name="once", value=1))

    assert at_once(*[add_if_there_is_none] * 4) == []


def test_a_writer_that_is_killed_lets_the_next_one_in_and_leaves_nothing(world: World) -> None:
    let_in = threading.Event()

    def write() -> None:
        with world.app.store.write() as session:
            assert session.get(SettingValue, "never") is None  # the first statement is where a writer waits
            let_in.set()

    command = [sys.executable, "-c", HOLDS_ITS_TURN, world.database]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout is not None and holder.stdout.readline() == "holding\n"
            waiting = threading.Thread(target=write)
            waiting.start()
            assert not let_in.wait(0.5)
        finally:
            holder.kill()
    waiting.join()
    assert let_in.is_set()


def test_a_writer_may_neither_idle_nor_wait_for_a_stranger_for_ever(world: World) -> None:
    """A machine that is gone cannot hang up; a shell that was left open may hold a row."""
    with world.app.store.write() as session:
        limits = ("idle_in_transaction_session_timeout", "lock_timeout")
        assert [session.scalar(text(f"SHOW {limit}")) for limit in limits] == ["1min", "20s"]


def test_a_reader_sees_one_moment_waits_for_nobody_and_cannot_write(world: World) -> None:
    count = select(func.count()).select_from(SettingValue)
    with world.app.store.read() as reader:
        before = reader.scalar(count)
        with world.app.store.write() as writer:
            writer.add(SettingValue(name="new", value=1))
            writer.flush()
            assert reader.scalar(count) == before
        assert reader.scalar(count) == before
        reader.add(SettingValue(name="newer", value=1))
        with pytest.raises(DBAPIError, match="read-only"):
            reader.flush()


def test_a_forked_process_opens_connections_of_its_own(world: World) -> None:
    def mine() -> int:
        with world.app.store.read() as session:
            return int(session.scalar(text("SELECT pg_backend_pid()")) or 0)

    before = mine()
    receiver, sender = get_context("fork").Pipe(duplex=False)
    child = get_context("fork").Process(target=lambda: sender.send((os.getpid(), mine())))
    child.start()
    assert receiver.recv()[1] != before
    child.join()
    assert mine() == before
