"""The one place that builds everything. Tests build the same with other parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random, SystemRandom
from typing import Protocol

from redis import Redis

from bot.channels.sms.client import AliyunSms
from bot.channels.wechat.client import WeChat
from bot.channels.wechat.oauth import OAuth
from bot.clock import Clock
from bot.database import Store
from bot.photos import PhotoStore
from bot.rasa import Rasa
from bot.settings import Settings
from bot.sources.desk import Sources
from domain.messages.templates import check
from domain.private import use_keys


class Doorbell(Protocol):
    """Tells a worker that there is something to do. Losing a ring loses nothing: a sweep looks at the rows anyway."""

    def turn(self, inbound_id: int) -> None:
        """A message waits for its turn."""

    def photo(self, inbound_id: int) -> None:
        """A photo waits to be read."""

    def document(self, photo_id: int) -> None:
        """A document that came without a message waits to be read."""

    def proxy_batch(self, batch_id: int) -> None:
        """A proxy's batch waits to be worked on."""

    def deliver(self, address_id: int) -> None:
        """Something is due for an address."""

    def batch(self, batch_id: int) -> None:
        """A batch has rows to be worked on."""


@dataclass(frozen=True, slots=True)
class App:
    """Everything that a process of the product works with."""

    settings: Settings
    clock: Callable[[], datetime]
    random: Random
    store: Store
    redis: Redis
    doorbell: Doorbell
    wechat: WeChat
    oauth: OAuth
    sms: AliyunSms
    sources: Sources
    rasa: Rasa
    photos: PhotoStore


def build(settings: Settings, doorbell: Doorbell) -> App:
    """The product's parts, made from the settings. Opens no connection. BadTemplates where an SMS could not be sent."""
    use_keys(settings.data_key)
    check()
    redis: Redis = Redis.from_url(settings.redis, socket_timeout=5, socket_connect_timeout=2)
    return App(
        settings=settings,
        clock=Clock(settings.clock_offset_file),
        random=SystemRandom(),
        store=Store(settings.database),
        redis=redis,
        doorbell=doorbell,
        wechat=WeChat(
            app_id=settings.wechat_app_id,
            secret=settings.wechat_app_secret,
            redis=redis,
            base_url=settings.wechat_api_base_url,
        ),
        oauth=OAuth(
            app_id=settings.wechat_app_id,
            secret=settings.wechat_app_secret,
            api_base_url=settings.wechat_api_base_url,
            authorize_base_url=settings.wechat_oauth_base_url,
        ),
        sms=AliyunSms(
            access_key_id=settings.aliyun_access_key_id,
            access_key_secret=settings.aliyun_access_key_secret,
            sign_name=settings.aliyun_sms_sign_name,
            endpoint=settings.aliyun_sms_endpoint,
        ),
        sources=Sources.of(settings),
        rasa=Rasa(settings.rasa_url, settings.rasa_channel_secret),
        photos=PhotoStore(settings.var_dir / "photos"),
    )
