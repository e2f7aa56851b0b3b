"""Names of companies: with a company form anywhere, without one where the name is asked. Command words in them (曲靖不同意文化,
玉溪进度印刷) are part of the name."""

import re

_HAN = "\u4e00-\u9fff"
_PLACES = (
    "云南|昆明|曲靖|玉溪|保山|昭通|丽江|普洱|临沧|楚雄|红河|文山|西双版纳|版纳|大理|德宏|怒江|迪庆|安宁|宣威|腾冲|个旧|开远|蒙自|弥勒|景洪|瑞丽|芒市|香格里拉|泸水|水富|"
    "五华|盘龙|官渡|西山|呈贡|晋宁|东川|嵩明|富民|宜良|石林|禄劝|寻甸|麒麟|沾益|马龙|陆良|师宗|罗平|富源|会泽|红塔|江川|澄江|通海|华宁|易门|峨山|新平|元江|隆阳|施甸|"
    "龙陵|昌宁|昭阳|鲁甸|巧家|盐津|大关|永善|绥江|镇雄|彝良|威信|古城区|玉龙|永胜|华坪|宁蒗|思茅|宁洱|墨江|景东|景谷|镇沅|江城|孟连|澜沧|西盟|临翔|凤庆|云县|永德|镇康|"
    "双江|耿马|沧源|禄丰|双柏|牟定|南华|姚安|大姚|永仁|元谋|武定|建水|石屏|泸西|元阳|绿春|屏边|金平|河口|砚山|西畴|麻栗坡|马关|丘北|广南|富宁|勐海|勐腊|祥云|宾川|弥渡|"
    "南涧|巍山|永平|云龙|洱源|剑川|鹤庆|漾濞|梁河|盈江|陇川|福贡|贡山|兰坪|德钦|维西"
)
_PLACE = re.compile(_PLACES)
PLACES = frozenset(_PLACES.split("|"))
_LONG_FORM = re.compile(
    rf"[{_HAN}][{_HAN}()]{{3,24}}?(?<![想要用在把给的])(?:有限责任公司|股份有限公司|集团有限公司|有限公司|合作社|股份公司|集团公司|个人独资企业|合伙企业\((?:有限|普通)合伙\))(?:[{_HAN}]{{2,6}}分公司)?"
)
# A shorter form is common speech (我们开了个厂): it needs a place in front and a word of its own.
_SHORT_FORM = re.compile(
    rf"(?:{_PLACES})[省市县区州]?(?:(?![的是在有个那这哪家开吗么我你他们各和、]|地区)[{_HAN}()]){{2,14}}?"
    r"(?:(?<!售电)(?<!手电)(?<!供电)(?<!电网)(?<!电力)公司(?!名)|厂(?![房区家长里门子址商])|经营部|经营户|商行|酒店|宾馆|商店|超市|工作室|事务所|养殖场|门市部|服务部|旅行社|饭店)"
)
_LEAD = re.compile(
    r"^.*(?:不是|应该是|应该为|应是|名称是|名字是|名是|名称为|名称|名字|全称|名叫|公司是|公司叫|厂叫|我们是|我是|改成|改为|更名为|变更为|换成|叫做|写的是|叫|是|我们|咱们)"
)
_ENDS_LEAD = re.compile(rf"(?:^|{_LEAD.pattern.removeprefix('^.*')}|为|在|请查|登记|公司|单位|企业|户名|[^{_HAN}])$")

# Where the name is asked, a message of one piece that begins with a place or ends with a trade.
_ASKED_LEAD = re.compile(
    r"^(?:不是[^,]{0,12},)?(?:我们|我司|我|本)?(?:公司|单位|企业|厂)?的?(?:名称|名字|全称|全名)?(?:应该|就)?(?:是|叫做|叫|为)?[\s:,]*"
)
_WHOLE = re.compile(rf"[{_HAN}a-z\d()·&\-]{{4,30}}")
_TRADE = re.compile(
    "(?:文化|印刷|科技|商贸|贸易|建材|食品|酒店|工贸|实业|矿业|农业|物流|化工|机械|电子|纺织|包装|医药|置业|传媒|餐饮|水泥|钢铁|冶金|物业|茶业|生物|旅游|"
    "塑料|纸业|管理|服务|咨询|销售|制造|加工|开发|装饰|广告|教育|医疗|汽修|养殖|种植|能源|建设|工程|投资|控股|集团|厂|公司|中心|商行|经营部|超市|宾馆)$"
)
_TALK = re.compile(
    "[吗呢么吧了啊]$|什么|怎么|咋|哪|多少|如何|可以|能不能|是不是|要不要|不知道|还没|没有|等一|请问|你们|公司名"
)


def find_companies(text: str, *, asked: bool) -> list[tuple[int, int]]:
    """Start and end of the names in folded text; `asked`: the name is what was just asked for."""
    found = []
    for match in _LONG_FORM.finditer(text):
        start = match.start() + _begins(match[0])
        if match.end() - start >= 6:
            found.append((start, match.end()))
    found += [match.span() for match in _SHORT_FORM.finditer(text)]
    whole = _whole(text) if asked and not found else None
    return [*found, *([whole] if whole else [])]


def _begins(name: str) -> int:
    """Where the name begins in what may have a lead: at a place where one follows the lead, else after the lead."""
    for place in _PLACE.finditer(name):
        if _ENDS_LEAD.search(name[: place.start()]):
            return place.start()
    lead = _LEAD.match(name)
    return lead.end() if lead else 0


def _whole(text: str) -> tuple[int, int] | None:
    stripped = text.strip(" \t\n\r,.。!~")
    begin = text.index(stripped) if stripped else 0
    lead = _ASKED_LEAD.match(stripped)
    name = stripped[lead.end() if lead else 0 :]
    signs = bool(_PLACE.match(name)) + bool(_TRADE.search(name))
    named = _WHOLE.fullmatch(name) and (signs == 2 or (signs and not _TALK.search(name)))
    return (begin + len(stripped) - len(name), begin + len(stripped)) if named else None
