"""Who speaks for many accounts in the weekly peak: the first one alone, the others one by one or in a spreadsheet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from io import BytesIO

import httpx
import openpyxl

from benchmarks.peak_album import Album
from benchmarks.peak_people import A_MOMENT, BANNER, FOR_EVER, PATIENCE, Somebody
from benchmarks.peak_town import Applicant
from benchmarks.peak_wire import GaveUp, Mail, Message
from tests.support.sheets import HEADINGS, workbook

SUBMITTED = "submitted"
SAYS = {"已销户": "户号已销户", "查不到户号": "户号查不到"}  # words of a problem → its rule
_LINK = re.compile(r"https?://[^\s，。]+/l/[\w-]+")
_RESULT = re.compile(r'href="([^"]*/result-\d+\.xlsx)"')


class Officer(Somebody):
    """Registers the first account of a company by chat; once it is admitted, adds the others, three messages each."""

    def __init__(self, mail: Mail, group: Sequence[Applicant], album: Album) -> None:
        super().__init__(mail, group[0], album)
        self.rest = list(group[1:])
        self.results: dict[int, str] = {}  # the applicant's number → "submitted", or why not
        self.seen_of: dict[int, set[str]] = {}  # … → the rules whose words came about its account

    def live(self, door: AbstractContextManager[object], words: str = "我要注册") -> None:
        """The first account, then all the others."""
        super().live(door, words)
        first = self.ended
        if first == "admitted":
            self.deaf = True  # how the accounts go on is told by SMS: nothing that is to be answered
            try:
                self.hand_in_all()
            except GaveUp as reason:
                self.log.append(f"! {reason}")
        self.results |= {each.number: f"not tried: {first}" for each in self.rest if each.number not in self.results}
        self.ended = first

    def hand_in_all(self) -> None:
        """One after the other, in the chat."""
        for each in self.rest:
            before, self.ended = self.handed_in, ""
            self.say(each.account)
            self._go_on(PATIENCE, lambda before=before: self.handed_in > before)  # type: ignore[misc]
            self.note(each.number, SUBMITTED if self.handed_in > before else self.ended)

    def note(self, number: int, said: str) -> None:
        """What became of one account."""
        self.results[number] = said
        self.seen_of.setdefault(number, set()).update(rule for words, rule in SAYS.items() if words in said)


class Clerk(Officer):
    """Sends a spreadsheet by the page of a link, says yes in the chat, mends what was not good, and sends again."""

    def hand_in_all(self) -> None:
        """The file as it is, then a second one with the account numbers that were mistyped."""
        self._send([each.mistyped or each.account for each in self.rest])
        if mended := [each.account for each in self.rest if each.mistyped]:
            self._send(mended)

    def _send(self, accounts: Sequence[str]) -> None:
        self.say("批量注册")
        link = self._hear(r"/l/")
        with httpx.Client(trust_env=False, timeout=120, follow_redirects=True) as page:
            address = _LINK.findall(link["text"])[0]
            content = workbook([HEADINGS, *([number] for number in accounts)])
            page.post(address, files={"file": ("户号.xlsx", content)}).raise_for_status()
            asked = self._hear("要提交这|没有要办的户号|户有问题。")
            if "要提交这" in asked["text"]:
                self.tap(asked, "确认提交")
                self._hear("户已提交")
            result = _RESULT.search(page.get(address).raise_for_status().text)
            if result is None:
                raise GaveUp("the page shows no result")
            self._note(page.get(httpx.URL(address).join(result.group(1))).raise_for_status().content)

    def _hear(self, words: str) -> Message:
        """Listen until something with these words comes; say the last thing again where WeChat shows its banner."""
        wait = FOR_EVER
        while True:
            messages = self.phone.heard(wait)
            if not messages and wait == FOR_EVER:
                raise GaveUp(f"nothing with “{words}” came")
            if not messages:
                self._last()
            self.log += [f"  < {each['text']}" for each in messages]
            if found := [each for each in messages if re.search(words, each["text"])]:
                return found[-1]
            wait = A_MOMENT if messages and messages[-1]["text"] == BANNER else FOR_EVER

    def _note(self, sheet: bytes) -> None:
        """What became of each row, as the result says it."""
        rows = openpyxl.load_workbook(BytesIO(sheet), read_only=True).worksheets[0].iter_rows(values_only=True)
        head = [str(each) for each in next(rows)]
        number, state = head.index("户号"), len(HEADINGS_OF_A_RESULT) * -1
        by_account = {each.mistyped: each.number for each in self.rest if each.mistyped}
        by_account |= {each.account: each.number for each in self.rest}
        for row in rows:
            said = [str(each or "") for each in row[state:]]
            good = said[0] in ("已提交", "已办过")
            if (applicant := by_account.get(str(row[number]))) is not None:
                self.note(applicant, SUBMITTED if good else f"{said[1]}{said[2]}")


HEADINGS_OF_A_RESULT = ("结果", "问题", "怎么办", "申请编号")
