"""Words without what tells who wrote them: numbers, codes, names, companies, addresses become marks, and marks become
invented values. It hides rather too much than too little: an example less is no loss."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

MOST = 500  # characters that are read; longer messages teach nothing

PERSON, COMPANY, ADDRESS = "姓名", "公司", "地址"
# Each mark with the invented value that stands for it in an example.
INVENTED = {
    PERSON: "王某某",
    COMPANY: "昆明某某有限公司",
    ADDRESS: "昆明市某某路1号",
    "户号": "0530000000000000",
    "手机": "13000000000",
    "身份证": "530000190001010000",
    "信用代码": "91530000MA00000000",
    "编号": "A00000000",
    "邮箱": "a@example.com",
    "网址": "https://example.com",
}
_MARK = re.compile(rf"【(?:{'|'.join(INVENTED)}|\d\d?位数)】")
_LENGTH = re.compile(r"【(\d\d?)位数】")

_HAN = "\u3400-\u9fff"
_DIGIT = "0-9零〇幺一二三四五六七八九两壹贰叁肆伍陆柒捌玖"
_HOTLINE = "95598"
_AS_DIGITS = str.maketrans("零〇幺一二三四五六七八九两壹贰叁肆伍陆柒捌玖", "0011234567892123456789")
_BETWEEN = r"[\s\-_.,，、。·:：—–]{0,3}"
_WEB = re.compile(r"(?:https?://|www\.)[^\s\u3000-\u9fff]+", re.I)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_CODE = re.compile(rf"(?<![0-9A-Za-z])[0-9A-Za-z](?:{_BETWEEN}[0-9A-Za-z]){{17}}(?![0-9A-Za-z])")
_TOKEN = re.compile(r"[0-9A-Za-z_-]{6,}")
_NUMBER = re.compile(rf"[{_DIGIT}](?:{_BETWEEN}[{_DIGIT}]){{4,}}")

_FULL = r"(?:有限责任公司|股份有限公司|有限公司|专业合作社|合作社|(?:普通|有限)合伙|分公司|集团)"
_COMPANY = re.compile(rf"[{_HAN}A-Za-z0-9()·]{{2,60}}?{_FULL}+(?:[{_HAN}]{{2,8}}分(?:公司|厂|店))?")
_SHOP = re.compile(
    rf"[{_HAN}A-Za-z0-9()·]{{2,16}}?(?:公司|厂|矿|店|商行|经营部|酒店|宾馆|医院|学校|超市|加工坊|养殖场|农场|种植园)"
)
# Words after which a company's name begins; the shorter ones only before what is a company's name for certain.
_BEFORE_FULL = re.compile(
    r".*(?:公司叫|叫做|名称是|名字是|改成|改为|换成|换到|选择|请问|退出|关于|我们是|我是|叫|是|选|找)"
)
_BEFORE_SHOP = re.compile(
    r".*(?:我们|咱们|你们|他们|我|叫|是|的|换|选|找|查|问|请|给|跟|想|要|把|从|为|成|名称|名字|在|哪家|哪个|这家|那家|这个|那个|几家|一家|两家|多家)"
)
_NO_NAME = re.compile(
    r"[^\u3400-\u9fffA-Za-z0-9]*(?:我们|我是|有|要|哪|能|可以|怎么|么|一下|能不|用|年|次|填错|认错|更改|成立|注册|隔壁|对面|别人|朋友|附近|哪里|淘宝|连锁|替|帮|"
    r"虚拟|生物质|自备|储能|光伏|安装|保险|会计|财务|手电|首电|售店|售電|铁塔|移动|建材|建筑|水泥|洗煤|砂石|集团|外省|啥子|学校|新建|变压器|限|不是|有限|责任|些|合适|靠谱|最|多|少|几|个|办|去|到|开|了|售电|供电|电网|发电|电力|国企|水|电|火|工|本|该|贵|总|分|子|母|新|老|旧|好|小|大|什么|哪些|有些|其他|别|原来|现在|推荐|介绍|列出|比较|所有|全部|便宜|个体|商)*"
)
_ADDRESS = re.compile(
    rf"[{_HAN}]{{2,24}}?(?:路|街|大道|巷|村|组|号院|小区|园区|工业园|开发区|片区)[{_HAN}]{{0,12}}?[0-9一二三四五六七八九十百]+[号栋幢座][{_HAN}0-9\-]{{0,12}}"
)
_BEFORE_PLACE = re.compile(r".*(?:地址是|地址在|住所是|地址|住所|我们在|改成|改为|在|是)")

_SURNAME = (
    "(?:欧阳|司马|上官|诸葛|尉迟|慕容|令狐|司徒|夏侯|[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许"
    "傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹"
    "黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢岳齐梅莫庄辛管祝左涂谷祁时舒耿牟"
    "卜詹关苗凌费纪靳盛童欧甄项曲游阳裴席卫屈鲍覃霍翁隋甘景薄柯阮桂闵解柴华车冉房边吉饶刁瞿戚丘米池滕晋苑臧岩玉刀召"
    "普者沐字起自罕阿杞矣角木和])"
)
_NAME = rf"(?!管理|全部|都|马上|谢谢|高压|方便|明天|应该){_SURNAME}[{_HAN}·]{{1,3}}?"
_NAME_ENDS = (
    rf"(?=$|[^{_HAN}]|电话|手机|号码|联系|法人|身份|户号|是我|是本|先生|女士|小姐|经理|会计|出纳|老板|主任|厂长|师傅|老师|"
    r"的|了|吧|哈|嘛|呀|啊|呢|噻|哦|和|跟|不|没|对|这|他|她|来|去|要|想)"
)
_CALLED = re.compile(
    rf"((?:我(?:的名字|名字|姓名)?(?:就)?(?:叫|是)|(?:联系人|经办人|收件人|姓名|名字|法定代表人|法人代表|法人|负责人|经营者|老板)"
    rf"(?:姓名|名字)?(?:现在|应该|其实|就|要|改|换)*(?:是|为|叫|成|写|填|:)*|名叫|叫做|叫|改成|改为|换成|应该是|写成)[\s:,]*){_NAME}{_NAME_ENDS}"
)
_TITLED = re.compile(
    rf"(?!谢谢|谢老师|章被|管理){_SURNAME}[{_HAN}]{{0,2}}?(?=先生|女士|小姐|经理|会计|出纳|老板|主任|厂长|师傅|老师|总(?![{_HAN}]))"
)
_BY_PHONE = re.compile(
    rf"{_SURNAME}[{_HAN}]{{1,2}}(?=[\s,，、:]*(?:的?(?:电话|手机|手机号|号码)(?:是)?)?[\s:]*【手机】)"
)
_AFTER_PHONE = re.compile(rf"(?<=【手机】)([\s,，、:]*){_SURNAME}[{_HAN}]{{1,2}}(?=$|[\s,，、。;])")
_ALONE = re.compile(rf"\s*{_SURNAME}[{_HAN}·]{{1,3}}\s*")

Named = Iterable[tuple[str, str]]  # mark, and the words that it hides


def masked(text: str, named: Named = (), *, asked_for_a_name: bool = False) -> str:
    """The text with marks for what is somebody's. `named`: words that are known to be a name, a company, a place."""
    plain = " ".join(unicodedata.normalize("NFKC", text[:MOST]).split())
    plain = "".join(char for char in plain if char.isprintable()).replace("[", "［").replace("]", "］")
    for mark, words in sorted(named, key=lambda each: -len(each[1])):
        bare = " ".join(unicodedata.normalize("NFKC", words).split())
        if len(bare) > 1:
            plain = re.sub(re.escape(bare), f"【{mark}】", plain, flags=re.I)
    if asked_for_a_name and _ALONE.fullmatch(plain):
        return f"【{PERSON}】"
    plain = _MAIL.sub("【邮箱】", _WEB.sub("【网址】", plain))
    plain = _NUMBER.sub(_number, _TOKEN.sub(_token, _CODE.sub(_code, plain)))
    return _people(_SHOP.sub(_shop, _COMPANY.sub(_company, _ADDRESS.sub(_address, plain))))


