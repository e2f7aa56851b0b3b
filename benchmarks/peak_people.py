"""The people of the weekly peak in their chats: each reads what came and answers what was asked, as the words say."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from benchmarks.peak_album import AGAIN, Album, printed
from benchmarks.peak_faults import OLD_HEAD
from benchmarks.peak_town import Applicant
from benchmarks.peak_wire import GaveUp, Mail, Message, Phone

PATIENCE = 1500.0  # seconds that somebody waits for an answer: the pictures of a whole week are read by two cores
A_MOMENT = 45.0  # seconds that somebody waits for more, where what came asks nothing
FOR_EVER = 3600.0
BANNER = "该公众号暂时无法提供服务，请稍后再试"  # what WeChat shows where nothing came within 5 s, four times
AGAIN_AT_MOST = 5  # so often somebody tries again who was shown it
THE_SAME = 3  # so often somebody photographs the same paper
TURNS = 60  # after so many answers somebody gives up
GOES_ON = ("没错，继续", "以工商登记为准", "确认提交")  # what is answered on a page
STOPS_AFTER = 5  # who goes away half-way answers so many questions
_LINK = re.compile(r"https?://[^\s，。]+/l/[\w-]+")


class Somebody:
    """An applicant who registers by chat, and what came of it."""

    def __init__(self, mail: Mail, applicant: Applicant, album: Album, channel: str = "wechat") -> None:
        self.it, self.album = applicant, album
        self.phone = Phone(mail, applicant.person, channel)
        self.channel, self.turns = channel, 0
        self.handed_in, self.returned = 0, 0  # how often
        self.owes, self.followed = False, False  # a paper, and whether it came
        self.ended = ""  # "admitted", "stopped", or what the desk said last to who could not go on
        self.seen = set[str]()  # what the desk said of the planted fault
        self.sent: dict[str, int] = {}  # how often each paper was photographed
        self.log: list[str] = []
        self._last: Callable[[], object] = lambda: None  # what was done last, to be done again
        self._tries = 0
        self._spoke = False  # since something was heard last
        self.deaf = False  # to what is told by SMS of where an application stands

    def live(self, door: AbstractContextManager[object], words: str = "我要注册") -> None:
        """From the first word to the last decision. Only so many talk at a time; who waits for a decision, waits
        outside of the door."""
        try:
            with door:
                self.say(words)
                self._go_on(PATIENCE, lambda: bool(self.handed_in))
            self._go_on(FOR_EVER, lambda: False)
        except GaveUp as reason:
            self.ended = self.ended or f"{reason}"

    def say(self, text: str, menu_id: str = "", by: str = "") -> None:
        """Write something."""
        self.log.append(f"  > {text}")
        self._last = lambda: self.phone.write(text, menu_id, by=by)
        self._spoke = True
        self._last()

    def _go_on(self, patience: float, enough: Callable[[], bool]) -> None:
        wait, last = patience, "no answer came"
        while not self.ended and not enough():
            messages = self.phone.heard(wait, news=not self.deaf)
            if not messages and last == BANNER and self._tries < AGAIN_AT_MOST:
                self._tries += 1
                self._last()
                continue
            if not messages:
                raise GaveUp(last)
            self.log += [f"  < {each['text']}" for each in messages]
            reply, self._spoke = self._spoke, False
            answered = self._answer(messages)
            wait, last = (patience, "no answer came") if answered else (A_MOMENT, messages[-1]["text"])
            self._tries = 0 if answered else self._tries
            only_told = patience == FOR_EVER and not reply  # where it stands: the decision comes when it comes
            if last != BANNER and (only_told or any("照片收到" in each["text"] for each in messages)):
                wait = patience

    def _answer(self, messages: Sequence[Message]) -> bool:
        """Answer the first question whose words are known, the newest message first; whether there was one."""
        for message in reversed(messages):
            for words, answer in ANSWERS:
                if re.search(words, message["text"]):
                    self.turns += 1
                    if self.turns > TURNS:
                        raise GaveUp(f"still asked after {TURNS} answers: {message['text']}")
                    if self.it.stops and self.turns > STOPS_AFTER:
                        self.ended = "stopped"
                    else:
                        answer(self, message)
                    return True
        return False

    def tap(self, message: Message, *labels: str) -> None:
        """Tap the option with one of these labels; by SMS, write its number."""
        for label in labels:
            for option in message.get("options") or ():
                if label in option["content"]:
                    self.say(option["content"], option["id"])
                    return
            if self.channel == "sms" and (number := re.search(rf"(\d)[.、=]?{label}", message["text"])):
                self.say(number.group(1))
                return
        self.say(labels[0])

    def photograph(self, what: str, message: Message) -> None:
        """Send a picture of a paper, a better one the second time; who has none says that it comes later."""
        self.sent[what] = self.sent.get(what, 0) + 1
        again = self.album.picture(f"{what}{AGAIN}", self.it) if self.sent[what] > 1 else None
        picture = again or self.album.picture(what, self.it)
        if picture is None or (self.sent[what] > THE_SAME and not self.owes):
            self.say("以后补")
            return
        self.log.append(f"  > [{what}]")
        link = _LINK.search(message["text"]) if self.channel == "sms" else None
        self._last = lambda: self.phone.send(picture, link.group() if link else "")
        self._last()


Answer = Callable[[Somebody, Message], None]


def _kind(who: Somebody, message: Message) -> None:
    labels = {"tenant": "租来的", "payer": "我们只代缴电费"}
    who.tap(message, labels.get(who.it.way, "是我们公司的"))


def _party(who: Somebody, message: Message) -> None:
    role = 1 if "产权人" in message["text"] else 2
    who.say(f"{'李房东' if role == 1 else '陈租户'} 137{who.it.number % 10**7:07d}{role}")


def _writes(text: Callable[[Applicant], str]) -> Answer:
    return lambda who, message: who.say(text(who.it))


def _ends(who: Somebody, message: Message) -> None:
    who.ended = message["text"]


def _shows(what: str) -> Answer:
    return lambda who, message: who.photograph(what, message)


def _handed_in(who: Somebody, message: Message) -> None:
    who.handed_in += 1
    who.owes = "还差：" in message["text"]
    if "系统自动审核通过" in message["text"] and "现在由交易中心" not in message["text"]:
        _admitted(who, message)


def _returned(who: Somebody, message: Message) -> None:
    """Reads why, and is led through what is to be mended."""
    who.returned += 1
    who.say("修改")


def _admitted(who: Somebody, message: Message) -> None:
    """Through; who owes a paper asks what it was."""
    if who.owes and not who.followed:
        who.say("补材料")
    else:
        who.ended = "admitted"


def _follows(who: Somebody, message: Message) -> None:
    """Sends what is owed."""
    owed = message["text"].partition("还差：")[2]
    letter = "letter:tenant" if "租户" in owed else "letter:owner"
    who.photograph("lease" if "租赁协议" in owed else letter, message)


def _followed(who: Somebody, message: Message) -> None:
    if "还差：" in message["text"]:
        _follows(who, message)
    else:
        who.followed, who.ended = True, "admitted"


def _on_a_page(who: Somebody, message: Message) -> None:
    """A question that an SMS has no room for: read on its page, and answered there by who has nothing to mend."""
    link = _LINK.search(message["text"])
    page = who.phone.page(link.group()) if link else ""
    buttons = re.findall(r'<button name="answer" value="(\w+)"[^>]*>([^<]+)</button>', page)
    name = next((name for wanted in GOES_ON for name, label in buttons if label == wanted), "")
    if not link or not name:
        who.ended = message["text"]
        return
    who.log.append(f"  > [page: {name}]")
    said = "\n".join(re.findall(r"<p[^>]*>([^<]+)</p>", who.phone.page(link.group(), name)))
    who.log.append(f"  < [page: {said}]")
    who._answer([{"text": said}])  # what comes next stands on the page


def _differs(who: Somebody, message: Message) -> None:
    """What is on the picture is not what the registry says: printed before a change, or misread. Of those whose licence
    is an old one every second insists on it at first."""
    old = printed(who.it)["legal_person"] in message["text"] and who.it.fault == OLD_HEAD
    if old:
        who.seen.add("法定代表人与登记不符")
    insists = old and who.it.number % 2 == 0 and not who.returned
    who.tap(message, "以照片为准" if insists else "以工商登记为准")


def _name(who: Somebody, message: Message) -> None:
    """The own name; whoever was given back because the phone is another's names that one."""
    who.say(who.it.subscriber if who.returned and who.it.subscriber else who.it.name)


