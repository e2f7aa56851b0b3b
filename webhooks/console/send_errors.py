"""WeChat's and Aliyun's error codes as a person needs them: what happened, and who can do something about it.

Codes as in bot/channels/wechat/errors.py and bot/channels/sms/errors.py, whose sources are named there; the codes of
delivery reports as in Aliyun's document 101347.
"""

from __future__ import annotations

from collections.abc import Mapping

from domain.messages.messages import OutboundMessage, OutState

HELD = "微信暂不允许主动推送：用户48小时内没有发言，或条数已用完。用户下次发消息时会自动带上。"

_WECHAT: Mapping[str, str] = {
    "40001": "微信接口凭证失效，系统会自动更换；若反复出现，请检查 AppSecret 是否被重置",
    "40003": "用户标识无效，可能已注销微信",
    "40036": "模板编号不对，请在“参数”里核对微信模板编号",
    "40037": "模板编号不对，请在“参数”里核对微信模板编号",
    "40164": "服务器 IP 不在微信白名单，请到公众平台添加",
    "43004": "用户没有关注服务号，请用短信或电话联系",
    "43019": "用户在黑名单里，请先移出",
    "43101": "用户拒收通知，请用短信或电话联系",
    "45001": "图片或文件太大",
    "45002": "文字太长",
    "45009": "今天的微信接口次数已用完，次日自动恢复",
    "45011": "调用太频繁，稍后会自动再试",
    "45015": "用户超过48小时没有发言，微信不允许推送",
    "45047": "给这位用户的推送条数已用完，等用户再次发言",
    "47001": "消息格式不对，请把错误码告诉技术支持",
    "47003": "模板字段不合要求，请把错误码告诉技术支持",
    "48001": "公众号没有这个接口的权限，请到公众平台开通",
    "48004": "接口被微信封禁，请登录公众平台处理",
    "50002": "公众号账号受限，请登录公众平台处理",
}
_ALIYUN: Mapping[str, str] = {
    "isv.MOBILE_NUMBER_ILLEGAL": "手机号不合规，请与用户核对",
    "isv.BUSINESS_LIMIT_CONTROL": "给这个手机号发得太频繁，运营商限流，稍后再发",
    "isv.DAY_LIMIT_CONTROL": "今天的短信额度已用完，请调整额度或明天再发",
    "isv.MONTH_LIMIT_CONTROL": "本月短信额度已用完，请调整额度",
    "isv.AMOUNT_NOT_ENOUGH": "短信账户余额不足，请充值后重发",
    "isv.OUT_OF_SERVICE": "短信服务已停（多为欠费），请充值后重发",
    "isv.SMS_SIGNATURE_ILLEGAL": "短信签名未通过审核，请到阿里云核对签名",
    "isv.SMS_TEMPLATE_ILLEGAL": "短信模板不存在或未通过审核，请在“参数”里核对模板编号",
    "isv.TEMPLATE_MISSING_PARAMETERS": "短信模板的变量对不上，请核对模板内容",
    "isv.TEMPLATE_PARAMS_ILLEGAL": "短信变量内容不合规，请把错误码告诉技术支持",
    "isv.PARAM_LENGTH_LIMIT": "短信变量超过长度",
    "isv.BLACK_KEY_CONTROL_LIMIT": "短信内容含有被管控的词，请修改后重发",
    "isv.SMS_CONTENT_ILLEGAL": "短信内容不合规，请修改后重发",
    "isv.CUSTOMER_REFUSED": "用户已退订短信，请电话联系",
    "isp.RAM_PERMISSION_DENY": "阿里云子账号没有发短信的权限，请授权",
    "SignatureDoesNotMatch": "阿里云密钥不对，请核对 AccessKey",
    "InvalidAccessKeyId.NotFound": "阿里云 AccessKey 不存在或已停用",
    "SDK.HttpError": "没有连上阿里云，无法确认是否发出",
    "unreadable": "对方返回了看不懂的结果",
}
# What delivery reports say (Aliyun spells MOBLLE so).
_REPORTED: Mapping[str, str] = {
    "MOBILE_NOT_ON_SERVICE": "手机停机、空号、关机或不在服务区，请电话联系用户或更换号码",
    "MOBILE_SEND_LIMIT": "给这个手机号发得太多，运营商限流，稍后再发",
    "MOBILE_ACCOUNT_ABNORMAL": "手机号状态异常（欠费、携号转网等），请与用户核对",
    "MOBILE_IN_BLACK": "手机号在黑名单里，多为用户退订，请电话联系",
    "MOBLLE_TERMINAL_ERROR": "用户手机有问题（内存满、卡异常等），稍后再发",
    "CONTENT_KEYWORD": "内容被运营商按关键字拦截，请修改后重发",
}
_OURS: Mapping[str, str] = {
    "field_does_not_fit": "内容不合微信模板字段的要求，请把错误码告诉技术支持",
    "too_long": "文字太长，分段后超过微信允许的条数",
    "unreachable": "没有连上微信，系统会自动再试",
    "no_answer": "微信没有回应，系统会自动再试",
    "failed:user block": "用户拒收这类通知",
    "failed: system failed": "微信发送失败，请稍后再发",
}
WORDS: Mapping[str, str] = {**_WECHAT, **_ALIYUN, **_REPORTED, **_OURS}
EXPIRED = "过了时效还没能发出，不再自动发送；仍需要时可以再发一次。"
MERGED = "已由同一申请的另一条消息一并告知"


def explain(row: OutboundMessage) -> str:
    """Why a message did not arrive, for a person; an unknown code asks for support."""
    if row.state == OutState.HELD:
        return HELD
    if row.state == OutState.MERGED:
        return MERGED
    if row.state == OutState.EXPIRED:
        return EXPIRED + (f"最后一次的原因：{WORDS[row.error]}" if row.error in WORDS else "")
    if not row.error and row.state != OutState.FAILED:
        return ""
    if not row.error:
        return "没有留下原因，请把时间和申请编号告诉技术支持"
    return WORDS.get(row.error, "未登记的错误，请把错误码告诉技术支持")