def _code(found: re.Match[str]) -> str:
    """Eighteen characters of a code, however they are spaced: a company's, or a person's."""
    bare = re.sub(r"[^0-9A-Za-z]", "", found[0])
    if sum(char.isdigit() for char in bare) < 8:
        return found[0]
    return "【身份证】" if re.fullmatch(r"[1-8]\d{16}[\dXx]", bare) else "【信用代码】"


def _number(found: re.Match[str]) -> str:
    """Five digits in a row, also with spaces between them or in characters; with other signs between, seven."""
    runs = re.split(rf"[^{_DIGIT}]+", found[0])
    digits = "".join(runs).translate(_AS_DIGITS)
    spaced = not re.sub(rf"[{_DIGIT}\s]", "", found[0])
    if len(digits) < 7 and not spaced and max(map(len, runs)) < 5:
        return found[0]
    if re.fullmatch(r"(?:86)?1[3-9]\d{9}", digits):
        return "【手机】"
    return (
        "【户号】"
        if re.fullmatch(r"0\d{15}", digits)
        else f"【{min(len(digits), 30)}位数】"
        if digits != _HOTLINE
        else found[0]
    )


def _token(found: re.Match[str]) -> str:
    """Letters with digits or underlines in one piece: an account of something. A nameplate's type says nothing."""
    word = found[0]
    if len(word) < 8 or re.fullmatch(r"S[A-Za-z]{0,5}\d{1,2}-[A-Za-z]?\d{2,4}", word):
        return word
    mixed = any(map(str.isdigit, word)) and any(map(str.isalpha, word))
    return "【编号】" if mixed or "_" in word else word