def _submits(who: Somebody, message: Message) -> None:
    who.tap(message, "确认提交")


def _waits(who: Somebody, message: Message) -> None:
    """Too soon after the last one-time code: waits as long as the desk says, and does the same again."""
    seconds = re.search(r"(\d+)秒后", message["text"])
    time.sleep(int(seconds.group(1)) + 1 if seconds else 60)
    who._last()


def _code(who: Somebody, message: Message) -> None:
    who.say(who.phone.code())


# What is asked, by its words, and what somebody answers. The first that fits counts.
ANSWERS: tuple[tuple[str, Answer], ...] = (
    ("的注册申请.*被退回", _returned),
    ("请发正确的联系人", _name),
    ("请发正确的(法定代表人|负责人|经营者)", _writes(lambda it: it.company["legal_person"])),
    ("已提交.*申请编号|申请编号.*已提交", _handed_in),
    ("已通过交易中心审核|系统自动审核通过。下一步|新进展：[^。]*(交易中心通过|系统自动审核通过[、。])", _admitted),
    ("，已补齐。|工作人员会再核对|有几处要工作人员核对", _followed),
    ("内容较长，请在页面上核对后答复", _on_a_page),
    ("发送得太频繁了", _waits),
    ("要提交吗|注册申请吗", _submits),
    ("还办不下去|还不能提交|问题要先解决", _ends),
    ("处与工商登记不同", _differs),
    ("执照上的内容还等您核对", lambda who, message: who.tap(message, "以工商登记为准", "没错，继续")),
    ("代码没有读到|名称和代码没读出来|没有认出营业执照", _writes(lambda it: it.company["uscc"])),
    ("请核对：|[，；]对吗", lambda who, message: who.tap(message, "没错，继续", "没错")),
    ("登记在“|和贵公司是什么关系", _kind),
    ("谁出的", lambda who, message: who.tap(message, "产权人")),
    ("那边联系谁", _party),
    ("租户的单位全称", _writes(lambda it: it.tenant["uscc"])),
    (r"还差：(.|\n)*拍照发给我就行", _follows),
    ("请(补?拍|把)[^。；]*租户[^。；]*委托书", _shows("letter:tenant")),
    ("请(补?拍|把)[^。；]*委托书", _shows("letter:owner")),
    ("请(补?拍|把)[^。；]*租赁协议", _shows("lease")),
    ("请(补?拍|把)[^。；]*身份证", _shows("identity")),
    ("16位户号", _writes(lambda it: it.account)),
    ("联系人叫什么", _name),
    ("联系人的手机号", _writes(lambda it: it.phone)),
    ("验证码", _code),
    ("营业执照", _shows("licence")),
)
