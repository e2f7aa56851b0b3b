"""Pages of licences as a reader would hand them on, written line by line: text, left, middle; no picture needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import cos, radians, sin

from bot.ocr.page import Line, Page, Point

CODE = "91110000600037341L"
SCOPE = (
    "机械设备制造；机械设备销售；金属制品加工；",
    "货物进出口；技术服务、技术开发。（依法须经批",
    "准的项目，经相关部门批准后方可开展经营活动）",
)

Row = tuple[str, float, float] | tuple[str, float, float, float]  # text, left, middle, and the size where not 32


def page(*rows: Row, move: Callable[[Point], Point] = lambda point: point, score: float = 0.99) -> Page:
    """These rows as lines; `move` says where each point of the flat page lies in the picture."""
    return Page(tuple(_line(row, move, score) for row in rows), 2000, 1400)


def landscape(**changes: Sequence[Row]) -> list[Row]:
    """The two columns of 2019. A keyword replaces the rows of that name: code, left, right, bottom, title."""
    parts: dict[str, Sequence[Row]] = {
        "title": [("营业执照", 780, 180, 110), ("（副本）", 950, 265)],
        "code": [("统一社会信用代码", 120, 220), (CODE, 120, 262)],
        "left": [
            ("名", 120, 420),
            ("称", 205, 420),
            ("昆明滇星机械制造有限公司", 310, 420),
            ("类", 120, 500),
            ("型", 205, 500),
            ("有限责任公司（自然人投资或控股）", 310, 500),
            ("法定代表人", 120, 580),
            ("李建国", 310, 580),
            ("经营范围", 120, 660),
            *((text, 310, 660 + 44 * number) for number, text in enumerate(SCOPE)),
        ],
        "right": [
            ("注册资本", 1150, 420),
            ("伍佰万元整", 1340, 420),
            ("成立日期", 1150, 500),
            ("2012年05月08日", 1340, 500),
            ("营业期限", 1150, 580),
            ("2012年05月08日至2032年05月07日", 1340, 580),
            ("住所", 1150, 660),
            ("云南省昆明市官渡区大板桥街道", 1340, 660),
            ("空港经济区工业园12号", 1340, 704),
        ],
        "bottom": [
            ("登记机关", 1200, 1080, 40),
            ("2021年03月15日", 1300, 1180),
            ("国家企业信用信息公示系统网址：http://www.gsxt.gov.cn", 120, 1330, 22),
            ("市场主体应当于每年1月1日至6月30日通过国家企业信用信息公示系统报送公示年度报告", 1000, 1330, 22),
        ],
    }
    return [row for rows in (parts | changes).values() for row in rows]


def portrait(**values: str | Sequence[str]) -> list[Row]:
    """The one column of 2014: a keyword is a label, its value one text or several lines."""
    rows: list[Row] = [("营业执照", 500, 300, 130), ("（副本）", 620, 400)]
    y = 500.0
    for label, value in values.items():
        rows.append((label, 160, y))
        for text in [value] if isinstance(value, str) else value:
            rows.append((text, 440, y))
            y += 46
        y += 24
    return [*rows, ("登记机关", 700, y + 120), ("2016年01月04日", 800, y + 220)]


def rotated(degrees: float) -> Callable[[Point], Point]:
    """The page turned about its middle."""
    turn = radians(degrees)
    return lambda point: (
        1000 + (point[0] - 1000) * cos(turn) - (point[1] - 700) * sin(turn),
        700 + (point[0] - 1000) * sin(turn) + (point[1] - 700) * cos(turn),
    )


def seen_from_the_left(point: Point) -> Point:
    """Perspective: the right side is farther away, so its lines converge."""
    depth = 1 + point[0] / 6000
    return point[0] / depth, 700 + (point[1] - 700) / depth


def bent(point: Point) -> Point:
    """Paper that bulges in the middle, as from a folder."""
    return point[0], point[1] - 60 * (1 - ((point[0] - 1000) / 1000) ** 2)


def _line(row: Row, move: Callable[[Point], Point], score: float) -> Line:
    text, left, middle = row[:3]
    size = row[3] if len(row) == 4 else 32.0
    right = left + size * sum(0.55 if char.isascii() else 1.0 for char in text)
    top, bottom = middle - size / 2, middle + size / 2
    corners = [move(point) for point in ((left, top), (right, top), (right, bottom), (left, bottom))]
    return Line(text, score, (corners[0], corners[1], corners[2], corners[3]))
