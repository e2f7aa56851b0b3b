"""A proxy's program at the API's door: the whole way of a registration, and what is refused on it."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import text

from domain.evidence import Evidence
from domain.registration.applications import Application, Stage
from domain.registration.readings import Read, Reading
from domain.settings import SettingValue
from tests.support.groups import OTHER_ACCOUNT
from tests.support.proxies import JPEG, NAME, WHOLE, program
from tests.support.world import ACCOUNT, ARCHIVE, CODE, COMPANY, OPENID, PHONE, World, reading

THIRD_ACCOUNT = "0530010686818459"


def test_a_registration_goes_its_whole_way(world: World) -> None:
    """Filled in by the program, allowed by the user on their own phone, submitted, under review."""
    proxy = program(world)
    made = proxy.registered()
    assert made["stage"] == "filling" and "授权" in made["next"]
    assert made["phone"] == "138****4321"
    assert proxy.post(f"/registrations/{made['id']}/submit").json["code"] == "not_authorised"

    asked = proxy.post(f"/registrations/{made['id']}/authorisation")
    assert (asked.status_code, asked.json["state"]) == (202, "asked")
    phone, _, _ = world.sms.sent[-1]
    said = world.sms.texts()[-1]
    assert phone == PHONE and NAME in said and "滇星" in said

    world.sms_in("1")
    assert proxy.shown(made["id"])["authorisation"]["state"] == "asked", "an SMS alone proves nothing"
    world.sms_in(world.code())
    assert proxy.shown(made["id"])["authorisation"]["state"] == "given"

    done = proxy.post(f"/registrations/{made['id']}/submit")
    assert done.status_code == 200, done.json
    assert done.json["stage"] == "bureau_review" and done.json["number"].startswith("ZC")
    with world.app.store.read() as session:
        application = session.get_one(Application, made["id"])
        assert (application.channel, application.proxy_id) == ("api", proxy.proxy_id)
        assert application.contact.addresses[0].value == PHONE
        assert session.query(Evidence).filter(Evidence.what == "proxy_answered").one().data["state"] == "given"
        said_so = session.query(Evidence).filter(Evidence.what == "consent").one()
        assert NAME in said_so.data["shown"]


def test_a_registration_needs_no_more_than_the_account(world: World) -> None:
    """What the sources know is not asked for; nothing that they said goes to the proxy."""
    proxy = program(world)
    made = proxy.post("/registrations", {"account_number": ACCOUNT}).json
    assert made["stage"] == "filling"
    for known in ("海口工业园区", "630", CODE, "滇星", "李国强"):
        assert known not in str(made) + str(proxy.shown(made["id"])) + str(proxy.get("/registrations").json), known


def test_whose_account_it_is_the_proxy_reads_after_the_yes(world: World) -> None:
    """Before it the name is what the proxy has said, and nothing of what else that company trades."""
    with world.app.store.write() as session:
        session.merge(SettingValue(name="trading_unit", value="统一社会信用代码"))
    proxy = program(world)
    made = proxy.post("/registrations", WHOLE).json
    assert (made["code"], made["name"], made["unit"]) == (CODE, None, None)
    assert proxy.post(f"/registrations/{made['id']}/authorisation").status_code == 202
    world.sms_in("1")
    world.sms_in(world.code())
    shown = proxy.shown(made["id"])
    assert shown["name"] == COMPANY.name and COMPANY.name in shown["unit"]["label"]


def test_whether_the_unit_may_trade_is_said_once_it_is_admitted(world: World) -> None:
    proxy = program(world)
    made = proxy.post("/registrations", WHOLE).json
    assert made["trading"] is None
    assert proxy.post(f"/registrations/{made['id']}/authorisation").status_code == 202
    world.sms_in("1")
    world.sms_in(world.code())
    with world.app.store.write() as session:
        session.get_one(Application, made["id"]).stage = Stage.AWAITING_RETAILER
    trading = proxy.shown(made["id"])["trading"]
    assert not trading["may_trade"] and "暂不能开展业务" in trading["why"]


def test_a_look_writes_nothing_however_often_a_program_looks(world: World) -> None:
    """A program that waits for the user's yes looks every second, and is not to queue with those who write."""
    proxy = program(world)
    made = proxy.registered()
    with world.app.store.write():
        assert proxy.shown(made["id"])["problems"]


def test_an_error_of_our_own_is_a_problem_that_a_program_can_read(world: World) -> None:
    proxy = program(world)
    with world.app.store.write() as session:
        session.execute(text("ALTER TABLE applications RENAME TO gone"))
    answer = proxy.get("/registrations")
    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
    assert answer.json["code"] == "internal" and "再试" in answer.json["detail"]


