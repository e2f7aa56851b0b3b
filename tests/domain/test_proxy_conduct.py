"""A proxy's score: from stated facts, with the figures shown; warned, blocked, lifted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.evidence import Evidence
from domain.people.staff import Role, Staff
from domain.proxies import conduct
from domain.proxies.tables import MarkKind, Proxy, ProxyMark
from domain.registration.applications import Application, StageStep
from domain.review.review import NotAllowed
from tests.support.proxies import NAME, WHOLE, Program, program
from tests.support.world import World


def ended(world: World, proxy: Program, **decisions: int) -> None:
    """Steps of the proxy's applications that ended with these decisions."""
    with world.app.store.write() as session:
        contact_id = session.get_one(Proxy, proxy.proxy_id).contact_id
        now = world.now
        for decision, number in decisions.items():
            for _ in range(number):
                made = Application(
                    contact_id=contact_id, proxy_id=proxy.proxy_id, stage_since=now, created_at=now, updated_at=now
                )
                made.steps.append(StageStep(stage="filling", entered_at=now, left_at=now, decision=decision))
                session.add(made)


def measured(world: World, proxy: Program) -> conduct.Conduct:
    """The score now."""
    with world.app.store.read() as session:
        return conduct.measure(session, session.get_one(Proxy, proxy.proxy_id), world.now)


def marked(world: World, proxy: Program, kind: MarkKind, times: int = 1) -> None:
    """Facts that somebody states."""
    with world.app.store.write() as session:
        for _ in range(times):
            conduct.mark(session, session.get_one(Proxy, proxy.proxy_id), kind, "contact:1", world.now, said="说明")


def test_returns_count_by_their_share(world: World) -> None:
    """30 of 100 returned: three times ten, five points each; and only once there are enough submissions."""
    proxy = program(world)
    ended(world, proxy, submitted=9, returned=9)
    assert measured(world, proxy).score == 100
    ended(world, proxy, submitted=91, returned=21)
    found = measured(world, proxy)
    assert (found.submitted, found.score) == (100, 85)
    assert found.points[0].how == "30÷100＝每百份退回30份，每满10份扣5分"


@pytest.mark.parametrize(
    ("kind", "cost"), [(MarkKind.FALSE_DOCUMENT, 20), (MarkKind.COMPLAINT, 5), (MarkKind.DENIED, 10)]
)
def test_each_stated_fact_has_its_cost(world: World, kind: MarkKind, cost: int) -> None:
    """By the settings."""
    proxy = program(world)
    marked(world, proxy, kind)
    assert measured(world, proxy).score == 100 - cost


def test_what_is_long_ago_counts_no_more(world: World) -> None:
    """The window is a setting."""
    proxy = program(world)
    marked(world, proxy, MarkKind.FALSE_DOCUMENT)
    world.now += timedelta(days=91)
    assert measured(world, proxy).score == 100


def test_a_low_score_warns_and_a_lower_one_blocks(world: World) -> None:
    """The door says why; an administrator lifts it with a reason, and what was before counts no more."""
    proxy = program(world)
    marked(world, proxy, MarkKind.COMPLAINT, 5)
    assert proxy.get("/me").json["conduct"] | {"points": [], "since": ""} == {
        "score": 75,
        "state": "warned",
        "submitted": 0,
        "points": [],
        "since": "",
    }
    marked(world, proxy, MarkKind.FALSE_DOCUMENT)
    refused = proxy.post("/registrations", WHOLE)
    assert (refused.status_code, refused.json["code"]) == (403, "conduct_blocked")
    assert proxy.get("/registrations").status_code == 200
    world.now += timedelta(minutes=1)
    with world.app.store.write() as session:
        by = session.query(Staff).filter_by(login="admin").one()
        row = session.get_one(Proxy, proxy.proxy_id)
        with pytest.raises(NotAllowed, match="原因"):
            conduct.lift(session, row, by, "", world.now)
        conduct.lift(session, row, by, "已整改并培训", world.now)
    assert measured(world, proxy).score == 100
    assert proxy.post("/registrations", WHOLE).status_code == 201
    with world.app.store.read() as session:
        assert session.query(Evidence).filter(Evidence.what == "proxy_lifted").one().data == {"why": "已整改并培训"}


def test_an_unfounded_fact_is_taken_back(world: World) -> None:
    """It counts no more, and stays with the reason."""
    proxy = program(world)
    marked(world, proxy, MarkKind.COMPLAINT)
    with world.app.store.write() as session:
        by = session.query(Staff).filter_by(login="admin").one()
        conduct.take_back(session, session.query(ProxyMark).one(), by, "投诉的是另一家", world.now)
    assert measured(world, proxy).score == 100


def test_a_reviewer_marks_false_documents_once(world: World) -> None:
    """With what is false; not on an application that no proxy filed."""
    proxy = program(world)
    made = proxy.registered()
    staff_id = world.staff("chen", Role.REVIEWER)
    with world.app.store.write() as session:
        by, application = session.get_one(Staff, staff_id), session.get_one(Application, made["id"])
        conduct.mark_false(session, application, by, "营业执照是拼图", world.now)
        with pytest.raises(NotAllowed, match="已经认定"):
            conduct.mark_false(session, application, by, "营业执照是拼图", world.now)
    assert measured(world, proxy).score == 80


def test_a_warning_ends_by_itself_and_a_block_does_not(world: World) -> None:
    """The daily look: facts grow old."""
    proxy = program(world)
    marked(world, proxy, MarkKind.COMPLAINT, 5)
    world.now += timedelta(days=91)
    with world.app.store.write() as session:
        assert conduct.settle(session, session.get_one(Proxy, proxy.proxy_id), world.now) == "well"
    marked(world, proxy, MarkKind.FALSE_DOCUMENT, 3)
    world.now += timedelta(days=91)
    with world.app.store.write() as session:
        row = session.get_one(Proxy, proxy.proxy_id)
        assert conduct.settle(session, row, world.now) == "" and row.blocked_at is not None


def test_a_user_denies_complains_and_takes_back(world: World) -> None:
    """In the chat: “我没有委托” is a fact, a complaint is one, and a yes is taken back at any time."""
    proxy = program(world)
    made = proxy.authorised()
    assert NAME in _said(world, "我的授权")
    _said(world, "投诉")
    assert "登记" in _said(world, "他们说不签就停电")
    _said(world, "撤回授权")
    assert "已撤回" in _said(world, "1")
    shown = proxy.shown(made["id"])
    assert shown["authorisation"]["state"] == "withdrawn" and not shown["visible"] and "name" not in shown
    assert proxy.post(f"/registrations/{made['id']}/submit").json["code"] == "authorisation_ended"
    world.sources.phones[("13900001111", "王芳")] = "match"
    other = program(world, name="滇中售电有限公司", code="R002")
    again = other.registered(phone="13900001111", contact_name="王芳")
    other.post(f"/registrations/{again['id']}/authorisation")
    assert "不能代您办理" in _said(world, "3", phone="13900001111")
    assert other.shown(again["id"])["authorisation"]["state"] == "denied"
    assert measured(world, other).score == 90
    early = other.post(f"/registrations/{again['id']}/authorisation")
    assert (early.status_code, early.json["code"]) == (409, "asked_before")


def _said(world: World, text: str, phone: str = "13887654321") -> str:
    world.sms_in(text, phone=phone)
    return world.sms.texts()[-1]
