"""What a source said is used again while it is fresh, serves for a while when the source is down, and is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import httpx
import pytest
from source_stand_in import Outside, running
from sqlalchemy import func, select, text
from test_source_answers import ARCHIVE, CODE, ENTRY, INFO, NAME, NOT_FOUND, NUMBER

from bot import jobs
from bot.app import App
from bot.inquiry import inquire
from bot.sources.desk import Sources
from bot.sources.marketing import Marketing
from bot.sources.registry import Registry
from bot.sources.telecom import Telecom
from bot.sources.tianyancha import Tianyancha
from domain.settings import SettingValue
from domain.sources.facts import Account, Company
from domain.sources.lookups import Facts, Lookup, Where
from domain.sources.records import SourceRecord, age, keep
from tests.support.world import START, World

ACCOUNT, COMPANY = Lookup(Where.MARKETING, NUMBER), Lookup(Where.REGISTRY, CODE)
STEAD, VERIFIED = Lookup(Where.TIANYANCHA, CODE), Lookup(Where.TELECOM, "13887654321|王芳")


@dataclass
class Town:
    """The product with three outside systems of its own, each over HTTP."""

    app: App
    world: World
    marketing: Outside
    registry: Outside
    tianyancha: Outside

    def ask(self, *lookups: Lookup, within: timedelta | None = None) -> Facts:
        """Ask, and keep the answers, as a turn does."""
        facts = inquire(self.app, lookups, within=within)
        with self.app.store.write() as session:
            keep(session, facts)
        return facts

    def set(self, name: str, value: int) -> None:
        """An administrator's figure."""
        with self.app.store.write() as session:
            session.add(SettingValue(name=name, value=value))

    def kept(self) -> int:
        """How many answers are kept."""
        with self.app.store.read() as session:
            return session.scalar(select(func.count()).select_from(SourceRecord)) or 0


@pytest.fixture
def town(world: World, client: httpx.Client) -> Iterator[Town]:
    """All of them answer right."""
    with running() as marketing, running() as registry, running() as tianyancha:
        marketing.answers(ARCHIVE)
        registry.answers(ENTRY)
        tianyancha.answers({"error_code": 0, "reason": "ok", "result": INFO})
        sources = Sources(
            Marketing(client, marketing.url, "t"),
            Registry(client, registry.url, "t"),
            Tianyancha(client, tianyancha.url, "t"),
            Telecom(client, marketing.url, "t"),
        )
        yield Town(replace(world.app, sources=sources), world, marketing, registry, tianyancha)


def test_a_fresh_answer_is_used_again_and_nobody_is_asked(town: Town) -> None:
    first = town.ask(ACCOUNT)
    town.world.now += timedelta(hours=23)
    second = town.ask(ACCOUNT)
    assert len(town.marketing.asked) == 1
    assert second.account(NUMBER) == first.account(NUMBER)
    assert second.said_at(Where.MARKETING, NUMBER) == START
    assert town.kept() == 1


def test_an_old_answer_is_asked_for_again(town: Town) -> None:
    town.ask(ACCOUNT)
    town.world.now += timedelta(hours=24)
    town.marketing.answers({**ARCHIVE, "status": "closed"})
    facts = town.ask(ACCOUNT)
    account = facts.account(NUMBER)
    assert account is not None
    assert (account.status, account.said_at) == ("closed", START + timedelta(hours=24))


def test_each_source_has_its_own_age(town: Town) -> None:
    """An archive changes by the day, a register by the week."""
    town.ask(ACCOUNT, COMPANY)
    town.world.now += timedelta(hours=25)
    town.ask(ACCOUNT, COMPANY)
    assert (len(town.marketing.asked), len(town.registry.asked)) == (2, 1)


def test_an_age_of_nothing_asks_every_time(town: Town) -> None:
    town.set("fresh_hours_registry", 0)
    town.ask(COMPANY)
    town.ask(COMPANY)
    assert len(town.registry.asked) == 2


def test_not_found_is_never_remembered_against_somebody(town: Town) -> None:
    """A company that is founded today is in the register tomorrow."""
    town.registry.answers(NOT_FOUND, 404)
    assert town.ask(COMPANY).asked(Where.REGISTRY, CODE)
    town.registry.answers(ENTRY)
    assert isinstance(town.ask(COMPANY).get(Where.REGISTRY, CODE), Company)