def test_an_unknown_account_makes_no_registration(world: World) -> None:
    """The answer says which field is wrong and what to do."""
    proxy = program(world)
    answer = proxy.post("/registrations", {**WHOLE, "account_number": "0530010099999999"})
    assert answer.status_code == 422 and answer.mimetype == "application/problem+json"
    assert answer.json["problems"][0]["field"] == "account_number"
    assert proxy.get("/registrations").json["items"] == []


def test_what_does_not_fit_is_refused_field_by_field(world: World) -> None:
    """A name that we do not know is not passed over in silence."""
    answer = program(world).post("/registrations", {"acount_number": ACCOUNT})
    fields = {each["field"]: each["problem"] for each in answer.json["problems"]}
    assert answer.status_code == 422
    assert fields == {"account_number": "缺少这一项。", "acount_number": "没有这一项，请核对名称。"}


def test_a_proxy_sees_its_own_alone(world: World) -> None:
    """Somebody else's registration is as little there as none."""
    made = program(world).registered()
    other = program(world, name="滇中售电有限公司", code="R002")
    for answer in (
        other.get(f"/registrations/{made['id']}"),
        other.patch(f"/registrations/{made['id']}", {"contact_name": "李四"}),
        other.delete(f"/registrations/{made['id']}"),
        other.post(f"/registrations/{made['id']}/submit"),
        other.get("/documents/1"),
    ):
        assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    assert other.get("/registrations").json["items"] == []


def test_the_user_has_nothing_of_it_before_they_say_yes(world: World) -> None:
    """What a stranger fills in under somebody's phone does not enter that person's talk."""
    program(world).registered()
    assert "还没有" in world.say("我的进度")
    world.sms_in("进度")
    assert "滇星" not in world.sms.texts()[-1]


def test_values_are_corrected_until_the_user_is_asked(world: World) -> None:
    """Afterwards the user has said yes to this company and this phone."""
    proxy = program(world)
    made = proxy.registered(contact_name="王方")
    mended = proxy.patch(f"/registrations/{made['id']}", {"contact_name": "王芳"})
    assert mended.json["contact_name"] == "王芳"
    proxy.post(f"/registrations/{made['id']}/authorisation")
    asked = proxy.patch(f"/registrations/{made['id']}", {"phone": "13900001111"})
    assert (asked.status_code, asked.json["code"]) == (409, "authorised_already")
    world.sms_in("1")
    world.sms_in(world.code())
    for late in ({"phone": "13900001111"}, {"account_number": "0530010686818434"}, {"code": "91530100MA6K5C2M9A"}):
        answer = proxy.patch(f"/registrations/{made['id']}", late)
        assert (answer.status_code, answer.json["code"]) == (409, "authorised_already"), late


def test_a_licence_of_another_company_is_not_used(world: World) -> None:
    """The company that the user was asked about stays the company."""
    proxy = program(world)
    world.reader.next = reading(code="91530100MA6K4RX9X1", name="昆明别家有限公司")
    made = proxy.registered()
    assert made["code"] == CODE and made["documents"] == []
    assert any(each["field"] == "documents" for each in made["problems"])


def test_what_was_never_submitted_is_taken_back(world: World) -> None:
    """Its values are gone; what was submitted stays."""
    proxy = program(world)
    made = proxy.registered()
    assert proxy.delete(f"/registrations/{made['id']}").status_code == 204
    assert proxy.shown(made["id"])["stage"] == "cancelled"
    with world.app.store.read() as session:
        gone = session.get_one(Application, made["id"])
        assert (list(gone.values), gone.facts) == ([], None)
    done = proxy.submitted()
    assert proxy.delete(f"/registrations/{done['id']}").json["code"] == "wrong_stage"


def test_an_account_is_registered_once(world: World) -> None:
    """A second registration of the same account names the first one."""
    proxy = program(world)
    made = proxy.registered()
    for written in (ACCOUNT, f"{ACCOUNT[:4]} {ACCOUNT[4:]}", "０" + ACCOUNT[1:]):
        again = proxy.post("/registrations", {**WHOLE, "account_number": written, "contact_name": "李四"})
        assert again.status_code == 409 and str(made["id"]) in again.json["detail"], written
    assert proxy.shown(made["id"])["contact_name"] == "王芳"


def test_a_list_goes_on_where_it_stopped(world: World) -> None:
    """Newest first, page by page, nothing twice."""
    proxy = program(world)
    for end in ("8433", "8434", "8435"):
        number = ACCOUNT[:-4] + end
        world.sources.accounts[number] = world.sources.accounts[ACCOUNT]
        assert proxy.post("/registrations", {**WHOLE, "account_number": number}).status_code == 201
    first = proxy.get("/registrations?limit=2").json
    rest = proxy.get(f"/registrations?limit=2&cursor={first['next_cursor']}").json
    assert len({each["id"] for each in first["items"] + rest["items"]}) == 3 and rest["next_cursor"] is None


