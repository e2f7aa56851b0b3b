"""WeChat's own customer-service desk in the sandbox: a talk that the product transfers, until it is closed."""

from __future__ import annotations

from typing import Any

from tests.sandbox.harness import Client, Product, until


def transfer(product: Product, fields: dict[str, Any]) -> bytes:
    """Transfers every message, answers no event."""
    if fields["MsgType"] == "event":
        return b"success"
    return product.sealed(product.text(fields, "").replace("<![CDATA[text]]>", "<![CDATA[transfer_customer_service]]>"))


def shown_texts(sandbox: Client) -> list[str]:
    return [each["text"] for each in sandbox.http.get("/sandbox/people/p1/messages?after=0").json()]


def events(sandbox: Client) -> list[str]:
    return [post["fields"]["Event"] for post in sandbox.product.posts if post["fields"]["MsgType"] == "event"]


def transferred(sandbox: Client) -> None:
    """The person asks for somebody, and the product hands the talk over."""
    sandbox.product.answer = transfer
    sandbox.do("text", content="人工")
    until(lambda: "[已转接人工客服]" in shown_texts(sandbox))


def test_a_transferred_talk_is_shown_once(sandbox: Client) -> None:
    """Each further message is transferred, too; the phone does not say so again."""
    transferred(sandbox)
    sandbox.do("text", content="在吗")
    until(lambda: len(sandbox.product.posts) == 2)
    assert shown_texts(sandbox).count("[已转接人工客服]") == 1


def test_a_talk_that_the_desk_has_does_not_reach_the_product(sandbox: Client) -> None:
    """Taken, answered, closed: the product hears of the beginning and the end."""
    transferred(sandbox)
    sandbox.do("kf", do="take")
    until(lambda: events(sandbox) == ["kf_create_session"])
    before = len(sandbox.product.posts)
    seq = sandbox.do("text", content="我的户号错了")
    until(lambda: sandbox.message(seq)["status"] == "delivered")
    sandbox.do("kf", do="say", content="帮您改好了")
    assert "帮您改好了" in shown_texts(sandbox)
    assert len(sandbox.product.posts) == before
    sandbox.do("kf", do="close")
    until(lambda: events(sandbox) == ["kf_create_session", "kf_close_session"])
    assert sandbox.product.posts[-1]["fields"]["KfAccount"] == "kf2001@sandbox"
    sandbox.do("text", content="谢谢")
    until(lambda: sandbox.product.posts[-1]["fields"].get("Content") == "谢谢")


def test_after_half_an_hour_messages_reach_the_product_again(sandbox: Client) -> None:
    """As WeChat does when the desk forgets to close."""
    transferred(sandbox)
    sandbox.do("kf", do="take")
    sandbox.http.post("/sandbox/clock", json={"advance_seconds": 1801})
    sandbox.do("text", content="还在吗")
    until(lambda: sandbox.product.posts[-1]["fields"].get("Content") == "还在吗")


def test_the_desk_has_nothing_to_say_where_nothing_was_transferred(sandbox: Client) -> None:
    """A refusal that names the reason."""
    for doing in ("take", "say", "close"):
        answer = sandbox.http.post("/sandbox/people/p1/kf", json={"do": doing})
        assert answer.status_code == 409
    assert sandbox.http.post("/sandbox/people/p1/kf", json={"do": "sing"}).status_code == 400
