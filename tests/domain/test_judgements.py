"""What judged an application is kept: which versions, on which facts; a draft is tried on what was kept."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select, text

from domain.people.staff import Role
from domain.registration.applications import Application
from domain.rules import judgements, trials
from domain.rules.drafts import Draft
from domain.rules.judgements import Judgement, Outcome
from domain.rules.rules import Rule, RuleVersion, edit, set_back, ship, verdict
from domain.rules.shipped import SHIPPED
from domain.sources.facts import AccountStatus
from domain.workdays import local_day
from tests.support.console import newest, submitted
from tests.support.world import ACCOUNT, ARCHIVE, World


def rule_of(world: World, name: str) -> Rule:
    with world.app.store.read() as session:
        return session.query(Rule).filter_by(name=name).one()


def test_a_submission_keeps_the_version_that_judged_it_and_what_it_saw(world: World) -> None:
    """Though the rule was changed since."""
    world.sources.accounts[ACCOUNT] = replace(ARCHIVE, capacity_kva=None)
    submitted(world)
    administrator = world.staff("admin", Role.ADMINISTRATOR)
    with world.app.store.write() as session:
        edit(session, rule_of(world, "容量缺失").id, {"condition": "capacity_kva == 0"}, administrator, world.now)
    with world.app.store.read() as session:
        kept = judgements.latest(session, newest(world))
        assert kept is not None
        seen = {each.rule.name: each for each in judgements.seen(session, kept)}["容量缺失"]
        assert (seen.version.version, seen.rule.version) == (1, 2)
        assert seen.facts == {"account_known": True, "capacity_kva": None}


def test_the_facts_of_a_judgement_are_sealed(world: World) -> None:
    submitted(world)
    with world.app.store.read() as session:
        raw = session.execute(text("SELECT facts FROM judgements")).scalar_one()
    assert "滇星" not in raw
    assert "name" not in raw


def test_who_is_stopped_leaves_one_row_a_day(world: World) -> None:
    """Somebody who tries again and again counts once."""
    world.sources.accounts[ACCOUNT] = replace(ARCHIVE, capacity_kva=None)
    world.filled_in()
    with world.app.store.write() as session:
        application = session.scalars(select(Application)).one()
        for _ in range(3):
            said = verdict(session, application, local_day(world.now))
            judgements.keep(session, application, said, Outcome.STOPPED, world.now)
    with world.app.store.read() as session:
        assert [each.outcome for each in session.scalars(select(Judgement))] == [Outcome.STOPPED]


def test_a_draft_is_tried_on_last_month(world: World) -> None:
    """On the facts as they were: how many the rule meets now, how many it would, and which change."""
    application_id = submitted(world)
    rule = rule_of(world, "容量缺失")
    stricter = replace(Draft.of(rule), condition="capacity_kva != null and capacity_kva > 600")
    with world.app.store.read() as session:
        month = trials.try_on_month(session, stricter, rule, world.now)
    assert (month.applications, month.before, month.after) == (1, 0, 1)
    assert month.begins == [(application_id, newest(world).number)]
    assert (month.ends, month.failed, month.unknown) == ([], 0, [])


@pytest.mark.parametrize(
    "changed",
    [{"kinds": ("tenant",)}, {"bureaus": ("053099",)}, {"active": False}, {"condition": "capacity_kva > 700"}],
    ids=["another kind", "another bureau", "switched off", "another condition"],
)
def test_a_draft_that_is_not_for_them_meets_nobody_of_last_month(world: World, changed: dict[str, object]) -> None:
    submitted(world)
    draft = replace(Draft.of(rule_of(world, "容量缺失")), condition="capacity_kva > 600")
    with world.app.store.read() as session:
        month = trials.try_on_month(session, replace(draft, **changed), None, world.now)
    assert month.after == 0


def test_what_was_handed_in_before_last_month_does_not_count(world: World) -> None:
    submitted(world)
    world.wait(days=31)
    draft = Draft(condition="capacity_kva > 600", severity="hint", problem="问题", suggestion="建议")
    with world.app.store.read() as session:
        assert trials.try_on_month(session, draft, None, world.now).applications == 0


def test_an_older_version_can_hold_again_as_a_new_one(world: World) -> None:
    administrator = world.staff("admin", Role.ADMINISTRATOR)
    rule = rule_of(world, "户号已销户")
    with world.app.store.write() as session:
        edit(session, rule.id, {"severity": "hint", "problem": "改过"}, administrator, world.now)
        set_back(session, rule.id, 1, administrator, world.now)
    with world.app.store.read() as session:
        now = session.get_one(Rule, rule.id)
        assert (now.version, now.severity, now.problem) == (3, "blocking", rule.problem)
        assert session.query(RuleVersion).filter_by(rule_id=rule.id).count() == 3


def test_a_rule_that_nobody_edited_follows_the_product(world: World) -> None:
    """As a new version; the old one stays to be read."""
    with world.app.store.write() as session:
        rule = session.query(Rule).filter_by(name="户号已销户").one()
        rule.problem = session.query(RuleVersion).filter_by(rule_id=rule.id).one().problem = "旧的说法"
    with world.app.store.write() as session:
        ship(session)
    shipped = next(each for each in SHIPPED if each["name"] == "户号已销户")
    assert (rule_of(world, "户号已销户").version, rule_of(world, "户号已销户").problem) == (2, shipped["problem"])


def test_a_rule_outside_of_its_days_kinds_and_bureaus_is_not_asked(world: World) -> None:
    world.sources.accounts[ACCOUNT] = replace(ARCHIVE, status=AccountStatus.CLOSED)
    administrator = world.staff("admin", Role.ADMINISTRATOR)
    with world.app.store.write() as session:
        edit(session, rule_of(world, "户号已销户").id, {"kinds": ["tenant"]}, administrator, world.now)
    assert "要提交吗" in world.filled_in()
