"""Sentences that several places say."""

from __future__ import annotations

from collections.abc import Mapping

WELCOME = "您好，这里是电力市场服务台。用电企业注册入市，发一张营业执照照片就能开始，大约5分钟。"

# Why a picture gave nothing, and what to do. The words are those of the reader (`bot.photos`).
PHOTO_TROUBLES: Mapping[str, str] = {
    "unreadable": "这张照片打不开，请重新拍一张JPG或PNG照片发给我。",
    "too_large": "照片太大了，请用微信直接拍照发送（不选“原图”），或换一张小一点的。",
    "too_small": "照片太小，字看不清。请靠近一些，把执照拍满画面再发一次。",
    "no_text": "照片里没有看到字。请把营业执照放平、光线亮一点，再拍一张。",
    "blurred": "照片有点糊，关键的字没读出来。请放平、对焦后再拍一张；也可以直接发18位统一社会信用代码。",
    "not_licence": "这张看起来不是营业执照。请拍营业执照（正本或副本）；现在不需要别的证件。",
    "two_documents": "照片里好像有不止一份证件，请只拍营业执照这一张。",
    "gone": "照片没有收到（可能已过期），请再发一次。",
}
