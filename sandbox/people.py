"""The people of the sandbox, and what their phones show."""

import base64
import hashlib
import secrets
from dataclasses import asdict, dataclass, replace
from typing import Any

from sandbox.bus import Bus
from sandbox.clock import Clock
from sandbox.store import Body, Store

BANNER = "该公众号暂时无法提供服务，请稍后再试"


@dataclass(frozen=True)
class Person:
    """Somebody with a phone. `name` is how the chat calls them, `real_name` is what the telecom operator knows."""

    id: str
    name: str
    phone: str
    openid: str
    following: bool = False
    note: str = ""
    real_name: str = ""
    id_number: str = ""
    followed_at: float = 0
    scene: str = ""

    def public(self) -> dict[str, Any]:
        """The person as the page and the scripts see them."""
        return asdict(self)


class People:
    """Finds people and keeps what is changed about them."""

    def __init__(self, store: Store, bus: Bus) -> None:
        self._store = store
        self._bus = bus
        self._by_id = {key: Person(**body) for key, body in store.all("person").items()}
        self._by_phone = {person.phone: person.id for person in self._by_id.values()}
        self._by_openid = {person.openid: person.id for person in self._by_id.values()}

    def all(self) -> list[Person]:
        """Everybody, in the order in which they came."""
        return list(self._by_id.values())

    def get(self, person_id: str) -> Person | None:
        """By id; a name serves too, for scripts."""
        return self._by_id.get(person_id) or next((p for p in self.all() if p.name == person_id), None)

    def by_openid(self, openid: str) -> Person | None:
        """Who stands behind an openid."""
        return self._by_id.get(self._by_openid.get(openid, ""))

    def by_phone(self, phone: str) -> Person | None:
        """Whose phone this is."""
        return self._by_id.get(self._by_phone.get(phone, ""))

    def add(self, name: str, phone: str, note: str = "", real_name: str = "", id_number: str = "") -> Person:
        """Take in a new person; a phone can have one owner only (ValueError)."""
        if self.by_phone(phone):
            raise ValueError("somebody already has this phone number")
        person_id = f"p{len(self._by_id) + 1}"
        person = Person(person_id, name, phone, _openid(), note=note, real_name=real_name or name, id_number=id_number)
        return self._keep(person)

    def change(self, person: Person, **changes: Any) -> Person:
        """Keep a change, tell the page, return the person as they are now."""
        return self._keep(replace(person, **changes))

    def _keep(self, person: Person) -> Person:
        self._by_id[person.id] = person
        self._by_phone[person.phone], self._by_openid[person.openid] = person.id, person.id
        self._store.put("person", person.id, person.public())
        self._bus.publish({"type": "person", "person": person.public()})
        return person


class Phones:
    """Writes messages into conversations; the bus hears of each."""

    def __init__(self, store: Store, clock: Clock, bus: Bus) -> None:
        self._store = store
        self._clock = clock
        self._bus = bus

    def said(self, person: Person, kind: str, text: str, channel: str = "wechat", **more: Any) -> int:
        """The person sent something (direction "in": towards the service); return its seq."""
        return self._add(person, "in", {"channel": channel, "kind": kind, "text": text, "status": "sending", **more})

    def shown(self, person: Person, kind: str, text: str, via: str, channel: str = "wechat", **more: Any) -> int:
        """The phone shows something from the service (direction "out"); return its seq."""
        body = {"channel": channel, "kind": kind, "text": text, "via": via, "status": "delivered", **more}
        return self._add(person, "out", body)

    def banner(self, person: Person) -> int:
        """Show that the account cannot serve now."""
        return self.shown(person, "banner", BANNER, "platform", status="failed")

    def mark(self, seq: int, status: str) -> None:
        """Change the status of a message and tell the page."""
        found = self._store.message(seq)
        if found and (changed := self._store.change_message(seq, status=status)):
            self._bus.publish({"type": "message", "person_id": found[0], "message": public(changed)})

    def _add(self, person: Person, direction: str, body: Body) -> int:
        body = {"at": self._clock.iso(), **body}
        seq = self._store.add_message(person.id, direction, body)
        message = public({"seq": seq, "direction": direction, **body})
        self._bus.publish({"type": "message", "person_id": person.id, "message": message})
        return seq


def public(message: Body) -> Body:
    """A message without what only the platform needs to repeat it."""
    return {key: value for key, value in message.items() if key != "fields"}


def _openid() -> str:
    """28 characters, as WeChat's are: "o" and 27 of the URL-safe base64 alphabet."""
    return "o" + base64.urlsafe_b64encode(hashlib.sha256(secrets.token_bytes(16)).digest()).decode()[:27]
