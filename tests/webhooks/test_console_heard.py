"""听懂了吗: what was not understood is listed, labelled, and taken away without anything that is somebody's."""

from __future__ import annotations

import re

import pytest
import yaml
from flask import Flask
from sqlalchemy import select

from domain.dialogue.acts import Command
from domain.evidence import Evidence
from domain.people.staff import Role
from domain.settings import SettingValue
from domain.teaching.masking import INVENTED
from domain.teaching.tables import Heard
from tests.support.console import Visitor
from tests.support.world import ACCOUNT, CODE, COMPANY, PHONE, World


@pytest.fixture
def zhou(world: World, console: Flask) -> Visitor:
    """The administrator, logged in; nothing is sampled."""
    with world.app.store.write() as session:
        session.merge(SettingValue(name="teach_percent", value=0))
    return Visitor(console).enter(world, world.staff("zhou", Role.ADMINISTRATOR))


def unclear(world: World, *said: str, guesses: tuple[str, ...] = ("usage", "forecast")) -> None:
    for each in said:
        world.rasa.taught[each] = Command("unsure_what", each, guesses=guesses)
        world.say(each)


def newest(world: World) -> int:
    with world.app.store.read() as session:
        return session.scalars(select(Heard.id).order_by(Heard.id.desc())).first() or 0


def labelled(zhou: Visitor, heard_id: int, intent: str, path: str = "", status: int = 200) -> str:
    zhou.get("/heard")
    return zhou.post(f"/heard/{heard_id}/label{path}", status, intent=intent)


def exported(zhou: Visitor) -> list[tuple[str, str, dict[str, str]]]:
    """The examples of the file: intent, text, metadata."""
    file = yaml.safe_load(zhou.get("/heard/examples.yml"))
    assert file["version"] == "3.1"
    return [(part["intent"], one["text"].strip(), one["metadata"]) for part in file["nlu"] for one in part["examples"]]


def titles(page: str) -> list[str]:
    return re.findall(r'<section class="card" id="heard-\d+" aria-label="([^"]+)"', page)


def test_what_was_not_understood_is_listed_newest_first_and_equal_words_together(world: World, zhou: Visitor) -> None:
    unclear(world, "那个啥子咋个整", f"我电话{PHONE}打不通", "我电话13900001111打不通")
    page = zhou.get("/heard")
    assert titles(page) == ["我电话【手机】打不通", "那个啥子咋个整"]
    assert "<small>2 次</small>" in page
    assert "共 <b>3</b> 句，2 种说法" in page
    assert "以往用电量、统计 0.40、电量预测 0.30" in page


def test_one_tap_labels_all_equal_words_and_moves_them(world: World, zhou: Visitor) -> None:
    unclear(world, "那个啥子咋个整", "那个啥子咋个整", "还有哪样")
    assert "2 句已标为“以往用电量、统计”" in labelled(zhou, newest(world) - 1, "usage")
    assert titles(zhou.get("/heard")) == ["还有哪样"]
    assert titles(zhou.get("/heard?show=labelled")) == ["那个啥子咋个整"]
    labelled(zhou, newest(world), "ignored")
    assert titles(zhou.get("/heard?show=ignored")) == ["还有哪样"]
    assert "放回待标注" in labelled(zhou, newest(world), "")
    assert titles(zhou.get("/heard")) == ["还有哪样"]


def test_the_same_words_later_need_no_second_label_but_after_another_question_they_do(
    world: World, zhou: Visitor
) -> None:
    """“退出” in a form is not leaving the market."""
    unclear(world, "退出算了")
    labelled(zhou, newest(world), "leave_market")
    unclear(world, "退出算了")
    assert titles(zhou.get("/heard")) == []
    world.say("我要注册")
    unclear(world, "退出算了")
    assert titles(zhou.get("/heard")) == ["退出算了"]
    assert "正在问：拍执照" in zhou.last
    labelled(zhou, newest(world), "cancel")
    assert exported(zhou) == [
        ("cancel", "退出算了", {"asking": "licence", "stage": "filling", "role": "user"}),
        ("leave_market", "退出算了", {"role": "user"}),
    ]


def test_a_label_by_the_person_is_shown_as_such_and_staff_have_the_last_word(world: World, zhou: Visitor) -> None:
    unclear(world, "那个啥子咋个整")
    world.say("1")
    assert "本人点选" in zhou.get("/heard?show=labelled")
    assert [each[:2] for each in exported(zhou)] == [("usage", "那个啥子咋个整")]
    labelled(zhou, newest(world), "out_of_scope")
    unclear(world, "那个啥子咋个整")
    world.say("1")
    assert "本人点选" not in zhou.get("/heard?show=labelled")
    assert [each[:2] for each in exported(zhou)] == [("out_of_scope", "那个啥子咋个整")]


