"""Short messages that can only mean one thing: 是的, 不对, 取消, 返回, 人工. They steer the talk, so no classifier guesses them."""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from components.context import ADMITTED, context_of
from components.folding import fold

# What may stand before, between and after the words without changing them.
_PAD = r"[\s,.。;:!~、…\"“”()\[\]-]|那就|那|就|请|麻烦|帮我|给我|我要|我想要?|要|先|一下|一哈|下|吧|了|啊|呀|哈|嘛|呢|哦|噢|喔|噻|嘞|啦|哟|呐|的|掉|这个|申请|流程"
_WORDS: dict[str, str] = {
    "affirm": r"是|对|对头|没得错|好|行|中|可以|确认|确定|同意|我同意|没错|没有错|没问题|没毛病|正确|无误|准确|属实|提交|交|要得|得行|嗯|恩|妥|认可|就这样|是我|是本人|"
    r"都对|全对|全部对|全部正确|都正确|都没错|都没问题|都是对|信息|内容|资料|核对过|看过|ok|okk|okay|yes|yep|yeah|错不了|👌|✅|👍?✅|照这样?交|是我们公司|是这家",
    "deny": r"不|不是|不对|不行|不要|不用|不可以|不同意|我不同意|不确认|不正确|不好|不得行?|要不得|不对头|否|非也|别|别提交|不提交|不要提交|不能提交|不能交|不交|别交|不要交|不可以提交|"
    r"没同意|不是我|不是我们|不是我们公司|不是我们单位|不是我们厂|不是我们家|不是我家|no|nope|wrong|❌",
    "cancel": r"取消|取销|不要了|取消注册|退出|退出注册|退出登记|退出办理|撤销|撤回|撤了|作废|放弃|我放弃|不办|不弄|不搞|不整|不填|不注册|不登记|不想办|不想弄|不想填|不想搞|不想注册|算|算球|算了|cancel|quit|exit|终止|中止|我",
    "back": r"返回|上一步|上一个|上一题|返回上一步|回到上一步|退回上一步|退回到上一步|后退|回退|退一步|退回去|倒回去|back",
    "restart": r"重来|重新来|重新来过|从头来|从头再来|从头开始|重头开始|重头来|重新开始|重新填|重新填写|重填|清空|清空重填|重置|再来一遍|全部重来|全部重填|restart|reset",
    "human": r"人工|人工客服|人工服务|人工坐席|转人工|转人工客服|转人工服务|转接人工|找人工|找客服|找真人|真人|真人客服|在线客服|人工在吗|投诉|投诉你们",
    "help": r"帮助|菜单|怎么用|怎么操作|怎么弄|不会用|不会弄|使用说明|操作说明|help",
    "resume": r"继续|接着来|接着办|接着填|接着弄|继续填|继续办|继续填写|继续办理|我们?继续|continue",
    "pause": r"暂停|等|稍等|等等|等会|等会儿|等我|待会|待会儿|一会儿|等哈|等哈哈|晚点|晚点再?弄|明天再?弄|明天再?办",
    "greet": r"你好|您好|早|早上好|上午好|中午好|下午好|晚上好|哈喽|嗨|hello|hi|在吗|在不|在不在|有人吗|有人在吗|老师|客服",
    "thanks": r"谢谢|谢谢你|谢谢您|谢谢老师|多谢|感谢|非常感谢|十分感谢|辛苦|谢|thanks|thankyou|thx|3q|🙏",
    "stop_notices": r"退订|td|t|退订短信|退订通知|unsubscribe",
}
# Words that fill a sentence but do not decide it alone.
_WEAK = {"affirm": r"信息|内容|资料|核对过|看过", "cancel": r"我", "greet": r"老师|客服"}


def _whole(words: str) -> re.Pattern[str]:
    longest_first = "|".join(sorted(words.split("|"), key=len, reverse=True))
    return re.compile(rf"(?:{longest_first}|{_PAD})+")


# A pause, or a negation of a negation: not firm.
_DOUBTFUL = re.compile(r"\.\.|不是[不没别]")

_WHOLE = {intent: _whole(words) for intent, words in _WORDS.items()}
_ONLY_WEAK = {intent: _whole(words) for intent, words in _WEAK.items()}
_LEAVES = re.compile("退出|终止|中止|不办|不搞|不参加")
_ONLY_PAD = re.compile(rf"(?:{_PAD})*")


def firm_intent(text: str, stage: str = "") -> str | None:
    """The one intent that the whole of `text` can mean by the tables above, or None where there is none or more than one.
    Who is in the market has no form to leave: there “退出” is the classifier's to read."""
    plain = fold(text).text.replace(" ", "")
    if len(plain) > 20 or _DOUBTFUL.search(plain) or _ONLY_PAD.fullmatch(plain):
        return None
    fits = [
        intent
        for intent, whole in _WHOLE.items()
        if whole.fullmatch(plain) and not (intent in _ONLY_WEAK and _ONLY_WEAK[intent].fullmatch(plain))
    ]
    if stage in ADMITTED and fits == ["cancel"] and _LEAVES.search(plain):
        return None
    return fits[0] if len(fits) == 1 else None


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class FirmWords(GraphComponent, IntentClassifier):
    """Sets the intent of a firm message with full confidence; the ranking of the classifier stays behind it."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FirmWords:
        """A new component; it has nothing to configure and nothing to learn."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Decides the messages that are firm and leaves the others alone."""
        for message in messages:
            stage = str(context_of(message.get("metadata")).get("stage") or "")
            name = firm_intent(message.get(TEXT) or "", stage)
            if name:
                intent = {"name": name, "confidence": 1.0}
                ranking = [rank for rank in message.get("intent_ranking", []) if rank["name"] != name]
                message.set(INTENT, intent, add_to_output=True)
                message.set("decided_by", "exact", add_to_output=True)
                message.set("intent_ranking", [intent, *ranking], add_to_output=True)
        return messages
