"""English words that people here put between their Chinese ("合同 renew 一下", "ETA?"), in the plain words of the examples.

It is for the classifier's eyes only, like wording.py: a word belongs here where it means the same in whichever sentence
of this market it stands. What is no such word stays as it was typed."""

import re

_WORDS: dict[str, str] = {
    # Talk.
    "please pls plz kindly the a an is are am was of for to at in on now just this that it": "",
    "i'm im we're i_am we_are": "我是",
    "i my me our we us mine": "我",
    "you your u": "你",
    "help_me": "帮我",
    "need want would_like wanna": "想",
    "can could may": "可以",
    "no_need": "不用",
    "not don't dont doesn't no": "不",
    "and": "和",
    "thanks thank_you thx ty tks thanks_a_lot": "谢谢",
    "good_morning morning": "早上好",
    "good_afternoon good_evening": "下午好",
    "not_sure no_idea idk don't_know dont_know": "不确定",
    "maybe perhaps": "可能",
    "done finished": "办完了",
    "wait hold_on one_moment": "等一下",
    "right that's_right all_correct all_right": "没错",
    "wrong incorrect mistake": "不对",
    "next_step what's_next whats_next": "下一步怎么办",
    "start_over": "从头再来",
    "go_back previous": "返回上一步",
    "manual guide tutorial": "操作说明",
    "human agent operator real_person staff customer_service": "人工客服",
    "stupid dumb idiot useless silly trash rubbish garbage shit crap fuck fucking sucks": "垃圾",
    "bot robot chatbot": "机器人",
    "test testing": "测试",
    # Questions.
    "how_long eta turnaround": "多久",
    "deadline due_date cutoff": "截止什么时候",
    "when": "什么时候",
    "how_much": "多少钱",
    "how_many": "多少",
    "how how_to": "怎么",
    "what_is_this what's_this whats_this": "这是什么",
    "what what's": "什么",
    "which": "哪些",
    "why reason": "为什么",
    "where": "在哪里",
    "who": "谁",
    # Applications and papers.
    "register registration sign_up signup apply enroll enrol": "注册",
    "application": "申请",
    "owner property_owner": "产权人",
    "landlord": "房东",
    "tenant renter lessee": "租户",
    "payer bill_payer": "代交电费的",
    "group batch bulk multiple": "批量",
    "template xlsx excel_template": "表格模板",
    "doc docs document documents file files paperwork": "资料",
    "licence license business_license": "营业执照",
    "photo photos picture pic": "照片",
    "upload": "上传",
    "submit": "提交",
    "status progress": "进度",
    "approved": "审核通过了",
    "pending": "待审",
    "reject rejected returned refused": "退回",
    "account_number meter_number account_no": "户号",
    "verification_code otp sms_code": "验证码",
    "resend": "重发",
    "cancel": "取消",
    "confirm confirmed": "确认",
    "edit modify update": "修改",
    # Market, companies, packages, contracts.
    "market": "市场",
    "retail": "零售",
    "wholesale": "批发",
    "exit quit leave": "退出",
    "retailer retailers provider supplier": "售电公司",
    "company": "公司",
    "package packages plan plans": "套餐",
    "compare comparison vs versus": "对比",
    "recommend recommendation suggest best": "推荐",
    "price prices pricing rate rates quote": "价格",
    "cheap cheapest cheaper": "便宜",
    "list show": "列出",
    "choose pick select_plan take": "选",
    "contract agreement": "合同",
    "renew renewal extend": "续约",
    "expire expires expiry expiration": "到期",
    "switch change": "换",
    "terminate termination": "提前解除",
    "usage consumption": "用电量",
    "forecast predict estimate": "预测",
    "last_year": "去年",
    "last_month": "上个月",
    "too": "太",
    # Notices, people, and what is not ours.
    "unsubscribe opt_out": "退订",
    "subscribe": "订阅",
    "notification notifications notice notices sms": "短信",
    "bind": "绑定",
    "unbind": "解绑",
    "bill invoice": "电费账单",
    "power_cut blackout outage": "停电",
    "weather": "天气",
}
_CHINESE = {word.replace("_", " "): plain for words, plain in _WORDS.items() for word in words.split()}
# The longest first; spaces as people leave them; never a piece of a longer Latin word.
_ANY = "|".join(re.escape(word).replace(r"\ ", r"\s*") for word in sorted(_CHINESE, key=len, reverse=True))
_PATTERN = re.compile(rf"(?<![a-z0-9_'])(?:{_ANY})(?![a-z0-9_'])")
_TIGHT = {word.replace(" ", ""): plain for word, plain in _CHINESE.items()}


def in_chinese(text: str) -> str:
    """`text` (folded, spaces kept) with the English words above in Chinese."""
    return _PATTERN.sub(lambda found: _TIGHT["".join(found[0].split())], text)
