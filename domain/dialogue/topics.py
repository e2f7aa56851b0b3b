"""Short answers to what people ask along the way. Figures come from the settings; nothing is invented."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from domain.messages.messages import Option, Say
from domain.settings import value

REGISTER, PROGRESS, HUMAN = (
    Option("我要注册", "cmd:register"),
    Option("我的进度", "cmd:progress"),
    Option("人工服务", "cmd:human"),
)

TOPICS: Mapping[str, tuple[str, tuple[Option, ...]]] = {
    "what_is_this": (
        "我是电力市场的自动服务台，帮用电企业注册入市、查进度。资料只用于注册审核，不收费。",
        (REGISTER, PROGRESS),
    ),
    "how_long": (
        "填写大约5分钟。提交后由供电局和交易中心审核，一般不超过{admission_days}个工作日，每一步都发短信告诉您。",
        (REGISTER,),
    ),
    "which_documents": (
        "只要三样：营业执照照片、16位户号、联系人手机（收验证码）。其余由系统自动查，不用您填。\n"
        "电表不在贵公司名下的：租用场地的加租赁协议和产权人的授权委托书；只代缴电费的，再加租户的授权委托书。",
        (REGISTER,),
    ),
    "how_to_photograph": (
        "把执照平放，四个角都拍进去，别反光、别遮挡，字能看清就行。正本、副本、横拍竖拍都可以，也可以请别人代拍。",
        (),
    ),
    "rules_question": (
        "注册不收费，企业和个体工商户都可以办。受电容量{wholesale_from_kva}千伏安及以上可选批发或零售市场，"
        "不到的走零售市场，由售电公司代理。",
        (REGISTER,),
    ),
    "account_number_help": ("户号是16位数字、05开头，印在电费单左上角；网上国网APP的“我的户号”里也能查到。", ()),
    "letter_help": (
        "授权委托书写清五样：谁委托（产权人或租户全称）、委托谁（贵公司或经办人姓名和身份证号）、办什么（户号的电力市场注册和交易）、"
        "到哪一天为止、落款盖公章并由负责人签字。手写、打印都可以。",
        (),
    ),
    "retailer_or_plant": (
        "售电公司和发电企业暂时不能在这里自助注册，请到交易中心网站办理。",
        (),
    ),
    "no_document_yet": ("没关系，可以先发18位统一社会信用代码，照片以后补；填过的我都替您留着。", ()),
    "out_of_scope": ("我只办电力市场的注册和合同。停电、电费、报装请拨95598。", (REGISTER, PROGRESS)),
    "thanks": ("不客气，有事随时找我。", ()),
    "unsure": ("不着急，您先看看，想好了直接回复就行；现在什么都没有改变。", ()),
    "help": (
        "您可以直接说：\n· 我要注册\n· 我的进度\n· 要哪些材料\n· 返回 / 重来 / 取消\n· 人工\n"
        "发营业执照照片也可以直接开始。",
        (REGISTER, PROGRESS, HUMAN),
    ),
    "voice": ("我还听不了语音，请打字告诉我。", (REGISTER, PROGRESS)),
    "unsupported": ("这类消息我看不了，请发文字，或发营业执照照片。", (REGISTER, PROGRESS)),
    "stop_notices": (
        "已停止给您发通知。您自己要的验证码、对您消息的回复照常。想恢复，回复“恢复通知”。",
        (),
    ),
    "start_notices": ("已恢复进度通知。", ()),
}


class _Figures(dict[str, object]):
    """The settings that a text names, looked up as it names them."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def __missing__(self, name: str) -> object:
        return value(self._session, name)


def topic(session: Session, name: str) -> Say:
    """The answer to a question, with the figures as they are set now. KeyError for a name that is no topic."""
    text, options = TOPICS[name]
    return Say(text.format_map(_Figures(session)), options)