def test_a_phone_that_nobody_could_speak_for_is_asked_for_again(town: Town) -> None:
    town.marketing.answers({"result": "unknown"})
    town.ask(VERIFIED)
    town.marketing.answers({"result": "match"})
    assert town.ask(VERIFIED).get(*_key(VERIFIED)) == "match"
    town.marketing.answers({"result": "mismatch"})
    assert town.ask(VERIFIED).get(*_key(VERIFIED)) == "match"


def test_what_is_kept_serves_while_the_source_is_down_and_says_its_age(town: Town) -> None:
    town.ask(ACCOUNT)
    town.world.now += timedelta(days=3)
    town.marketing.answers({}, 503)
    facts = town.ask(ACCOUNT)
    account = facts.account(NUMBER)
    assert isinstance(account, Account)
    assert account.said_at == START
    assert not facts.is_down(Where.MARKETING, NUMBER)
    assert age(START, town.world.now) == "3天前"


def test_what_is_too_old_does_not_serve(town: Town) -> None:
    town.ask(ACCOUNT)
    town.world.now += timedelta(days=31)
    town.marketing.answers({}, 503)
    facts = town.ask(ACCOUNT)
    assert facts.account(NUMBER) is None
    assert facts.is_down(Where.MARKETING, NUMBER)


def test_no_days_switch_old_answers_off(town: Town) -> None:
    town.set("source_old_days", 0)
    town.ask(ACCOUNT)
    town.world.now += timedelta(days=2)
    town.marketing.answers({}, 503)
    assert town.ask(ACCOUNT).is_down(Where.MARKETING, NUMBER)


def test_tianyancha_comes_before_an_old_answer_of_the_registry(town: Town) -> None:
    town.ask(COMPANY)
    town.world.now += timedelta(days=8)
    town.registry.answers({}, 503)
    company, who = town.ask(COMPANY).company(CODE)
    assert company is not None
    assert (company.name, who) == (NAME, "tianyancha")


def test_with_both_registers_down_the_old_answer_serves(town: Town) -> None:
    town.ask(COMPANY)
    town.world.now += timedelta(days=8)
    town.registry.answers({}, 503)
    town.tianyancha.answers({}, 503)
    company, who = town.ask(COMPANY).company(CODE)
    assert company is not None
    assert (company.said_at, who) == (START, "registry")


def test_a_recheck_takes_nothing_older_than_it_may_be(town: Town) -> None:
    """Neither a fresh one that is too old for it, nor an old one in the place of a source that is down."""
    town.ask(COMPANY)
    town.world.now += timedelta(hours=5)
    town.ask(COMPANY, within=timedelta(hours=6))
    assert len(town.registry.asked) == 1
    town.ask(COMPANY, within=timedelta(hours=4))
    assert len(town.registry.asked) == 2
    town.world.now += timedelta(hours=5)
    town.registry.answers({}, 503)
    town.tianyancha.answers({}, 503)
    assert town.ask(COMPANY, within=timedelta(hours=4)).is_down(Where.REGISTRY, CODE)


def test_the_same_thing_is_asked_once_for_a_whole_batch(town: Town) -> None:
    facts = town.ask(*[ACCOUNT] * 40, COMPANY)
    assert (len(town.marketing.asked), len(town.registry.asked), len(facts.told)) == (1, 1, 2)


def test_neither_what_was_asked_nor_the_answer_lies_open(town: Town) -> None:
    town.ask(ACCOUNT, COMPANY)
    with town.app.store.engine.connect() as connection:
        kept = str(connection.execute(text("SELECT * FROM source_records")).all())
    assert NUMBER not in kept
    assert CODE not in kept
    assert "昆明" not in kept


def test_answers_are_forgotten_after_the_days_of_the_setting(town: Town) -> None:
    town.ask(ACCOUNT)
    town.world.now += timedelta(days=89)
    town.ask(COMPANY)
    jobs.daily(town.app)
    assert town.kept() == 2
    town.world.now += timedelta(days=2)
    jobs.daily(town.app)
    assert town.kept() == 1


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "刚刚"), (5, "5分钟前"), (59, "59分钟前"), (60, "1小时前"), (1439, "23小时前"), (1440, "1天前")],
)
def test_an_age_is_said_as_people_say_it(minutes: int, said: str) -> None:
    assert age(START, START + timedelta(minutes=minutes)) == said


def _key(lookup: Lookup) -> tuple[Where, str]:
    return lookup.where, lookup.key
