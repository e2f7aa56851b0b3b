"""One company registers, end to end: encrypted XML, real Rasa, real OCR, real Redis and Celery, a real console."""

from __future__ import annotations

import os
import random
import re
import signal
import time
from pathlib import Path

import httpx
import pytest

import sandbox
from benchmarks.storm import storm
from benchmarks.storm_people import Crowd
from tests.support.product import Product

TALKS = Path(sandbox.__file__).parent / "talks"
KILLS = 5

pytestmark = pytest.mark.timeout(900)


def sms_of(product: Product, person: str) -> list[str]:
    """The SMS that a person got, codes made alike."""
    found = [each["text"] for each in product.messages(person) if each["channel"] == "sms"]
    return [re.sub(r"\d{6}", "<code>", text) if "验证码" in text else text for text in found]


def test_in_a_storm_of_answers_each_delivered_three_times_every_one_acts_once(product: Product, crowd: Crowd) -> None:
    """Encrypted XML and Aliyun's pushes, shuffled; a tenth answers on both channels at once with opposite words.
    First of all, because it counts every row of the store. `./run bench storm` does it with 10,000 people."""
    said: list[str] = []
    assert storm(product, crowd, random.Random(2026), said.append), "".join(said)


def test_a_company_registers_and_is_approved(product: Product) -> None:
    """From 关注 to 交易中心审核通过, as `./run talk sandbox/talks/registration.yml` plays it."""
    talk = product.talk(TALKS / "registration.yml")
    printed, _ = talk.communicate(timeout=600)
    assert talk.returncode == 0, printed
    banners = [each for each in product.messages("王会计") if each["kind"] == "banner"]
    assert banners == []


def test_a_company_registers_by_sms_alone(product: Product) -> None:
    """The licence by a one-time link, one code to submit, stop and start, the market: no WeChat at all."""
    talk = product.talk(TALKS / "sms.yml")
    printed, _ = talk.communicate(timeout=600)
    assert talk.returncode == 0, printed


def test_workers_killed_at_random_moments_lose_nothing_and_say_nothing_twice(product: Product) -> None:
    """kill -9 for the worker and its children, five times during a registration, at moments that chance picks."""
    chance = random.Random()
    talk = product.talk(TALKS / "branch.yml")
    killed = 0
    while talk.poll() is None and killed < KILLS:
        time.sleep(chance.uniform(0.5, 4.0))
        for pid in product.pids("-Q default"):
            os.kill(pid, signal.SIGKILL)
        killed += 1
    printed, _ = talk.communicate(timeout=600)
    assert talk.returncode == 0, printed
    assert killed == KILLS
    texts = sms_of(product, "周经理")
    assert len(texts) == len(set(texts)) == 4, texts
    notices = [each["text"] for each in product.messages("周经理") if each["kind"] == "template"]
    assert len(notices) == len(set(notices)) == 2, notices


def test_the_logs_of_all_processes_name_nobody(product: Product) -> None:
    """Phones, names, account numbers and company codes of the talks above are in no log of any process."""
    secrets = (
        *("13887654321", "王秀英", "0530010686818433", "91530112MAQJWYLF5B", "李国强"),
        *("13708801122", "周丽萍", "13988123456", "马文斌", "0530014075363015"),
    )
    openids = {each["openid"] for each in _people(product)}
    for log in product.place.logs.glob("*.log"):
        text = log.read_text(errors="replace")
        assert [word for word in (*secrets, *openids) if word in text] == [], log.name


def _people(product: Product) -> list[dict[str, str]]:
    found: list[dict[str, str]] = httpx.get(f"{product.sandbox}/sandbox/state").json()["people"]
    return found
