"""The kinds of package prices, and the periods that a price may hang on: words for programs and for people."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Kind(StrEnum):
    """How the price is made."""

    FIXED = "fixed"
    SHARED = "shared"
    TIME_OF_USE = "time_of_use"
    SEASONAL = "seasonal"
    SEASONAL_TIME = "seasonal_time"


KIND_NAMES: Mapping[str, str] = {
    Kind.FIXED: "固定价",
    Kind.SHARED: "保底分成",
    Kind.TIME_OF_USE: "峰谷平分时价",
    Kind.SEASONAL: "丰枯季节价",
    Kind.SEASONAL_TIME: "丰枯加峰谷平价",
}


class Season(StrEnum):
    """The water's season; which months are which is a setting."""

    WET = "wet"
    LEVEL = "level"
    DRY = "dry"


class Part(StrEnum):
    """The part of the day."""

    PEAK = "peak"
    FLAT = "flat"
    VALLEY = "valley"


SEASON_NAMES: Mapping[str, str] = {Season.WET: "丰水期", Season.LEVEL: "平水期", Season.DRY: "枯水期"}
PART_NAMES: Mapping[str, str] = {Part.PEAK: "峰段", Part.FLAT: "平段", Part.VALLEY: "谷段"}

ALL = "all"
# Which prices a kind has, by key, in the order in which people read them.
KEYS: Mapping[str, tuple[str, ...]] = {
    Kind.FIXED: (ALL,),
    Kind.SHARED: (ALL,),
    Kind.TIME_OF_USE: tuple(Part),
    Kind.SEASONAL: tuple(Season),
    Kind.SEASONAL_TIME: tuple(f"{season}.{part}" for season in Season for part in Part),
}


class Leaving(StrEnum):
    """What is paid for leaving before the term is over."""

    NONE = "none"
    PER_MWH = "per_mwh"  # for each MWh of the months that are left
    SUM = "sum"


LEAVING_NAMES: Mapping[str, str] = {
    Leaving.NONE: "不收违约金",
    Leaving.PER_MWH: "按剩余电量收",
    Leaving.SUM: "一次性收一笔",
}


class BadTerms(ValueError):
    """Terms that cannot be; `problems` says for each field, in Chinese, what is wrong with it."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("；".join(problems.values()))
        self.problems = dict(problems)


def key_name(key: str) -> str:
    """What a price is called: 峰段, 丰水期峰段; empty for a price that is the same at all times."""
    return "".join(SEASON_NAMES.get(word) or PART_NAMES.get(word, "") for word in key.split("."))