def _company(found: re.Match[str]) -> str:
    lead = _BEFORE_FULL.match(found[0])
    at = lead.end() if lead and len(found[0]) - lead.end() > 5 else 0
    if _NO_NAME.fullmatch(re.sub(_FULL + "+$", "", found[0][at:])):
        return found[0]
    return f"{found[0][:at]}【{COMPANY}】"


def _shop(found: re.Match[str]) -> str:
    """A company without its form: only where something is left of it that is a name."""
    lead = _BEFORE_SHOP.match(found[0])
    at = lead.end() if lead else 0
    bare = re.sub(r"(?:公司|厂|矿|店)$", "", found[0][at:])
    return found[0] if len(bare) < 2 or _NO_NAME.fullmatch(bare) else f"{found[0][:at]}【{COMPANY}】"


def _address(found: re.Match[str]) -> str:
    lead = _BEFORE_PLACE.match(found[0])
    at = lead.end() if lead and len(found[0]) - lead.end() > 4 else 0
    return f"{found[0][:at]}【{ADDRESS}】"


def _people(plain: str) -> str:
    plain = _CALLED.sub(rf"\1【{PERSON}】", plain)
    plain = _AFTER_PHONE.sub(rf"\1【{PERSON}】", _BY_PHONE.sub(f"【{PERSON}】", plain))
    return _TITLED.sub(f"【{PERSON}】", plain)


def invented(text: str) -> str:
    """Masked words with invented values for the marks."""
    filled = _LENGTH.sub(lambda found: "0" * int(found[1]), text)
    return _MARK.sub(lambda found: INVENTED[found[0][1:-1]], filled)


def says_something(text: str) -> bool:
    """Whether masked words hold more than marks."""
    return bool(re.search(rf"[{_HAN}A-Za-z0-9?？]", _MARK.sub("", text)))


def words_at(text: str, places: Sequence[Sequence[object]]) -> list[tuple[str, str]]:
    """The words that stand at places of a text, each with its mark."""
    return [(str(mark), text[int(str(start)) : int(str(end))]) for mark, start, end in places]
