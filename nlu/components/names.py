"""People's names: after words that announce one, or bare when a name was asked for."""

import re

from components.companies import PLACES

_COMPOUND = "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|长孙|宇文|司徒|夏侯|端木|百里|南宫|欧|阳"
# The common surnames, with those of Yunnan's Yi, Dai, Bai, Naxi, Hui and Hani families.
_SINGLE = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟"
    "龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂"
    "闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙薄伏岑习胥保和"
    "肖付闫代寸纳缪佘蔺侬尚撒旷"
    "岩玉刀召普者沐字起自鲁罕阿尼帕杞矣角茶赧思依禾朵腊"
)
SURNAME = rf"(?:{_COMPOUND}|[{_SINGLE}])"
_HAN = "\u4e00-\u9fff"

# What follows a name, so that the name's end is known.
_END = r"(?=$|[^\u4e00-\u9fff]|电话|手机|号码|联系|法人|身份|户号|是我们|是本|是公司|是厂|先生|女士|经理|会计|出纳|老板|主任|厂长|师傅|的(?!人)|了|吧|哈|嘛|呀|啊|呢|噻|哦|和|跟|，|,|这个|才|不是|没|对|就是)"
_LEAD = (
    r"(?:我(?:的名字|名字|的姓名|姓名)?(?:就)?(?:叫|是)|(?:联系人|经办人|姓名|名字|法定代表人|法人代表|法人|负责人|经营者|老板|联系的人|收件人)"
    r"(?:姓名|名字|的名字)?(?:现在|应该|实际|其实|就|要|改|换)*(?:是|为|叫|成|写|填|:|就是)*|名叫|叫做|叫|改成|改为|换成|应该是|应是|写成|[要该请][写填](?:成|的是)?|不是.{1,6}是|是)"
)
_AFTER_LEAD = re.compile(rf"(?P<lead>{_LEAD})[\s:,]*(?P<name>{SURNAME}[{_HAN}·]{{1,3}}?){_END}")
_SPELT = re.compile(
    rf"(?P<name>{SURNAME}[{_HAN}]{{1,2}}),?(?:弓长|木子|口天|双木|耳东|草头|立早|古月|言午|三点水|这个)"
)
# 张伟 13888881234 and 13888881234，张伟: a name beside a phone number needs no word that announces it.
_PHONE = r"(?:\+?86[ -]?)?1[3-9](?:[ -]?\d){9}(?!\d)"
_BEFORE_PHONE = re.compile(
    rf"(?:^|[\s,，、:;。])(?P<name>{SURNAME}[{_HAN}]{{1,2}}?)[\s,，、:]*(?=的?(?:联系)?(?:电话|手机号码?|手机|号码)?[\s,，:是]*{_PHONE})"
)
_AFTER_PHONE = re.compile(rf"{_PHONE}[\s,，、:]*(?P<name>{SURNAME}[{_HAN}]{{1,2}})(?=$|[\s,，、。;])")
_BARE = re.compile(rf"(?:{SURNAME}[{_HAN}]{{1,3}}|[{_HAN}]{{1,10}}·[{_HAN}·]{{1,10}})")

# Ends and wholes that look like a name after a surname character, but are not one.
_NOT_NAME = re.compile(
    r"(?:先生|女士|经理|会计|出纳|老板|主任|厂长|师傅|老师|总|姐|哥|公司|厂|店|局|区|市|县|镇|村|户|部|所|站|路|号|人|单位|表|证|费|电|码|址|称|字|的|了)$"
    r"|^(?:孙[女子儿]|舅[舅妈]|爷爷|奶奶|外[公婆孙])|(?<=.)[来去](?:[照弄办搞填拍传整做写]|帮[忙我])$"
    r"|^(?:都[传要有没在给能会]|自动|房主|费[呀用]|代[理办表码收购缴交]|付[款给钱费过清完了]|尚未|来注|来办|官方|房东|房屋|高压|低压|高新|全部|全是|来了|都是|都不|都对|都错|应该|成功|时候|原来|关于|计量|简单|单独|包括|别人|都可|安全|方便|方法|文件|明天|和你|和我|查询|查下|"
    r"商量|解释|管理|自己|自家|起来|平时|常用|于是|应急|万一|白天|路上|车间|高了|都有|都行|都要|木有|阿姨|符合|盖章|官网|明年|计划|习惯|字写|字打|字错|时效|文员|乐意|安宁|简称|应当|全体|强行|那个|安排)"
)

_ALSO_NAMES = frozenset({"马龙", "罗平", "安宁"})  # places that people are called, too


def _is_name(word: str) -> bool:
    return not _NOT_NAME.search(word) and word not in PLACES - _ALSO_NAMES


def find_names(text: str) -> list[tuple[int, int]]:
    """Start and end of names in folded text that a word announces (我叫…, 法定代表人是…), that stand
    beside a phone number, or that a spelling follows."""
    found = [m.span("name") for m in _AFTER_LEAD.finditer(text) if _is_name(m["name"])]
    found += [
        m.span("name") for m in (*_BEFORE_PHONE.finditer(text), *_AFTER_PHONE.finditer(text)) if _is_name(m["name"])
    ]
    found += [m.span("name") for m in _SPELT.finditer(text) if _is_name(m["name"])]
    return sorted(set(found))


def names_apart(text: str) -> list[tuple[int, int]]:
    """Where a name was asked for: the whole text as a name, or the one part between signs and spaces that is one."""
    parts = [m.span() for m in re.finditer(r"[^\s,.。!~、?？:;]+", text)]
    named = [(start, end) for start, end in parts if bare_name(text[start:end])]
    return named if len(named) == 1 else []


def bare_name(text: str) -> bool:
    """True where the whole of `text` can be a person's name; only to be asked where a name is expected."""
    return bool(_BARE.fullmatch(text)) and _is_name(text)
