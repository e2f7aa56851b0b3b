"""An early end for which a day was named: what the rule makes of that day, said before anything is asked."""

from __future__ import annotations

from datetime import date

from domain.contracts.tables import Contract
from domain.dialogue import stated
from domain.market import months
from domain.messages.messages import Option, Say

CONTRACT = Option("我的合同", "cmd:contract")


def another_day(row: Contract, named: str, today: date) -> Say | None:
    """What is said to somebody who named a day with which the contract cannot end; None where it is the very day: an
    early end takes effect with the next month, whatever day was named."""
    this_month = months.month_of(today)
    rule = f"提前终止不能约日子：双方都同意后，从下个月（{months.words(this_month + 1)}）起生效。"
    now = Option(f"从{months.words(this_month + 1)}起", f"cmd:end_contract:{row.application_id}")
    if why := stated.refused(named):
        return Say(f"{why}。\n{rule}", [now, CONTRACT])
    last = stated.ends_with(named)
    if last == this_month or named == months.code(this_month + 1):
        return None
    if last >= row.last_month:
        text = f"合同到{months.words(row.last_month)}本来就到期，用不着提前终止。到期不想再签，回复“到期不续约”。"
        return Say(text, [Option("到期不续约", f"cmd:not_renew:{row.application_id}"), CONTRACT])
    if last < this_month:
        return Say(f"您说的{stated.when(named)}已经过了。\n{rule}", [now, CONTRACT])
    later = f"想到{stated.when(named)}才停，请在{months.words(last)}里再来提，到那个月底为止。"
    return Say(f"{rule}\n{later}\n想早一点停，也可以现在提。", [now, CONTRACT])