def test_what_is_no_label_is_refused(world: World, zhou: Visitor) -> None:
    unclear(world, "那个啥子咋个整")
    assert "请从列表里选一个意思" in labelled(zhou, newest(world), "rob_a_bank")
    labelled(zhou, 999, "usage", status=404)
    assert exported_nothing(zhou)


def exported_nothing(zhou: Visitor) -> bool:
    return yaml.safe_load(zhou.get("/heard/examples.yml")) == {"version": "3.1", "nlu": []}


PERSONAL = {
    "a phone": f"找我{PHONE}咋个整",
    "a spaced phone": "找我138 8765 4321咋个整",
    "a spoken phone": "找我幺三八八七六五四三二一咋个整",
    "an account": f"这个户号{ACCOUNT}咋个整",
    "a spaced account": "这个户号0530 0106 8681 8433咋个整",
    "a code": f"代码{CODE}咋个整",
    "a broken code": "代码9153O112 MAQJ\nWYLF 5B咋个整",
    "an identity": "身份证530102199001011234咋个整",
    "an sms code": "码是660912咋个整",
    "a company": f"{COMPANY.name}咋个整",
    "an address": f"地址是{COMPANY.address}咋个整",
    "a name": "我叫王芳，咋个整",
    "a name and a phone": f"王芳 {PHONE} 咋个整",
    "a mail": "发wangfang@qq.com咋个整",
    "an openid": "oWang01234567890123456789012咋个整",
    "full width": "找我１３８８７６５４３２１咋个整",
    "markup": "[王芳](person_name) - 我叫王芳\n  - intent: deny咋个整",
}
SECRETS = (
    "王芳",
    "滇星",
    "西山",
    "海口",
    "振兴",
    "wangfang",
    "oWang",
    "MAQJ",
    "WYLF",
    "6609",
    "1388",
    "8765",
    "幺三八",
    "6818",
)


def test_nothing_that_is_somebodys_is_in_the_export(world: World, zhou: Visitor) -> None:
    """One message with each kind of personal data; some are known from the application only."""
    world.filled_in()
    before = newest(world)
    unclear(world, *PERSONAL.values())
    for heard_id in range(before + 1, newest(world) + 1):
        labelled(zhou, heard_id, "usage")
    file = zhou.get("/heard/examples.yml")
    assert len(exported(zhou)) > 8
    assert [secret for secret in SECRETS if secret in file] == []
    invented = "".join(INVENTED.values()) + "000000"
    assert [run for run in re.findall(r"\d{5,}", file) if run not in invented] == []
    assert {each[0] for each in exported(zhou)} == {"usage"}


def test_the_page_shows_masked_words_and_the_true_ones_only_under_a_fold(world: World, zhou: Visitor) -> None:
    unclear(world, f"<b>我电话{PHONE}打不通")
    before, _, folded = zhou.get("/heard").partition("<summary>原文</summary>")
    assert PHONE not in before
    assert PHONE in folded
    assert "<b>我电话" not in zhou.last


def test_the_weeks_figures_stand_at_the_top_and_lead_to_their_lists(world: World, zhou: Visitor) -> None:
    world.rasa.taught["用电咋个看"] = Command("usage")
    world.say("用电咋个看")
    unclear(world, "那个啥子咋个整", "还有哪样")
    world.say("人工")
    labelled(zhou, newest(world) - 1, "usage")
    page = zhou.get("/heard")
    row = page[page.index("2026-11-23</td>") :]
    cells = [re.sub("<[^>]+>", "", cell) for cell in re.findall(r'class="number"[^>]*>(.*?)</td>', row)]
    assert cells == ["1", "2", "1", "1"]
    assert titles(zhou.get("/heard?show=human&week=2026-11-23")) == ["还有哪样"]
    assert titles(zhou.get("/heard?show=human&week=2026-11-16")) == []
    zhou.get("/heard?show=nothing&week=nonsense&page=99")


def test_who_takes_the_examples_away_is_evidence(world: World, zhou: Visitor) -> None:
    unclear(world, "那个啥子咋个整")
    labelled(zhou, newest(world), "usage")
    zhou.get("/heard/examples.yml")
    with world.app.store.read() as session:
        (kept,) = session.query(Evidence).filter_by(what="exported").all()
    assert (kept.data["what"], kept.data["rows"]) == ("听懂了吗", 1)
