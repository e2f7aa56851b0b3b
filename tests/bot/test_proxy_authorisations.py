"""Whom a proxy's question goes to, and what their silence does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot import proxies
from domain.people.authority import Level, grant, speakers_for
from domain.people.contacts import SMS, Address, address_of
from domain.people.staff import Role
from domain.private import fingerprint
from domain.proxies.tables import Proxy, ProxyAuthorisation
from domain.registration.applications import Application
from tests.support.groups import OTHER_ACCOUNT
from tests.support.proxies import program
from tests.support.world import ARCHIVE, CODE, COMPANY, PHONE, World, approve_newest

MANAGER = "13911112222"


def speaks(world: World, phone: str, level: Level = Level.MANAGE) -> int:
    """Let the holder of a phone speak for the company; the contact's id."""
    with world.app.store.write() as session:
        address = address_of(session, SMS, phone, world.now)
        address.verified_at = address.last_seen_at = world.now
        mark = fingerprint("code", CODE)
        grant(session, contact_id=address.contact_id, company_mark=mark, company_name=COMPANY.name, level=level,
              ground="reviewer", who="system", now=world.now)  # fmt: skip
        return address.contact_id


def asked(world: World) -> list[str]:
    """The phones that the question went to."""
    return [phone for phone, name, _ in world.sms.sent if name.startswith(("ask", "link"))]


def test_who_speaks_for_the_company_is_asked(world: World) -> None:
    """A phone that only the proxy names learns nothing; the yes and the registered phone are the manager's."""
    speaks(world, MANAGER)
    proxy = program(world)
    made = proxy.registered()
    proxy.post(f"/registrations/{made['id']}/authorisation")
    assert asked(world) == [MANAGER]
    world.sms_in("1", phone=MANAGER)
    world.sms_in(world.code(), phone=MANAGER)
    shown = proxy.shown(made["id"])
    assert shown["authorisation"]["state"] == "given" and shown["phone"] == "139****2222"


def test_one_answer_counts_where_several_are_asked(world: World) -> None:
    """The first one; the others are asked no more."""
    speaks(world, MANAGER)
    speaks(world, "13933334444", Level.SIGN)
    speaks(world, "13955556666", Level.READ)
    proxy = program(world)
    made = proxy.registered()
    proxy.post(f"/registrations/{made['id']}/authorisation")
    assert sorted(asked(world)) == [MANAGER, "13933334444"]
    world.sms_in("2", phone="13933334444")
    assert proxy.shown(made["id"])["authorisation"]["state"] == "refused"
    world.sms_in("1", phone=MANAGER)
    assert proxy.shown(made["id"])["authorisation"]["state"] == "refused"


def test_a_phone_of_somebody_else_is_not_asked(world: World) -> None:
    """The operator knows the phone under another name."""
    world.sources.phones[(PHONE, "王芳")] = "mismatch"
    proxy = program(world)
    made = proxy.registered()
    answer = proxy.post(f"/registrations/{made['id']}/authorisation")
    assert (answer.status_code, answer.json["code"]) == (409, "phone_not_theirs")
    assert asked(world) == []


def test_silence_is_no_consent(world: World) -> None:
    """After the hours of the setting the question is over, and the proxy may not ask again for a while."""
    proxy = program(world)
    made = proxy.registered()
    proxy.post(f"/registrations/{made['id']}/authorisation")
    world.now += timedelta(hours=73)
    proxies.tend(world.app)
    assert proxy.shown(made["id"])["authorisation"]["state"] == "lapsed"
    world.sms_in("1")
    assert proxy.post(f"/registrations/{made['id']}/submit").json["code"] == "not_authorised"
    assert proxy.post(f"/registrations/{made['id']}/authorisation").json["code"] == "asked_before"


def test_asking_twice_is_one_question(world: World) -> None:
    """A program that repeats itself does not fill a phone with messages."""
    proxy = program(world)
    made = proxy.registered()
    for _ in range(3):
        assert proxy.post(f"/registrations/{made['id']}/authorisation").status_code == 202
    assert asked(world) == [PHONE]


