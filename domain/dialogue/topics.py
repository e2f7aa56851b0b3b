"""Short answers along the way. What is a rule stands in the knowledge base (`domain.dialogue.knowledge_talk`)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from domain.messages.messages import Option, Say

REGISTER, PROGRESS, HUMAN = (
    Option("我要注册", "cmd:register"),
    Option("我的进度", "cmd:progress"),
    Option("人工服务", "cmd:human"),
)

TOPICS: Mapping[str, tuple[str, tuple[Option, ...]]] = {
    "out_of_scope": ("我只办电力市场的注册和合同。停电、电费、报装请拨95598。", (REGISTER, PROGRESS)),
    "cross": ("让您不痛快了，对不住。哪里没办好，您说一句，我接着办；想和人说，回复“人工”。", (HUMAN, PROGRESS)),
    "thanks": ("不客气，有事随时找我。", ()),
    "unsure": ("不着急，您先看看，想好了直接回复就行；现在什么都没有改变。", ()),
    "help": (
        "您可以直接说：\n· 我要注册\n· 我的进度\n· 要哪些材料 / 常见问题\n· 返回 / 重来 / 取消\n· 人工\n"
        "发营业执照照片也可以直接开始。",
        (REGISTER, PROGRESS, HUMAN),
    ),
    "voice": ("我还听不了语音，请打字告诉我。不方便打字的，用输入法上的话筒说，变成文字再发。", (REGISTER, PROGRESS)),
    "unsupported": ("这类消息我看不了，请发文字，或发营业执照照片。", (REGISTER, PROGRESS)),
    "stop_notices": (
        "已停止给您发通知。您自己要的验证码、对您消息的回复照常。想恢复，回复“恢复通知”。",
        (),
    ),
    "start_notices": ("已恢复进度通知。", ()),
}

_CROSS = re.compile(
    "傻[逼比叉子x]|煞笔|[沙傻]雕|脑残|智障|弱智|废物|垃圾|他妈|妈的|[滚去]你|去死|神经病|有病|狗屁|放屁|什么玩意|什么破|破系统|"
    "烂系统|坑人|坑爹|骗子|扯淡|气死|烦死|恼火|难用|火大"
)


def is_cross(text: str) -> bool:
    """Whether somebody is cross with the desk: they get an apology and the way to a person. It decides nothing else."""
    return bool(_CROSS.search(text.casefold()))


def topic(name: str) -> Say:
    """What is said to it. KeyError for a name that is no topic."""
    return Say(*TOPICS[name])
