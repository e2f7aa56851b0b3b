"""One form for text typed in many ways, with the way back to the place in the original."""

import re
import unicodedata
from dataclasses import dataclass

# Traditional characters that people of this market really type, with the simplified ones the examples are written in.
_TRADITIONAL = (
    "註注冊册電电號号碼码戶户營营業业執执證证驗验請请問问幫帮個个時时間间進进審审過过還还沒没資资準准備备檔档傳传圖图辦办員员廠厂機机變变壓压線线網网頁页應应該该為为從从來来對对錯错誤误讓让發发會会計计費费帳账單单貨货買买賣卖"
    "價价錢钱選选擇择產产權权屬属東东區区縣县鎮镇鄉乡繫系絡络聯联話话簡简訊讯簽签約约轉转換换開开關关閉闭終终結结協协議议條条規规則则標标題题說说謝谢這这裡里裏里邊边後后現现實实際际點点覺觉嗎吗麼么誰谁認认識识寫写讀读錄录"
    "雲云滬沪貴贵廣广門门車车馬马魚鱼鳥鸟風风飛飞龍龙齊齐齒齿歲岁歷历顯显類类須须頭头願愿難难離离雖虽雜杂雙双隨随險险陳陈張张劉刘楊杨趙赵黃黄吳吴孫孙許许馮冯鄧邓蔣蒋葉叶羅罗鄭郑韓韩蕭萧譚谭賴赖盧卢長长負负責责範范圍围稱称"
    "統统維维經经給给絕绝緊紧織织繳缴繼继續续總总組组級级紙纸純纯紅红紀纪報报場场塊块壞坏處处夠够妳你媽妈學学寧宁寬宽專专尋寻導导將将爾尔屆届嚴严師师帶带幣币幹干幾几庫库廢废們们銷销確确鈕钮啟启迴回囬回層层廳厅燒烧壽寿勞劳"
    "務务動动參参團团優优載载鎖锁隱隐稅税轄辖辭辞鄰邻釘钉針针鉛铅銀银鋼钢鋁铝隊队陸陆餘余驟骤麥麦龔龚閻阎魯鲁鮑鲍遲迟鍾钟塗涂潔洁偉伟國国華华麗丽瓊琼蓮莲鳳凤蘭兰榮荣貞贞輝辉軍军傑杰慶庆義义達达遠远鴻鸿寶宝愛爱鵬鹏濤涛澤泽"
    "瑩莹穎颖艷艳嬌娇彈弹歸归當当復复徵征態态憂忧懷怀戰战戲戏擔担據据擊击擾扰數数斷断於于術术極极構构樣样樓楼樹树檢检歡欢殘残殺杀氣气決决淚泪減减測测渾浑湯汤滿满漢汉濟济灣湾無无燈灯牆墙獎奖獨独獲获環环異异畫画療疗盡尽監监"
    "盤盘礦矿礙碍禮礼積积窮穷競竞筆笔節节籤签糧粮緩缓緣缘編编練练縮缩績绩罰罚職职聲声聽听腦脑臉脸臨临與与舉举舊旧著着蘇苏藥药虧亏補补裝装複复見见視视親亲觀观觸触訂订訓训記记設设訪访訴诉試试詢询詳详語语調调論论護护譯译貼贴"
    "貿贸賬账賠赔質质購购贏赢趕赶跡迹輕轻輛辆輪轮輸输農农運运違违適适遷迁郵邮釋释錶表鍵键鐘钟鐵铁閱阅陰阴陽阳階阶雞鸡靜静響响項项順顺預预領领頻频顧顾飯饭館馆駕驾騙骗驚惊體体黨党"
)
_SIMPLIFY = {ord(a): b for a, b in zip(_TRADITIONAL[::2], _TRADITIONAL[1::2], strict=True)}

# Spoken or written-out digits. One character becomes one character, so places are kept.
_SPOKEN_DIGITS = "零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖两"
_SPOKEN = str.maketrans(_SPOKEN_DIGITS, "0012345678911234567892")
_SPOKEN_RUN = re.compile(rf"[{_SPOKEN_DIGITS}\d][{_SPOKEN_DIGITS}\d \-]{{4,}}[{_SPOKEN_DIGITS}\d]")


@dataclass(frozen=True)
class Folded:
    """`text` is NFKC, lower case, simplified, without invisible characters; `origin[i]` is where text[i] stood."""

    text: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the characters start..end (end excluded, start < end) of `text` stood in the original."""
        return self.origin[start], self.origin[end - 1] + 1


def is_invisible(char: str) -> bool:
    """True for control, format and unassigned characters that a person neither sees nor means (line breaks are seen)."""
    return char not in "\n\t\r" and unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn"}


def fold(raw: str) -> Folded:
    """The folded form of `raw`, character by character, never longer in meaning than what was typed."""
    chars: list[str] = []
    origin: list[int] = []
    for place, char in enumerate(raw):
        if is_invisible(char) or unicodedata.combining(char):
            continue
        for part in unicodedata.normalize("NFKC", char).translate(_SIMPLIFY).lower():
            chars.append(part)
            origin.append(place)
    return Folded("".join(chars), tuple(origin))


def spoken_digits(text: str) -> str:
    """`text` with runs of six or more written-out digits (幺三八…) as figures; the length stays the same."""
    return _SPOKEN_RUN.sub(lambda found: found[0].translate(_SPOKEN), text)
