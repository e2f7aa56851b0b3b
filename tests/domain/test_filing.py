"""A row of values becomes an application as a talk would make it: by the same rules, with the same sources."""

from __future__ import annotations

from dataclasses import replace

from domain.people.contacts import SMS, address_of
from domain.registration import filing
from domain.registration.accounts import take_account
from domain.registration.applications import Application, Source, Stage
from domain.registration.filing import Filed
from domain.sources.lookups import Lookup, Where
from tests.support.groups import OTHER_ACCOUNT, OTHER_ADDRESS, admitted, more_accounts
from tests.support.world import ACCOUNT, ARCHIVE, CODE, COMPANY, PHONE, World

ROW = {"account_number": ACCOUNT, "code": CODE, "contact_name": "王芳", "phone": PHONE}


def filed(world: World, row: dict[str, str], representative: int | None = None) -> Filed:
    """What 王芳's phone files for a row, with all that the sources say of it."""
    facts = world.sources.ask(filing.wanted_of(row))
    world.sources.ask(filing.wanted_of(row, facts), facts)
    with world.app.store.write() as session:
        contact = address_of(session, SMS, PHONE, world.now).contact
        shared = session.get(Application, representative) if representative else None
        found = filing.file(
            session,
            contact,
            row,
            facts,
            world.now,
            channel="batch",
            kind=row.get("kind", "owner"),
            random=world.app.random,
            representative=shared,
        )
        if found.application is not None:
            _ = found.application.values, found.application.photos
        return found


def rules_of(found: Filed) -> set[str]:
    return {each.rule or each.field for each in found.problems}


def test_a_row_is_filled_in_like_a_talk(world: World) -> None:
    """Archive and registry are asked; what they know is taken over, and nothing is submitted."""
    found = filed(world, ROW)
    assert found.application is not None
    values = {
        name: found.application.value(name) for name in ("name", "account_address", "capacity_kva", "contact_name")
    }
    assert values == {
        "name": COMPANY.name,
        "account_address": ARCHIVE.address,
        "capacity_kva": "630",
        "contact_name": "王芳",
    }
    assert (found.application.stage, found.application.number) == (Stage.FILLING, None)
    assert found.application.source("name") == Source.REGISTRY
    assert rules_of(found) >= {"缺营业执照照片"}


def test_the_account_alone_names_the_company(world: World) -> None:
    """The archive knows the code, and the registry the company behind it."""
    found = filed(world, {"account_number": ACCOUNT})
    assert found.application is not None
    assert (found.application.value("code"), found.application.value("name")) == (CODE, COMPANY.name)


def test_no_code_is_sent_to_a_phone_in_a_row(world: World) -> None:
    """Two thousand rows are not two thousand SMS; a phone that nobody proved stays unverified."""
    found = filed(world, ROW)
    assert world.sms.sent == []
    assert found.application is not None and found.application.phone_verified_at is None


def test_each_problem_names_its_field(world: World) -> None:
    """A wrong digit stands beside the code, a missing account beside the account, a name beside the name."""
    wrong = filed(world, {**ROW, "code": CODE[:-1] + "C"})
    assert [each.field for each in wrong.problems][0] == "code"
    nothing = filed(world, {"code": CODE})
    assert (nothing.application, [each.field for each in nothing.problems]) == (None, ["account_number"])
    unknown = filed(world, {**ROW, "account_number": "0530010686818434"})
    assert unknown.problems[0].field == "account_number"


def test_filed_again_it_is_the_same_application(world: World) -> None:
    first, second = filed(world, ROW), filed(world, {**ROW, "contact_name": "赵敏"})
    assert first.application is not None and second.application is not None
    assert first.application.id == second.application.id
    assert second.application.value("contact_name") == "赵敏"


def test_a_representative_registration_lends_licence_company_and_contact(world: World) -> None:
    """Only the account number is left to say, and nothing is missing."""
    representative = admitted(world)
    more_accounts(world, [OTHER_ACCOUNT])
    found = filed(world, {"account_number": OTHER_ACCOUNT}, representative)
    assert found.application is not None
    assert (found.ready, found.application.has_licence_photo()) == (True, True)
    assert found.application.value("contact_name") == "王芳"
    assert found.application.value("account_address") == OTHER_ADDRESS
    assert found.application.source("code") == Source.REGISTRY or found.application.source("code") == Source.OCR


def test_a_source_that_is_down_stops_nobody(world: World) -> None:
    """It is noted, and made up for later, as in a talk."""
    world.sources.down = {Where.MARKETING}
    found = filed(world, ROW)
    assert found.application is not None
    assert found.application.missing_facts == ["marketing"]


def test_a_tenants_row_names_the_owner_and_is_judged_as_a_tenants(world: World) -> None:
    """The archive's company is the owner; the tenant's own papers are what is missing."""
    tenant = replace(COMPANY, uscc="91530100MA6K5C2M9A", name="昆明云岭食品有限公司")
    world.sources.companies[tenant.uscc] = tenant
    row = {**ROW, "code": tenant.uscc, "kind": "tenant", "owner_phone": "13987654321"}
    found = filed(world, row)
    assert found.application is not None
    assert (found.application.kind, found.application.value("name")) == ("tenant", tenant.name)
    assert found.application.value("owner_name") == COMPANY.name
    assert found.application.value("owner_phone") == "13987654321"


def test_a_phone_of_its_own_stays_unproved_however_often_the_row_is_filed(world: World) -> None:
    """That the representative registration's phone was proved says nothing of another one."""
    representative = admitted(world)
    more_accounts(world, [OTHER_ACCOUNT])
    row = {"account_number": OTHER_ACCOUNT, "contact_name": "赵敏", "phone": "13900001111"}
    for _ in range(2):
        found = filed(world, row, representative)
        assert found.application is not None
        assert (found.application.value("phone"), found.application.phone_verified_at) == ("13900001111", None)
        assert "手机未验证" in rules_of(found)


def test_whoever_files_for_an_account_changes_nobody_elses_draft(world: World) -> None:
    """Two people may have the same account in hand; only one of them will hand it in."""
    mine = filed(world, ROW)
    facts = world.sources.ask(filing.wanted_of(ROW))
    with world.app.store.write() as session:
        stranger = address_of(session, SMS, "13900001111", world.now).contact
        theirs = {**ROW, "contact_name": "赵敏", "phone": "13900001111"}
        other = filing.file(session, stranger, theirs, facts, world.now, channel="batch", random=world.app.random)
        assert mine.application is not None and other.application is not None
        assert other.application.id != mine.application.id
        assert session.get_one(Application, mine.application.id).value("contact_name") == "王芳"


def test_what_somebody_is_to_one_meter_says_nothing_of_another(world: World) -> None:
    """“产权人” was said of the first account; of the next one it is asked again."""
    found = filed(world, ROW)
    more_accounts(world, [OTHER_ACCOUNT])
    assert found.application is not None
    with world.app.store.write() as session:
        application = session.get_one(Application, found.application.id)
        for number, said in ((ACCOUNT, True), (OTHER_ACCOUNT, False)):
            application.kind, application.kind_said = "owner", True
            facts = world.sources.ask([Lookup(Where.MARKETING, number)])
            take_account(session, application, number, facts, world.now)
            assert application.kind_said is said
