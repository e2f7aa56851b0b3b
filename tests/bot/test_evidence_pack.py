"""The evidence pack: read by a person, checked without the database, taken away by those who may."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pypdfium2
import pytest

from bot import anchoring
from bot.evidence_pdf import pdf
from domain.contracts.tables import Request
from domain.evidence import Evidence
from domain.evidence_pack import check_pack, of_application, of_request, sum_of
from domain.people.staff import Role, Staff
from domain.registration.applications import Application
from domain.settings import change
from tests.support.console import submitted
from tests.support.contracts import ZHANG, open_market
from tests.support.world import COMPANY, PHONE, World, approve_newest
from webhooks.console.evidence_words import EVIDENCE


@pytest.fixture
def pack(world: World) -> dict[str, Any]:
    """王芳's application, submitted yesterday, approved by the bureau today, as a reviewer takes it away."""
    number = submitted(world)
    world.now += timedelta(days=1)
    administrator = world.staff("admin", Role.ADMINISTRATOR)
    with world.app.store.write() as session:
        change(session, "admission_days", "3", administrator, world.now)
    anchoring.anchor(world.app)
    world.staff("zhou", Role.HANDLER, bureau="053001")
    reviewer = world.staff("chen", Role.REVIEWER)
    approve_newest(world, "zhou")
    with world.app.store.write() as session:
        it = session.get_one(Application, number)
        made = of_application(session, it, session.get_one(Staff, reviewer), world.now)
    return json.loads(json.dumps(made, ensure_ascii=False))  # as it comes out of a file


def test_every_fact_of_the_application_is_in_it_in_order_and_the_taking_too(world: World, pack: dict[str, Any]) -> None:
    with world.app.store.read() as session:
        about = session.query(Evidence.id).filter_by(about_kind="application", about_id=pack["about"]["id"])
        assert {each for (each,) in about} <= {row["id"] for row in pack["rows"]}
    ids = [row["id"] for row in pack["rows"]]
    assert ids == sorted(ids) and pack["rows"][-1]["what"] == "pack_taken"
    assert "consent" in [row["what"] for row in pack["rows"]]


def test_it_is_checked_without_the_database(world: World, pack: dict[str, Any]) -> None:
    assert check_pack(pack) == []
    assert check_pack(pack, anchoring.lines_of(world.app.settings)) == []


def test_a_third_party_recomputes_it_as_the_pack_itself_says(pack: dict[str, Any]) -> None:
    """Rows to marks, and marks to the anchor of the day, with nothing of ours."""
    digests = {}
    for row in pack["rows"]:
        content = [row[name] for name in ("at", "what", "about_kind", "about_id", "who", "data")]
        text = json.dumps(content, ensure_ascii=False, sort_keys=True)
        digests[row["id"]] = sha256(text.encode()).hexdigest()
        assert sha256(f"{row['before']}\n{digests[row['id']]}".encode()).hexdigest() == row["mark"]
    first = pack["stretches"][0]
    mark = first["before"]
    for number, digest in first["digests"]:
        assert digests.get(number, digest) == digest
        mark = sha256(f"{mark}\n{digest}".encode()).hexdigest()
    assert first["anchor"].split()[2] == mark and first["anchor"] in pack["anchors"]


def changed(pack: dict[str, Any], row: int, **values: Any) -> list[str]:
    """What is found after a row of the pack was changed, its sum made right again."""
    forged = deepcopy(pack)
    forged["rows"][row].update(values)
    forged["sha256"] = sum_of(forged)
    return check_pack(forged)


@pytest.mark.parametrize(
    "name", ["at", "what", "about_kind", "about_id", "who", "data", "before", "digest", "mark", "id"]
)
def test_a_change_of_any_part_of_a_row_is_found(pack: dict[str, Any], name: str) -> None:
    old = pack["rows"][0][name]
    assert changed(pack, 0, **{name: old + 1 if isinstance(old, int) else {} if name == "data" else f"{old}0"})


def test_a_row_that_was_computed_anew_is_not_on_the_chain(pack: dict[str, Any]) -> None:
    row = pack["rows"][0]
    data = {**row["data"], "typed": "不同意"}
    content = [row["at"], row["what"], row["about_kind"], row["about_id"], row["who"], data]
    digest = sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    mark = sha256(f"{row['before']}\n{digest}".encode()).hexdigest()
    assert changed(pack, 0, data=data, digest=digest, mark=mark) == [f"第{row['id']}条不在链上"]


def test_other_parts_and_anchors_that_others_kept_are_held_against_it(world: World, pack: dict[str, Any]) -> None:
    forged = deepcopy(pack)
    forged["people"] = {}
    assert check_pack(forged) == ["证据包的其他内容（当事人、规则、锚）被改动过"]
    (line,) = anchoring.lines_of(world.app.settings)
    assert check_pack(pack, [line.replace(line.split()[2], "0" * 64)]) == [f"{line.split()[0]}的锚与您保存的不符"]


def text_of(content: bytes) -> str:
    pages = pypdfium2.PdfDocument(content)
    return "".join(page.get_textpage().get_text_range() for page in pages).replace("\r\n", "").replace("\n", "")


def test_the_pdf_holds_the_words_and_hides_the_phone(pack: dict[str, Any]) -> None:
    words = text_of(pdf(pack, EVIDENCE))
    consent = next(row["data"] for row in pack["rows"] if row["what"] == "consent")
    for known in (
        "电子证据文件",
        COMPANY.name,
        pack["about"]["number"],
        "用户确认",
        "当时显示的原文",
        "逐字答复",
        "承诺的审核时限：2 → 3",
        f"第{pack['rows'][0]['id']}条",
    ):
        assert known in words, known
    assert consent["message"] in words and pack["rows"][0]["mark"] in words and pack["sha256"] in words
    assert PHONE not in words and f"{PHONE[:3]}****{PHONE[-4:]}" in words


def test_the_pack_of_a_contract_holds_every_sides_yes_and_the_text_that_it_was_said_to(world: World) -> None:
    market = open_market(world)
    market.choose("P1001")
    market.sign()
    market.accept(ZHANG)
    reviewer = world.staff("sun2", Role.REVIEWER)
    world.now += timedelta(days=1)
    anchoring.anchor(world.app)
    with world.app.store.write() as session:
        request = session.get_one(Request, market.request().id)
        made = of_request(session, request, session.get_one(Staff, reviewer), world.now)
        proofs = {each.evidence_id: each.side for each in request.consents}
    assert check_pack(json.loads(json.dumps(made)), anchoring.lines_of(world.app.settings)) == []
    rows = {row["id"]: row for row in made["rows"]}
    for number, side in proofs.items():
        assert (rows[number]["what"], rows[number]["data"]["side"]) == ("contract_consent", side)
        assert sha256(rows[number]["data"]["shown"].encode()).hexdigest() == made["about"]["shown_sha256"]
    codes = [row["data"]["second_factor"] for row in made["rows"] if row["what"] == "consent"]
    assert len(codes) == 2 and all(codes)  # the user's in WeChat, and the company's by SMS
    words = text_of(pdf(made, EVIDENCE))
    for known in ("签订零售合同", "P1001", "各方已同意", "用户", "新售电公司", "当时的参数", "短信", "滇源售电"):
        assert known in words, known
