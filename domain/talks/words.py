"""What the desk says around a talk with staff."""

from __future__ import annotations

from collections.abc import Mapping

STAFF = "工作人员："  # begins every answer that a person wrote
TRANSFER = "正在为您转接人工客服，请稍等。"
MEANWHILE = "\n等待时我不插话；点选项、回复编号照常有效。不想等了，点下面的“转回机器人”。"
BACK = "好的，转回自动服务台，我接着为您办。要人工随时回复“人工”。"
ENDED = "人工服务已结束，我是自动服务台，接着为您办。要人工随时回复“人工”。"
CLOSED = "这次人工服务已结束，谢谢您。有事随时发消息，要人工回复“人工”。"
LEFT = "好一会儿没有收到您的消息，人工先结束了，您说的都记着。我是自动服务台，要人工随时回复“人工”。"
NO_TALK = "现在就是我（自动服务台）在为您服务，请直接说。"
STILL_WAITING = "还在为您联系工作人员，{line}。您的话都在，不用重发。"
PHOTO_KEPT = "照片收到，已转给工作人员。"
# What staff neither hear nor see, so that silence would leave both waiting.
UNSEEN: Mapping[str, str] = {
    "voice": "工作人员听不到语音，请打字。",
    "unsupported": "这类消息工作人员看不到，请发文字或照片。",
}
STANDARD_ANSWERS = (
    "您好，请问有什么可以帮您？",
    "请把户号（16位、05开头，在电费单左上角）发给我。",
    "请拍一张营业执照照片发来，放平、四角拍全。",
    "已经帮您核实，请稍等，我查一下。",
    "您的申请正在审核，一有结果会短信通知您。",
    "这件事要到交易中心网站或窗口办理。",
    "问题解决了吗？没有别的事，我就先结束人工服务了。",
)
READING_NOW = "您刚才发的照片我来读，稍等一下就告诉您结果。"
