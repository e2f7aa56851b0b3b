"""Tianyancha (天眼查), open platform: the second register, asked where the first is down.

open.tianyancha.com, interface 1116 (企业基本信息). HTTP 200 whatever happens; `error_code` says what did.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import httpx
from pydantic import Field

from bot.sources.base import Source, Wire, Word, folded
from bot.sources.words import company_status
from domain.sources.facts import Company

OK, NO_DATA = 0, 300000
# 300004: asked too often. All others but 300001 (request failed) and 300012 (being made) are about our account there:
# disabled, expired, no right, no money, no calls left, wrong token, wrong address.
BUSY, PASSING = 300004, (300001, 300012)
EPOCH, SHANGHAI = datetime(1970, 1, 1, tzinfo=UTC), timedelta(hours=8)


class _Info(Wire):
    name: str = Field(min_length=1)
    creditCode: Word = ""
    regNumber: Word = ""
    historyNames: Word = ""  # separated by semicolons
    companyOrgType: Word = ""
    legalPersonName: Word = ""
    regCapital: Word = ""
    estiblishTime: int | None = None  # their spelling; milliseconds
    fromTime: int | None = None
    toTime: int | None = None
    regLocation: Word = ""
    businessScope: Word = ""
    regStatus: Word = ""


class Tianyancha(Source):
    """GET /services/open/ic/baseinfo/normal?keyword=; the token stands alone in the header."""

    name = "tianyancha"

    def __init__(self, client: httpx.Client, url: str, token: str) -> None:
        super().__init__(client, url, token)

    def company(self, keyword: str) -> Company | None:
        """The company of a code or of an exact name; None where there is none such. Raises SourceDown."""
        if not keyword.strip():
            return None
        answer = self.ask("GET", "/services/open/ic/baseinfo/normal", params={"keyword": keyword})
        if answer is None:
            raise self.down("garbled")
        if not self._has_data(answer.get("error_code")):
            return None
        info = self.read(_Info, answer.get("result"))
        former = [name.strip() for name in info.historyNames.split(";") if name.strip()]
        if folded(keyword) not in map(folded, (info.creditCode, info.regNumber, info.name, *former)):
            raise self.down("garbled")
        return _company(info, tuple(former))

    def answers_right(self, good: str, bad: str) -> bool:
        """Whether it knows the code that it must know, and not the one that it cannot. Raises SourceDown."""
        return self.company(good) is not None and self.company(bad) is None

    def _has_data(self, code: object) -> bool:
        if code is not False and code in (OK, NO_DATA):
            return code == OK
        if code == BUSY:
            raise self.down("busy")
        if code in PASSING:
            raise self.down("failed")
        if not isinstance(code, int) or isinstance(code, bool):
            raise self.down("garbled")
        raise self.down("refused", alarm=True)


def _company(info: _Info, former: tuple[str, ...]) -> Company:
    begin, end = _day(info.fromTime), _day(info.toTime)
    return Company(
        uscc=info.creditCode,
        name=info.name,
        old_number=info.regNumber if len(info.regNumber) == 15 else "",
        former_names=former,
        type=info.companyOrgType,
        legal_person=info.legalPersonName,
        capital=info.regCapital,
        established=_day(info.estiblishTime),
        term=f"{begin}至{end}" if begin and end else "",
        address=info.regLocation,
        scope=info.businessScope,
        status=company_status(info.regStatus),
    )


def _day(milliseconds: int | None) -> date | None:
    """The day in Shanghai; also before 1970."""
    if milliseconds is None:
        return None
    try:
        return (EPOCH + timedelta(milliseconds=milliseconds) + SHANGHAI).date()
    except OverflowError:
        return None
