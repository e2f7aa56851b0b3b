"""Sentences that several places say."""

from __future__ import annotations

from collections.abc import Mapping

WELCOME = "您好，这里是电力市场服务台。用电企业注册入市，发一张营业执照照片就能开始，大约5分钟。"
WELCOME_ON_SMS = "您好，用电企业办电力市场注册，回复短信就行，约5分钟"

ANSWER_LATER = "我这会儿反应有点慢，您的话已经记下，恢复后马上回复您。照片、数字选项和进度通知不受影响。"

PHOTO_ARRIVED = "照片收到了，正在读，稍等一下就告诉您结果。"

# Why a picture gave nothing, and what to do. The keys are those of the reader (bot.ocr), and "gone", "blurred" of ours.
_AGAIN = "请重新拍一张发给我；也可以直接发18位统一社会信用代码。"
PHOTO_TROUBLES: Mapping[str, str] = {
    "empty": f"这张照片是空的，{_AGAIN}",
    "undecodable": f"这张照片打不开，{_AGAIN}",
    "too_large": "照片太大了，请换一张小一点的（在微信里不选“原图”）。",
    "too_many_pixels": "照片太大了，请换一张小一点的（在微信里不选“原图”）。",
    "too_small": "照片太小，字看不清。请靠近一些，把执照拍满画面再发一次。",
    "no_text": "照片里没有看到字。请把营业执照放平、光线亮一点，再拍一张。",
    "blurred": "照片有点糊，名称和代码没读出来。请放平、对焦后再拍一张；也可以直接发18位统一社会信用代码。",
    "other_document": "这张看起来是别的证件，不是营业执照。请拍营业执照（正本或副本）发给我。",
    "no_licence": "这张照片里没有认出营业执照。请把执照拍完整、拍清楚，再发一次。",
    "several_documents": "照片里好像有不止一份证件，请只拍营业执照这一张。",
    "several_licences": "照片里有两张营业执照，请只拍要注册的那一张。",
    "cut_off": "营业执照没有拍全，请把四个角都拍进去，再发一次。",
    "gone": "照片没有收到（可能已过期），请再发一次。",
}
