"""What each intent of nlu/assistant/intents.yml is called where people label: one name each, told apart."""

from __future__ import annotations

from collections.abc import Mapping

from domain.registration.applications import FIELD_NAMES
from domain.teaching.tables import IGNORED, UNSURE

GROUPS: Mapping[str, Mapping[str, str]] = {
    "注册": {
        "register": "要注册（产权人或没说是谁）",
        "register_tenant": "租户注册",
        "register_payer": "代缴方注册",
        "register_group": "集团、多个户号注册",
        "tenant_or_payer": "问租户、代缴怎么办",
        "which_documents": "要什么材料",
        "how_to_photograph": "执照怎么拍",
        "no_document_yet": "材料现在没有",
        "hand_in": "补交材料",
        "account_number_help": "户号在哪里看",
        "code_not_received": "收不到验证码",
        "inform": "回答了要填的内容",
        "correct": "前面填的不对",
        "my_identity": "我的身份、绑定、换手机",
    },
    "进度": {
        "progress": "办到哪一步了",
        "returned_why": "为什么退回、怎么改",
        "how_long": "要办多久",
    },
    "市场": {
        "retailer_or_plant": "零售还是批发（问区别）",
        "choose_market": "要选市场（没说哪个）",
        "to_retail": "要去零售市场",
        "to_wholesale": "要去批发市场",
        "leave_market": "退出市场",
        "why_out": "为什么被退出",
    },
    "套餐和售电公司": {
        "recommend": "推荐套餐或公司",
        "list_companies": "有哪些售电公司",
        "choose_company": "选某家售电公司",
        "change_company": "换售电公司",
        "list_packages": "有哪些套餐",
        "compare_packages": "比较套餐",
        "choose_package": "选某个套餐",
        "change_package": "换套餐",
    },
    "合同和用电": {
        "my_contract": "我的合同",
        "renew": "续约",
        "not_renew": "到期不续",
        "end_early": "提前终止",
        "usage": "以往用电量、统计",
        "forecast": "电量预测",
    },
    "答话": {
        "affirm": "是、同意",
        "deny": "不、不同意",
        "unsure": "拿不准的是或否",
        "cancel": "取消",
        "pause": "先放一放",
        "resume": "接着办",
        "back": "回上一步",
        "restart": "重新填",
    },
    "帮助和闲话": {
        "help": "帮助",
        "human": "找人工",
        "rules_question": "问规则",
        "what_is_this": "这是什么、是不是骗子",
        "greet": "问好",
        "thanks": "道谢",
        "stop_notices": "不要通知",
        "start_notices": "恢复通知",
        "out_of_scope": "不归这里管",
    },
    "工作人员": {
        "staff_queue": "待办",
        "staff_approve": "通过",
        "staff_return": "退回",
        "staff_urge": "催办",
        "interface_state": "接口是否正常",
    },
}
INTENTS: Mapping[str, str] = {intent: name for group in GROUPS.values() for intent, name in group.items()}
_ASKING = {"licence": "拍执照", "confirm": "确认", "sms_code": "验证码"}


def asking_name(asking: str) -> str:
    """What was being asked, in words."""
    return _ASKING.get(asking) or FIELD_NAMES.get(asking, asking)


def name_of(intent: str) -> str:
    """What an intent, or what stands in its place, is called."""
    return {UNSURE: "没听懂", IGNORED: "忽略", "": "—"}.get(intent) or INTENTS.get(intent, intent)
