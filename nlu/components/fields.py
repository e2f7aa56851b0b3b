"""Which field of the registration a word is about."""

import re

# The keys are the product's names of the fields; the words are how accountants call them. Longest match wins.
FIELD_WORDS: dict[str, tuple[str, ...]] = {
    "code": (
        "统一社会信用代码",
        "社会信用代码",
        "信用代码",
        "社会代码",
        "统一代码",
        "机构代码",
        "执照代码",
        "执照号码",
        "执照编号",
        "执照号",
        "注册号",
        "税号",
        "代码",
        "uscc",
    ),
    "name": (
        "公司名称",
        "企业名称",
        "单位名称",
        "公司名字",
        "企业名字",
        "单位名字",
        "公司名",
        "单位名",
        "企业名",
        "厂名",
        "抬头",
        "名称",
    ),
    "type": ("企业类型", "公司类型", "类型"),
    "legal_person": (
        "法定代表人",
        "法人代表",
        "法定代表",
        "法代",
        "法人",
        "负责人",
        "经营者",
        "投资人",
        "执行事务合伙人",
        "老板名字",
        "老板的名字",
    ),
    "capital": ("注册资本", "注册资金", "出资额", "资本"),
    "established": ("成立日期", "成立时间", "注册日期", "成立年份"),
    "term": ("营业期限", "经营期限", "有效期", "期限"),
    "address": ("用电地址", "注册地址", "公司地址", "厂址", "住所", "地址", "经营场所", "营业场所"),
    "scope": ("经营范围", "业务范围"),
    "account_number": (
        "用电户号",
        "电费户号",
        "用户编号",
        "客户编号",
        "用电编号",
        "缴费号",
        "缴费户号",
        "电表户号",
        "户号",
        "户头号",
    ),
    "capacity": ("变压器容量", "报装容量", "合同容量", "运行容量", "容量", "变压器"),
    "contact_name": ("联系人姓名", "联系人名字", "联系人", "经办人", "我的名字", "我名字", "姓名", "名字"),
    "phone": ("联系电话", "手机号码", "电话号码", "手机号", "手机", "电话", "联系方式", "号码"),
    "sms_code": ("短信验证码", "验证码", "校验码", "动态码"),
    "bureau": ("供电单位", "供电局", "供电所", "电力局"),
    "licence": ("营业执照", "执照照片", "营页执照", "营业执造", "营业执照片", "执照", "照片", "图片"),
}

_KEY_OF = {word: key for key, words in FIELD_WORDS.items() for word in words}
_WORDS = re.compile("|".join(sorted(map(re.escape, _KEY_OF), key=len, reverse=True)))


def find_fields(text: str) -> list[tuple[int, int, str]]:
    """Start, end and field key of every field word in folded text, left to right, without overlap."""
    return [(found.start(), found.end(), _KEY_OF[found[0]]) for found in _WORDS.finditer(text)]
