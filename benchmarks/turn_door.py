"""A turn at the product's WeChat door: encrypted callback in, encrypted reply out, with every process running."""

from __future__ import annotations

import time
from pathlib import Path
from random import Random

import httpx

from benchmarks.storm_people import Crowd
from benchmarks.storm_wire import Wire
from benchmarks.turn_town import MESSAGES
from tests.support.product import running_product

WARM = 10


def answers(root: Path, messages: int) -> list[float]:
    """Seconds of so many messages, each of another person, one after the other."""
    crowd, found = Crowd(0, Random(2026)), []
    crowd.wechat = Crowd(messages + WARM, Random(2026)).wechat
    crowd.move_in(root)
    with running_product(root) as product:
        wire = Wire(product.environment)
        with httpx.Client(base_url=wire.base, trust_env=False, timeout=30) as client:
            for place, person in enumerate(crowd.wechat):
                deliver = wire.words(person.openid, person.wechat_message, MESSAGES[place % len(MESSAGES)])
                began = time.perf_counter()
                _, status, _, reply = deliver(client)
                found.append(time.perf_counter() - began)
                assert status == "200" and reply, (status, reply)
    return found[WARM:]
