"""Questions about the rules: the article that answers, a short question where it is not sure, an honest word where none
does. Nothing is said here that is not an article's."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.dialogue.acts import Act, Command
from domain.dialogue.thread import resumed, with_thread
from domain.dialogue.topics import HUMAN, PROGRESS, REGISTER
from domain.knowledge.articles import by_key, filled, in_order
from domain.knowledge.finding import Certainty, Found, certainty, find, offered
from domain.knowledge.tables import ASKED_BACK, NONE_FOUND, THEMES, Article
from domain.messages.messages import InboundMessage, Option, Say
from domain.messages.sms_texts import letter
from domain.people.contacts import SMS
from domain.registration.applications import asked_now, current
from domain.registration.registration import Scene

MORE = Option("常见问题", "cmd:knowledge")
SHOWN = 7  # questions of one part in one answer
THEME = "~"  # begins the argument that names a part: ~2, or ~2.1 for its next ones
_WHICH = "您问的是哪一个？"
_NOTHING = "这个问题我没有可靠的答案，不敢乱说。回复“人工”问工作人员，回复“常见问题”看我能答的。"
_BUTTON = "retail_and_wholesale"  # what the menu's button 零售和批发 is about
# Commands that are an article each, under the same name, with what is most likely wanted next.
ARTICLES: Mapping[str, tuple[Option, ...]] = {
    "what_is_this": (REGISTER, PROGRESS),
    "how_long": (REGISTER,),
    "which_documents": (REGISTER,),
    "how_to_photograph": (),
    "account_number_help": (),
    "letter_help": (),
    "retailer_or_plant": (),
    "no_document_yet": (),
}

# Commands that yield to an article which the words are surely about, each with the article that is its own matter.
_YIELDS: Mapping[str, str] = {
    **dict.fromkeys(ARTICLES, ""), "help": "", "unsure": "", "group": "group_accounts", "pause": "",
    "tenant_or_payer": "owner_tenant_payer", "kind_tenant": "owner_tenant_payer", "kind_payer": "owner_tenant_payer",
    "code_not_received": "code_not_received",
}  # fmt: skip
_ASKS = re.compile("[?？吗]|怎么|怎样|咋|什么|为何|为哪样|哪里|哪样|会不会|是不是|能不能|可不可以|还是|要不要|多久|谁")


def ask(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """Answer a question about the rules. `argument`: its words, where they are not the message itself."""
    words = argument or inbound.text
    if inbound.kind == "click":
        return show(session, inbound, _BUTTON, scene)
    if inbound.choice or words.strip().isdecimal():  # a tap, or its number: no question has been put yet
        return show(session, inbound, "", scene)
    found = find(session, words)
    sure = certainty(found)
    if sure == Certainty.SURE:
        return show(session, inbound, found[0].key, scene)
    thread = resumed(session, inbound.address.contact_id, scene)
    if sure == Certainty.UNSURE:
        return with_thread(_which(offered(found), thread), thread)
    return with_thread(replace(_nothing(), article=NONE_FOUND), thread)


def show(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """One article by its key; the questions of one part; without an argument, the parts."""
    if argument.startswith(THEME):
        return [_questions(session, argument.removeprefix(THEME))]
    if not argument:
        return [_parts()]
    article = by_key(session, argument)
    thread = resumed(session, inbound.address.contact_id, scene)
    if article is None:
        return with_thread(_nothing(), thread)
    say = answer(session, article, on_sms=inbound.channel == SMS)
    if not thread and letter(say.text, [option.label for option in say.options]) is not None:
        say = replace(say, short=say.text)
    return with_thread(say, thread)


def answer(session: Session, article: Article, *, on_sms: bool = False) -> Say:
    """What an article says now: the settings filled in, its source below. Where an SMS has no room for the source, it
    says the text; what does not fit at all is behind a link, with its source."""
    text = filled(session, article.text)
    options = () if on_sms else ARTICLES.get(article.key) or (MORE,)
    said = f"{text}\n来源：{article.source}"
    return Say(said, options, text, article=f"{article.key}/{article.version}")


def titled(session: Session, text: str) -> str | None:
    """The key of the article whose question the text is, word for word."""
    bare = text.strip().rstrip("?？。！!")
    if not 3 < len(bare) <= 40:
        return None
    query = select(Article.key).where(Article.title.in_((bare, f"{bare}？")), Article.active.is_(True))
    return session.scalar(query.limit(1))


def surely(session: Session, inbound: InboundMessage, words: str, scene: Scene) -> list[Say]:
    """The answer to words that nothing else was recognised in, where one is sure and no form waits for words."""
    if asked_now(current(session, inbound.address.contact_id)) and not _ASKS.search(words):
        return []
    found = find(session, words)
    return show(session, inbound, found[0].key, scene) if certainty(found) == Certainty.SURE else []


def rather(session: Session, inbound: InboundMessage, act: Act, scene: Scene) -> list[Say]:
    """The article that a message is surely about, where it was taken for a command, which only sounds
    like it: “委托书怎么写” is no wish for the list of documents. A command that does something yields to a question."""
    words, name = inbound.text, act.name if isinstance(act, Command) else ""
    if inbound.kind != "text" or inbound.choice or name not in _YIELDS:
        return []
    if name not in ARTICLES and not _ASKS.search(words):
        return []
    found = find(session, words)
    if certainty(found) != Certainty.SURE or found[0].key in (name, _YIELDS[name]):
        return []
    return show(session, inbound, found[0].key, scene)


def _which(guesses: Sequence[Found], thread: Sequence[Say]) -> Say:
    """The short question which one is meant; in a form the taps belong to its question, so that words are asked for."""
    if thread:
        return _in_words([each.title for each in guesses])
    taps = [Option(each.title, f"cmd:knowledge:{each.key}") for each in guesses]
    return Say(_WHICH, [*taps, Option("都不是，找人工", HUMAN.choice)], article=ASKED_BACK)


def without_taps(say: Say) -> Say:
    """An answer beside which something else is asked: no taps, so that a question which one is meant names them."""
    if say.text != _WHICH:
        return replace(say, options=())
    return _in_words([option.label for option in say.options if option.choice != HUMAN.choice])


def _in_words(titles: Sequence[str]) -> Say:
    return Say(f"您问的是“{'”或“'.join(titles)}”吗？回复其中一句就行。", article=ASKED_BACK)


def _nothing() -> Say:
    return Say(_NOTHING, [HUMAN, MORE])


def _parts() -> Say:
    taps = [Option(theme, f"cmd:knowledge:{THEME}{number}") for number, theme in enumerate(THEMES, start=1)]
    return Say("想了解哪方面？点一下，或者直接打字问我。", taps, "想了解哪方面？")


def _questions(session: Session, argument: str) -> Say:
    """Some questions of one part, and the way to its next ones."""
    number, _, page = argument.partition(".")
    if not number.isdecimal() or not 1 <= int(number) <= len(THEMES):
        return _parts()
    theme, first = THEMES[int(number) - 1], SHOWN * (int(page) if page.isdecimal() else 0)
    rows = [each for each in in_order(session) if each.theme == theme and each.active]
    taps = [Option(each.title, f"cmd:knowledge:{each.key}") for each in rows[first : first + SHOWN]]
    if len(rows) > first + SHOWN:
        taps.append(Option("更多", f"cmd:knowledge:{THEME}{number}.{first // SHOWN + 1}"))
    return Say(f"{theme}：", [*taps, Option("其他方面", "cmd:knowledge")])


def _one(name: str) -> Callable[[Session, InboundMessage, str, Scene], list[Say]]:
    """The command that is the article of this name."""

    def command(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
        return show(session, inbound, name, scene)

    return command


COMMANDS: Mapping[str, Callable[[Session, InboundMessage, str, Scene], list[Say]]] = {
    "rules_question": ask,
    "knowledge": show,
    **{name: _one(name) for name in ARTICLES},
}
WORDS: Mapping[str, str] = {"常见问题": "knowledge", "常见问答": "knowledge", "问答": "knowledge"}
