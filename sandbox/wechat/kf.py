"""WeChat's own customer-service desk: a talk that was transferred waits for it, is taken, and is closed.

While somebody there has a talk, what the person writes goes to them and not to the product; half an hour after it was
taken WeChat brings the messages to the product again (developers.weixin.qq.com, customer service, forwarding).
"""

from sandbox.people import Person
from sandbox.wechat.push import hand_over
from sandbox.world import World

ACCOUNT = "kf2001@sandbox"
FORWARDED = 30 * 60  # seconds


class NoTalk(ValueError):
    """This person's talk was not transferred, or was not taken yet."""


class KfDesk:
    """One customer-service account that a tester plays."""

    def __init__(self, world: World) -> None:
        self._world = world

    def take(self, person: Person) -> int:
        """Take a talk that waits: kf_create_session."""
        self._talk(person, taken=False)
        self._world.store.put("kf", person.id, {"taken_at": self._world.clock.now()})
        return self._event(person, "[客服接入了会话]", "kf_create_session")

    def say(self, person: Person, content: str) -> int:
        """Say something to the person; the product hears nothing of it."""
        self._talk(person, taken=True)
        return self._world.phones.shown(person, "text", content, "kf")

    def close(self, person: Person) -> int:
        """Close the talk: kf_close_session; the next message is the product's again."""
        self._talk(person, taken=True)
        self._world.store.delete("kf", person.id)
        return self._event(person, "[客服关闭了会话]", "kf_close_session")

    def hears(self, person: Person) -> bool:
        """Whether what the person writes now goes to the desk and not to the product."""
        talk = self._world.store.get("kf", person.id) or {}
        taken_at = talk.get("taken_at")
        return taken_at is not None and self._world.clock.now() < taken_at + FORWARDED

    def _talk(self, person: Person, *, taken: bool) -> None:
        talk = self._world.store.get("kf", person.id)
        if talk is None or (taken and talk.get("taken_at") is None):
            raise NoTalk("no talk of this person is with the customer service")

    def _event(self, person: Person, text: str, event: str) -> int:
        seq = self._world.phones.said(person, "event", text)
        hand_over(self._world, person, {"MsgType": "event", "Event": event, "KfAccount": ACCOUNT}, seq)
        return seq
