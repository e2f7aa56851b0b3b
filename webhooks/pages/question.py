"""Read a question whole, and answer it. The answer goes the way of every answer: the page decides nothing."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from bot.app import App
from bot.pages import Written, write
from domain.messages import links
from domain.messages.links import OneTimeLink
from domain.questions.questions import Question, QuestionState


def show(app: App, link: OneTimeLink) -> ResponseReturnValue:
    """The question as it was asked, with its answers; what became of it, when it is closed."""
    return _page(app, link, [])


def act(app: App, link: OneTimeLink, token: str) -> ResponseReturnValue:
    """An answer that was tapped, or the SMS code that makes a binding one count. An answered question uses the link
    up."""
    question = _question(app, link)
    answer, code = request.form.get("answer", ""), request.form.get("code", "").strip()[:40]
    labels = {name: label for label, name in question.options} if question is not None else {}
    if question is None or not (answer in labels or code):
        return _page(app, link, [])
    written = Written(labels[answer], f"q:{question.id}:{answer}") if answer in labels else Written(code)
    return _page(app, link, write(app, link, written) or [_on_its_way(_question(app, link))])


def _on_its_way(question: Question | None) -> str:
    """What is said when the answer itself comes by SMS."""
    if question is not None and question.state == QuestionState.OPEN and question.chosen:
        label = question.label(question.chosen)
        return f"还差一步：验证码已发短信给您，请填在下面，才算您选了“{label}”。"
    return "收到了，结果马上发短信给您。"


def _page(app: App, link: OneTimeLink, said: list[str]) -> ResponseReturnValue:
    question = _question(app, link)
    if question is None or question.state != QuestionState.OPEN:
        if said and question is not None and question.state == QuestionState.ANSWERED:
            _use(app, link)
        closed = said or ["这个问题已经办过或已经过期，不用再答。想看现在到哪一步，请回复短信“进度”。"]
        return render_template("pages/done.html", title="回复结果", said=closed)
    return render_template("pages/question.html", question=question, said=said, code_wanted=bool(question.chosen))


def _question(app: App, link: OneTimeLink) -> Question | None:
    """The link's question, when it is its contact's."""
    with app.store.read() as session:
        found = session.get(Question, link.question_id) if link.question_id is not None else None
    return found if found is not None and found.contact_id == link.contact_id else None


def _use(app: App, link: OneTimeLink) -> None:
    with app.store.write() as session:
        links.use(session, link, app.clock())