def test_only_pictures_are_taken(world: World) -> None:
    """By what they are, not by what they are called."""
    proxy = program(world)
    assert proxy.upload(b"%PDF-1.7 not a picture").json["code"] == "media_type"
    assert proxy.upload(b"").json["code"] == "invalid"
    assert proxy.upload(JPEG + b"." * 10 * 1024 * 1024).json["code"] == "too_large"
    assert proxy.upload(JPEG).json["state"] == "waiting"
    assert proxy.get("/documents/1").json["state"] == "read"


def test_a_tenant_is_registered_with_the_owner(world: World) -> None:
    """The archive's company is the owner; whom to ask there comes with the registration; the papers are asked for."""
    owner = replace(ARCHIVE, name="昆明房东有限公司", uscc="")
    world.sources.accounts[ACCOUNT] = owner
    party = {"role": "owner", "name": owner.name, "contact": "赵六", "phone": "13800138000"}
    made = program(world).registered(kind="tenant", parties=[party])
    assert made["kind"] == "tenant"
    with world.app.store.read() as session:
        application = session.get_one(Application, made["id"])
        assert application.value("owner_contact") == "赵六"
    assert any("租赁" in each["problem"] for each in made["problems"])


def read_as(kind: str, **facts: str) -> Reading:
    """What reading a paper gives."""
    return Reading({name: Read(value, 0.99) for name, value in facts.items()}, kind=kind)


def test_what_is_owed_is_handed_in_later(world: World) -> None:
    """A tenant hands in with the owner's letter and owes the lease; the proxy uploads it, and the rules take it."""
    owner = replace(ARCHIVE, name="昆明房东有限公司", uscc="")
    world.sources.accounts[ACCOUNT] = owner
    party = {"role": "owner", "name": owner.name, "contact": "赵六", "phone": "13800138000"}
    signed = {"signed_on": "2026-01-05", "valid_from": "2026-01-05", "valid_to": "2028-12-31"}
    signed |= {"seal": "yes", "signature": "yes"}
    proxy = program(world)
    made = proxy.authorised(kind="tenant", parties=[party])
    world.reader.next = read_as("letter", grantor=owner.name, grantee=COMPANY.name, matter="办理市场注册", **signed)
    letter = {"id": proxy.upload(JPEG + b"letter").json["id"], "party": "owner"}
    assert proxy.patch(f"/registrations/{made['id']}", {"documents": [letter]}).status_code == 200
    done = proxy.post(f"/registrations/{made['id']}/submit").json
    owed = {each["title"]: each["due"] for each in done["supplements"]}
    assert owed["租赁协议"]
    where = f"/registrations/{done['id']}/supplements"
    world.reader.next = reading()
    wrong = proxy.post(where, {"id": proxy.upload().json["id"]})
    assert wrong.json["code"] == "wrong_stage" and "不缺营业执照" in wrong.json["detail"]
    lease = {"lessor": owner.name, "lessee": COMPANY.name, "address": owner.address}
    world.reader.next = read_as("lease", **lease, **signed)
    used = {"id": proxy.upload(JPEG + b"another lease").json["id"]}
    world.sources.accounts[OTHER_ACCOUNT] = replace(ARCHIVE, number=OTHER_ACCOUNT)
    proxy.post("/registrations", {"account_number": OTHER_ACCOUNT, "documents": [used]})
    assert proxy.post(where, used).json["code"] == "not_found", "it belongs to another registration"
    world.sources.accounts[THIRD_ACCOUNT] = replace(ARCHIVE, number=THIRD_ACCOUNT)
    third = proxy.post("/registrations", {"account_number": THIRD_ACCOUNT, "documents": [used]}).json
    assert third["documents"] == [] and any("另一份登记" in each["problem"] for each in third["problems"])
    taken = proxy.post(where, {"id": proxy.upload(JPEG + b"lease").json["id"]})
    assert taken.status_code == 200, taken.json
    assert "租赁协议" not in {each["title"] for each in taken.json["registration"]["supplements"]}


def test_the_user_may_answer_in_wechat(world: World) -> None:
    """Where they follow, the same question stands there, and a tap answers it."""
    world.filled_in()  # 王芳 is known by her WeChat and her phone, and has a draft of her own
    proxy = program(world)
    made = proxy.registered()
    proxy.post(f"/registrations/{made['id']}/authorisation")
    asked = next(text for text in world.wechat.texts if NAME in text)
    assert "有效到" in asked and "户号：尾号8433" in asked
    code = asked.partition("编号")[2][:4]
    answer = world.say(f"同意 {code}", openid=OPENID)
    assert "可以代" in answer
    assert proxy.shown(made["id"])["authorisation"]["state"] == "given"
