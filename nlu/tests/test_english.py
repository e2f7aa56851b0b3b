"""English between the Chinese: what the classifier sees of it, and what the trained model makes of it."""

from pathlib import Path

import pytest
from components.english import in_chinese
from components.masking_tokenizer import masked
from evaluation.messages import Message


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("合同 renew 一下", "合同续约一下"),
        ("Which docs?", "哪些资料?"),
        ("how  long呢", "多久呢"),
        ("ＳＴＡＴＵＳ", "进度"),
        ("help me register please", "帮我注册"),
        ("don't renew", "不续约"),
    ],
)
def test_english_is_seen_as_the_chinese_that_people_use_here(said: str, plain: str) -> None:
    """Whatever stands round it."""
    assert masked(said) == masked(plain)


@pytest.mark.parametrize("said", ["tenants4you", "nmsl", "latest", "jndi:ldap", "un_bind"])
def test_a_piece_of_another_word_is_left_alone(said: str) -> None:
    """Also where it stands in a longer one that nobody listed."""
    assert in_chinese(said) == said


MEANT = {
    "register_group": ["template?"],
    "how_long": ["ETA?", "deadline?"],
    "progress": ["status?", "approved?"],
    "register": ["owner", "help me register", "我要 apply", "how to apply"],
    "register_tenant": ["tenant", "I'm a tenant"],
    "which_documents": ["which docs"],
    "cancel": ["cancel pls"],
    "renew": ["合同 renew 一下", "我要续"],
    "compare_packages": ["package 对比"],
    "list_packages": ["price?"],
    "affirm": ["错不了"],
    "out_of_scope": ["stupid bot", "useless robot", "test", "testing 123", "power cut here"],
    "stop_notices": ["unsubscribe", "stop sms"],
}


def test_short_english_messages_are_understood(model: Path) -> None:
    """And a harsh word is not a wish to hear nothing more."""
    from evaluation import training

    rows = [Message(text, intent) for intent, texts in MEANT.items() for text in texts]
    found = training.answers(model, rows)
    assert [f"{each.message.text}: {each.intent}" for each in found if not each.right] == []
