"""The worked example of WeChat's guide to message encryption, from the platform's side."""

import base64

import pytest

from sandbox.wechat.crypto import BadCipher, MessageCipher, signature

TOKEN, KEY, APP_ID = "AAAAA", "A" * 43, "wxba5fad812f8e6fb9"
REPLY = "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="


def test_the_signature_is_that_of_the_guide():
    """SHA-1 over the sorted parts."""
    assert signature(TOKEN, "1714037059", "486452656") == "899cf89e464efb63f54ddac96b0a0a235f53aa78"
    assert signature(TOKEN, "1714112445", "415670741") == "6c5c811b55cc85e0e1b54100749188c20beb3f5d"
    assert signature(TOKEN, "1713424427", "415670741", REPLY) == "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"


def test_the_reply_of_the_guide_is_encrypted_and_decrypted_to_the_byte():
    """With the guide's random 16 bytes the cipher text is the guide's."""
    cipher = MessageCipher(KEY, APP_ID)
    assert cipher.encrypt('{"demo_resp":"good luck"}', b"707722b803182950") == REPLY
    assert cipher.decrypt(REPLY) == '{"demo_resp":"good luck"}'


@pytest.mark.parametrize("length", [0, 1, 30, 31, 32, 33, 700])
def test_what_is_encrypted_comes_back_at_every_padding(length: int):
    """The padding goes to 32 bytes, a full block where nothing is missing."""
    cipher, text = MessageCipher(KEY, APP_ID), "电" * length
    assert cipher.decrypt(cipher.encrypt(text)) == text


@pytest.mark.parametrize(
    "spoiled",
    [
        "",
        "no base64 !",
        "AAAA",
        base64.b64encode(b"x" * 64).decode(),
        REPLY[:-24] + "A" * 22 + "==",
        MessageCipher(KEY, "wx0000000000000000").encrypt("hello"),
        MessageCipher("B" * 43, APP_ID).encrypt("hello"),
    ],
    ids=["empty", "no base64", "too short", "no cipher text", "cut and mended", "another account's", "another key's"],
)
def test_a_text_that_is_not_for_this_account_is_one_kind_of_error(spoiled: str):
    """Broken base64, broken blocks, another key, another app id."""
    with pytest.raises(BadCipher):
        MessageCipher(KEY, APP_ID).decrypt(spoiled)
