"""Many wordings, one form: dialect of the south-west, slips of voice input, and words that mean the same here.

It is for the classifier's eyes only (values are read before), so it may be coarse; a line earns its place when it makes
unseen messages of the cross-validation right."""

import re

# Left: a regular expression over folded text; right: what the classifier sees. The order matters.
_WORDINGS: tuple[tuple[str, str], ...] = (
    # Voice input and slips of the keyboard.
    (r"营[页叶夜也业]执[照造找赵]|营业[制只]照|执造|执昭", "执照"),
    (r"[手授售首][电店]公司|售电商", "售电公司"),
    (r"验[正证征][码马]|严证码|验证吗", "验证码"),
    (r"[逃淘掏涛]餐|套惨|套参|taocan", "套餐"),
    (r"合[童桐铜通]|合约|hetong", "合同"),
    (r"续[月约越]|旭约|叙约", "续约"),
    (r"[零另灵铃][受手售首]", "零售"),
    (r"[批皮匹][发法]", "批发"),
    (r"解[月约越]", "解约"),
    (r"[户胡互][号好浩]|用电户号|用户编号|客户编号|用户号|户头号", "户号"),
    (r"[注住主驻][册测策]", "注册"),
    (r"[取曲]消|取[销肖]", "取消"),
    (r"[进近][度渡]", "进度"),
    (r"[退腿推]回", "退回"),
    (r"[审申]合|审和", "审核"),
    # Questions.
    (r"怎么样才|咋个样|怎样|咋样", "怎么样"),
    (r"咋个|昨个|咋整|咋|如何|怎么着|为哪样|为啥子|为啥|咋会", "怎么"),
    (r"啥子|哪样|那样|啥", "什么"),
    (r"为什么|为何|凭什么|怎么会", "为什么"),
    (r"哪点|哪儿|哪块|哪个地方|什么地方|哪", "哪里"),
    (r"哪里里", "哪里"),
    (r"哪里个", "哪个"),
    (r"好久|多长时间|多少时间|多就|几时|多少天|几天", "多久"),
    (r"啥时候|哪天|什么时间|几号能", "什么时候"),
    (r"多少钱|好多钱|几块钱|几钱", "多少钱"),
    (r"好多", "多少"),
    # Dialect and everyday words.
    (r"没得|木有|没有|冇", "没有"),
    (r"晓得|知道|清楚", "知道"),
    (r"莫|甭|勿|不要再|别再|别", "不要"),
    (r"喊|叫", "叫"),
    (r"搞|整|弄|做|干", "办"),
    (r"得不得|行不行|可不可以|能不能|可以不|行不|得行不|行吗|可否|能否", "可以吗"),
    (r"您|妳|你们|您们", "你"),
    (r"我们|咱们|咱|俺|我方", "我"),
    (r"一哈|一下子|一下|哈子", "一下"),
    (r"材料|资料|证件|文件|手续|东西", "资料"),
    (r"营业执照|执照副本|执照正本", "执照"),
    (r"图片|相片|照片|图", "照片"),
    (r"法定代表人|法人代表|法代", "法人"),
    (r"手机号码|电话号码|联系电话|手机号|手机|电话|号码", "电话"),
    (r"真人|活人|人工客服|人工服务|坐席", "人工"),
    (r"信息|短信|消息", "短信"),
    (r"房东|业主", "房东"),
    (r"厂子|厂里|工厂|我厂|单位|企业", "公司"),
    (r"谢+|感谢|多谢", "谢谢"),
    (r"[啊呀哦噢嘛呢哈嘞噻哎诶啦喽呗哟唉呐嘎]+(?=⟩|,|。|!|\?|$)", ""),
    (r"[~!。,、;:.…·\"'“”()\[\]《》<>]+", ","),
    (r",+(?=⟩)|(?<=⟨),+", ""),
    (r"\?+", "?"),
    (r"请问一下|请问|麻烦|那个|这个|的话|就是|那么", ""),
)
_COMPILED = tuple((re.compile(pattern), plain) for pattern, plain in _WORDINGS)


def plain_wording(text: str) -> str:
    """`text` (folded, values masked, between ⟨ and ⟩) in the plain words of the examples."""
    for pattern, plain in _COMPILED:
        text = pattern.sub(plain, text)
    return text
