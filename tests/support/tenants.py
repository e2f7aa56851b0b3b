"""A tenant and a payer to test with: the owner whose meter it is, and the papers as they would be read."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from domain.registration.applications import Application
from domain.registration.parties import Party, parties_of
from domain.registration.readings import DocumentKind, Read, Reading
from domain.sources.facts import Company
from tests.support.world import ACCOUNT, ARCHIVE, COMPANY, PHONE, World

OWNER = Company(uscc="915303026065579542", name="安宁市宏达铸造有限公司")
TENANT = Company(uscc="92530402MA23DL8P77", name="玉溪市红塔区杨记木材加工坊")
OWNERS_PHONE, TENANTS_PHONE = "13577412086", "13987712345"


def paper(kind: DocumentKind, **fields: str) -> Reading:
    """A document that is read without doubt."""
    return Reading({name: Read(value, 0.99) for name, value in fields.items()}, kind=kind)


def lease(lessee: str = COMPANY.name, **changed: str) -> Reading:
    """The lease between the owner and a tenant."""
    fields = {"lessor": OWNER.name, "lessee": lessee, "valid_from": "2026-03-01", "valid_to": "2029-02-28"}
    return paper(DocumentKind.LEASE, **{**fields, "seal": "yes", "signature": "yes", **changed})


def letter(grantor: str = OWNER.name, grantee: str = COMPANY.name, **changed: str) -> Reading:
    """A letter of authority, by default the owner's for the tenant."""
    fields = {"grantor": grantor, "grantee": grantee, "valid_to": "2027-12-31", "seal": "yes", "signature": "yes"}
    return paper(DocumentKind.LETTER, **{**fields, **changed})


def identity(name: str = "王芳", number: str = "530102199003078015") -> Reading:
    """The identity card of an agent."""
    return paper(DocumentKind.IDENTITY, name=name, number=number, side="front")


def owned_by_another(world: World) -> None:
    """The account stands in the owner's name, and the register knows all three companies."""
    world.sources.accounts[ACCOUNT] = replace(ARCHIVE, name=OWNER.name, uscc=OWNER.uscc)
    world.sources.companies |= {OWNER.uscc: OWNER, TENANT.uscc: TENANT}


def known_to_the_desk(world: World) -> str:
    """王芳 says everything that an owner would; the reply is the next question."""
    owned_by_another(world)
    world.say("我要注册")
    world.photo()
    world.say("1")
    return world.say(ACCOUNT)


def reached(world: World) -> str:
    """王芳 says who she is and proves her phone; the reply is the next question."""
    world.say("王芳")
    world.say(PHONE)
    return world.say(world.code())


def tenant_ready(world: World) -> str:
    """A tenant has filled everything in; the reply is the question whether to submit."""
    known_to_the_desk(world)
    world.say("租来的，我们自己用电")
    reached(world)
    world.photo(lease())
    world.photo(letter())
    return world.say(f"张伟 {OWNERS_PHONE}")


def tenant_submitted(world: World) -> Application:
    """A tenant's application that was handed in, and its owner told of it."""
    tenant_ready(world)
    world.say("确认提交")
    world.wait(seconds=20)
    return newest(world)


def newest(world: World) -> Application:
    """The newest application, with what belongs to it."""
    with world.app.store.read() as session:
        found = session.scalars(select(Application).order_by(Application.id.desc())).first()
        assert found is not None
        _ = (found.values, found.steps, found.photos, found.bureau)
        return found


def party(world: World, role: str) -> Party:
    """One party of the newest application."""
    with world.app.store.read() as session:
        found = session.scalars(select(Application).order_by(Application.id.desc())).first()
        assert found is not None
        row = parties_of(session, found)[role]
        _ = (row.application.values, row.phone)
        return row