def test_one_yes_serves_for_the_companys_other_accounts(world: World) -> None:
    """Until its last day; then the user is asked anew."""
    proxy = program(world)
    first = proxy.authorised()
    number = "0530010686818434"
    world.sources.accounts[number] = world.sources.accounts[first["account_number"]]
    second = proxy.post("/registrations", {"account_number": number, "authorise": True}).json
    assert second["authorisation"]["state"] == "given" and asked(world) == [PHONE]
    with world.app.store.write() as session:
        row = session.query(ProxyAuthorisation).one()
        assert session.get_one(Application, second["id"]).contact_id == row.contact_id
    with world.app.store.write() as session:
        session.query(ProxyAuthorisation).one().until = world.now + timedelta(days=30)
    world.now += timedelta(days=30)
    late = proxy.post(f"/registrations/{second['id']}/submit")
    assert (late.status_code, late.json["code"]) == (403, "authorisation_ended")
    shown = proxy.shown(second["id"])
    assert shown["visible"] is False and "name" not in shown


def test_a_yes_hands_over_what_is_about_that_company_and_nothing_else(world: World) -> None:
    """The same proxy's draft for another company stays unseen by whoever said yes."""
    other = replace(COMPANY, uscc="91530100MA6K5C2M9A", name="昆明云岭食品有限公司")
    world.sources.companies[other.uscc] = other
    world.sources.accounts[OTHER_ACCOUNT] = replace(ARCHIVE, number=OTHER_ACCOUNT, name=other.name, uscc=other.uscc)
    proxy = program(world)
    theirs = {"account_number": OTHER_ACCOUNT, "code": other.uscc, "contact_name": "李四", "phone": "13900001111"}
    foreign = proxy.post("/registrations", theirs).json
    own = proxy.authorised()
    with world.app.store.read() as session:
        nobody = session.get_one(Proxy, proxy.proxy_id).contact_id
        assert session.get_one(Application, foreign["id"]).contact_id == nobody
        assert session.get_one(Application, own["id"]).contact_id != nobody


def test_at_night_nobody_is_woken(world: World) -> None:
    """The question leaves when the quiet hours are over."""
    proxy = program(world)
    made = proxy.registered()
    world.now = world.now.replace(hour=15)  # 23 o'clock in China
    proxy.post(f"/registrations/{made['id']}/authorisation")
    assert asked(world) == []
    world.wait(hours=9, minutes=1)
    assert asked(world) == [PHONE]


def spoken_for(world: World) -> list[tuple[str, str]]:
    """Who speaks for the company, by phone, and how far."""
    with world.app.store.read() as session:
        held = speakers_for(session, fingerprint("code", CODE))
        phones = {each.contact_id: each.value for each in session.query(Address).filter_by(channel=SMS)}
        return [(phones[each.contact_id], each.level) for each in held]


def admit(world: World) -> None:
    """Both reviews let it through."""
    world.staff("zhou", Role.HANDLER, bureau="053001")
    world.staff("chen", Role.REVIEWER)
    for login in ("zhou", "chen"):
        approve_newest(world, login)


def test_who_said_yes_on_a_phone_that_is_theirs_manages_the_company(world: World) -> None:
    program(world).submitted()
    admit(world)
    assert spoken_for(world) == [(PHONE, Level.MANAGE)]


def test_a_yes_on_a_phone_that_the_operator_does_not_know_signs_nothing(world: World) -> None:
    """A proxy may have named its own people."""
    world.sources.phones[(PHONE, "王芳")] = "unknown"
    program(world).submitted()
    admit(world)
    assert spoken_for(world) == [(PHONE, Level.HANDLE)]


def test_a_phone_that_said_no_yes_itself_speaks_for_nobody(world: World) -> None:
    """Another person's yes is not theirs."""
    made = program(world).submitted()
    with world.app.store.write() as session:
        other = address_of(session, SMS, "13955556666", world.now)
        session.query(ProxyAuthorisation).one().contact_id = other.contact_id
    assert made["stage"] == "bureau_review"
    admit(world)
    assert spoken_for(world) == []


def test_a_signer_who_let_a_proxy_file_does_not_come_to_manage_by_it(world: World) -> None:
    speaks(world, PHONE, Level.SIGN)
    program(world).submitted()
    admit(world)
    assert spoken_for(world) == [(PHONE, Level.SIGN)]
