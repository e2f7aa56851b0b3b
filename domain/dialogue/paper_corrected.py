"""What was read wrongly off a paper, as the person says it is. It counts, marked as typed, and a reviewer looks at it
beside the picture."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from domain.dialogue import asking
from domain.dialogue.acts import Values
from domain.dialogue.asking_kinds import ask_paper_field, ask_paper_value
from domain.dialogue.days import day_of, refusal
from domain.dialogue.paper_pictures import retake
from domain.dialogue.thread import told
from domain.evidence import record
from domain.messages.messages import InboundMessage, Say
from domain.names import seen
from domain.registration.applications import Application, current
from domain.registration.kinds_chosen import settle
from domain.registration.paper_words import DATES, paper_line
from domain.registration.papers import photo_of
from domain.registration.readings import Read, Reading
from domain.registration.registration import Scene

TYPED = "typed"  # the doubt that a typed value carries: no picture says so


def about_paper(session: Session, application: Application, about: str, scene: Scene) -> Say:
    """What is to be done about a paper (“paper:12”, “paper:12:valid_to”, “paper:12:retake”)."""
    _, number, *rest = about.split(":")
    if not rest:
        found = ask_paper_field(session, application, int(number), scene)
        return found if found is not None else asking.prompt(session, application, scene)
    photo = photo_of(application, int(number))
    if photo is None or rest[0] == "retake":
        application.asking = ""
        return retake(application, int(number))
    application.asking = about
    return ask_paper_value(application, about)


def correct_paper(session: Session, application: Application, act: Values, scene: Scene) -> list[Say]:
    """Take the right value of the field that was asked for; anything that cannot be it is refused with a reason."""
    _, number, name = application.asking.split(":")
    photo = photo_of(application, int(number))
    text = seen(act.text.strip() or next(iter(act.raw.values()), "")).strip()
    if photo is None or photo.reading is None:
        application.asking = ""
        return [asking.prompt(session, application, scene)]
    day = day_of(text) if name in DATES else None
    value = day.isoformat() if day is not None else "" if name in DATES else text
    if name in DATES and day is None:
        return [replace(ask_paper_value(application, application.asking), text=refusal(text))]
    if not value or len(value) > 200:
        return [ask_paper_value(application, application.asking)]
    _put(session, application, photo.id, name, value, scene.now)
    application.asking = ""
    noted = settle(session, application, scene.now)
    said = [f"改好了。{paper_line(application, photo.kind, photo.party)}。", *noted]
    return told(said, asking.prompt(session, application, scene))


def _put(session: Session, application: Application, photo_id: int, name: str, value: str, now: datetime) -> None:
    photo = photo_of(application, photo_id)
    assert photo is not None and photo.reading is not None
    reading = Reading.from_json(photo.reading)
    before = reading.fields.get(name)
    typed = Read(value, 1.0, (TYPED,), before.box if before is not None else ())
    photo.reading = replace(reading, fields={**reading.fields, name: typed}).to_json()
    data = {"photo": photo.id, "field": name, "read": before.value if before is not None else "", "typed": value}
    record(session, "paper_corrected", ("application", application.id), f"contact:{application.contact_id}", data, now)


def wrong(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """A paper was read wrongly: the one that is named, else the newest."""
    application = current(session, inbound.address.contact_id)
    papers = [each for each in application.photos if each.kind and each.reading] if application is not None else []
    if application is None or not papers:
        return [Say("现在没有要改的材料。")]
    number = argument if argument.isdecimal() else f"{papers[-1].id}"
    return [about_paper(session, application, f"paper:{number}", scene)]
