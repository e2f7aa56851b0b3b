"""What a message can be: a command, values, a picture, or the exact answer to a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from domain.questions.questions import Match, Unclear
from domain.registration.readings import Reading


@dataclass(frozen=True, slots=True)
class Command:
    """Something that a person wants done, by a tap, an exact word or as Rasa understood it. `guesses`: the intents that
    an unclear message may have meant, the likeliest first; `also`: a second wish in the same message."""

    name: str
    argument: str = ""
    guesses: tuple[str, ...] = ()
    also: Command | None = None


@dataclass(frozen=True, slots=True)
class Values:
    """Values that a person gives; `about` is the field that they call wrong, when they do; `text` the whole message;
    `said` what it states that belongs to no field (domain.dialogue.stated)."""

    raw: Mapping[str, str] = field(default_factory=dict)
    correcting: bool = False
    about: str = ""
    text: str = ""
    also: Command | None = None
    said: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture was read."""

    reading: Reading


Act = Command | Values | Picture | Match | Unclear
