"""What is wrong with some of the applications of the weekly peak, and which rule must find it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from random import Random

LATER = "letter comes later"
OLD_HEAD = "legal person of before"
STOPS = "stops half-way"  # no fault of the application: its person goes away, and nothing is found
CHATS = ("owner by WeChat", "owner by SMS")
PAPERS = ("tenant", "payer")
MANY = ("account added to a group", "row of a spreadsheet")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that can be wrong: the names of the rules of which one must find it (or the code by which the API
    refuses it), on which ways it comes, and how many of a hundred have it."""

    rules: tuple[str, ...]
    ways: tuple[str, ...]
    parts: int
    also: tuple[str, ...] = ()  # what other rules say of it, too
    for_good: bool = False  # nothing that the applicant says mends it: it must not be handed in


FAULTS: Mapping[str, Fault] = {
    "capacity missing": Fault(("容量缺失",), (*CHATS, *MANY, "platform"), 3),
    "account closed": Fault(("户号已销户",), (*CHATS, *MANY, "platform"), 2, for_good=True),
    "account mistyped": Fault(("户号查不到",), ("row of a spreadsheet",), 3),
    "phone of another": Fault(("手机与姓名不符", "phone_not_theirs"), (*CHATS, *PAPERS, "platform"), 6),
    OLD_HEAD: Fault(("法定代表人与登记不符", "所填与登记不同"), CHATS, 6),
    "licence expired": Fault(("营业执照已到期",), (*CHATS, *PAPERS, "platform"), 3, for_good=True),
    "licence revoked": Fault(("企业已注销或吊销",), (*CHATS, "platform"), 2, for_good=True),
    LATER: Fault(("缺产权人授权委托书",), PAPERS, 15),
    "lease ended": Fault(("租赁协议已到期",), PAPERS, 12),
    "letter without seal": Fault(("产权人委托书没有公章",), PAPERS, 12),
    STOPS: Fault((), (*CHATS, *PAPERS), 5),
}
FOLLOWS = (LATER, "lease ended", "letter without seal")  # what may be handed in after the submission, and is
AWAY = ("", STOPS)  # what is no fault


def shared_out(faults: Mapping[str, Fault], way: str, many: int, chance: Random) -> list[str]:
    """The faults of so many applications of one way, "" for none: in each hundred as many of each as its parts say,
    in a shuffled order."""
    deck = [name for name, each in faults.items() if way in each.ways for _ in range(each.parts)]
    deck += [""] * (100 - len(deck))

    def drawn() -> list[str]:
        return chance.sample(deck, len(deck))

    cards = (card for again in iter(drawn, []) for card in again)
    return list(islice(cards, many))
