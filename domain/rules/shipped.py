"""The rules that a market starts with. Administrators change them in the console; this is only the first version.

What an interface knows may stop a submission. What was only read off a picture never does: it is to be handed in again
(supplementable), or a person looks (hint, needs_person). A fact that is not known makes no rule apply, but for those
that say that it is missing. No text names what only the archive knows of another company.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.rules.shipped_papers import PAPERS

COMPANY: tuple[Mapping[str, Any], ...] = (
    {
        "name": "代码未确认",
        "condition": "code == null or code_doubted",
        "severity": "blocking",
        "problem": "统一社会信用代码没有读清，还不能确定。",
        "suggestion": "请直接发送18位代码，或把执照重新拍清楚一些。",
    },
    {
        "name": "代码校验不符",
        "condition": "code_valid == false",
        "severity": "blocking",
        "problem": "统一社会信用代码 {code} 的校验位不对，可能有一位写错了。",
        "suggestion": "请对照营业执照逐位核对后重新发送。",
    },
    {
        "name": "工商登记查无此企业",
        "condition": "code != null and code_valid != false and not registry_known and not registry_down",
        "severity": "blocking",
        "problem": "工商登记里查不到代码 {code}。",
        "suggestion": "请对照营业执照核对代码后重新发送；新办执照可在登记公示后再提交。",
    },
    {
        "name": "企业已注销或吊销",
        "condition": 'registry_status in ["注销", "吊销"]',
        "severity": "blocking",
        "problem": "工商登记显示企业状态为“{registry_status}”。",
        "suggestion": "请用现在用电的企业的营业执照注册；如登记有误，请先到市场监管部门更正。",
    },
    {
        "name": "企业已迁出",
        "condition": 'registry_status == "迁出"',
        "severity": "hint",
        "problem": "工商登记显示企业已迁到别处登记。",
        "suggestion": "请核对营业执照是不是迁入地换发的，用电地址是否还在本省。",
        "needs_person": True,
    },
    {
        "name": "企业状态不明",
        "condition": 'registry_known and (registry_status == null or registry_status == "未知")',
        "severity": "hint",
        "problem": "工商登记没有说明企业是否在营。",
        "suggestion": "请到企业信用信息公示系统核对后再审核。",
        "needs_person": True,
    },
    {
        "name": "缺营业执照照片",
        "condition": "not licence_photo",
        "severity": "blocking",
        "problem": "还没有收到营业执照照片。",
        "suggestion": "请把营业执照正本或副本平放拍照，直接发给我。",
    },
    {
        "name": "营业执照已到期",
        "condition": "licence_end != null and licence_end < today",
        "severity": "blocking",
        "problem": "营业期限已于 {licence_end} 到期。",
        "suggestion": "请先办理延期，再发送新执照的照片。",
    },
    {
        "name": "营业执照即将到期",
        "condition": "licence_days_left != null and licence_days_left >= 0 and licence_days_left <= 30",
        "severity": "hint",
        "problem": "营业期限到 {licence_end}，还剩 {licence_days_left} 天。",
        "suggestion": "请提醒用户及时延期。",
    },
    {
        "name": "企业名称与工商登记不符",
        "condition": 'registry_name_relation in ["differs", "branch"]',
        "severity": "hint",
        "problem": "企业名称与工商登记不同：{registry_name_reason}。",
        "suggestion": "可能刚变更，审核时请核对执照照片和登记时间。",
        "needs_person": True,
    },
    {
        "name": "填的是曾用名",
        "condition": 'registry_name_relation == "former"',
        "severity": "hint",
        "problem": "企业名称{registry_name_reason}。",
        "suggestion": "是同一家企业，审核时请以现名为准。",
        "needs_person": True,
    },
    {
        "name": "执照照片是曾用名",
        "condition": 'photo_name_relation == "former"',
        "severity": "supplementable",
        "problem": "照片上的执照是更名前的旧执照。",
        "suggestion": "请补拍更名后换发的营业执照。",
        "document": "licence",
    },
    {
        "name": "执照照片名称不符",
        "condition": 'photo_name_relation in ["differs", "branch"]',
        "severity": "hint",
        "problem": "照片上读到的名称与申请的名称不同：{photo_name_reason}。",
        "suggestion": "可能是识别有误，审核时请对照照片。",
        "needs_person": True,
    },
    {
        "name": "执照照片代码不符",
        "condition": "photo_code_differs",
        "severity": "supplementable",
        "problem": "照片上的统一社会信用代码与申请的代码不同，可能拍成了别的单位的执照。",
        "suggestion": "请补拍本单位的营业执照。",
        "needs_person": True,
        "document": "licence",
    },
    {
        "name": "法定代表人与登记不符",
        "condition": "registry_legal_person != null and legal_person != null and legal_person != registry_legal_person",
        "severity": "hint",
        "problem": "法定代表人与工商登记不同（登记为 {registry_legal_person}）。",
        "suggestion": "可能刚变更，审核时请核对执照照片。",
        "needs_person": True,
    },
    {
        "name": "所填与登记不同",
        "condition": "decided_against != null",
        "severity": "hint",
        "problem": "这些内容以用户所说为准，与接口查到的不同：{decided_against}。",
        "suggestion": "审核时请逐项核对来源。",
        "needs_person": True,
    },
    {
        "name": "售电公司不能这样注册",
        "condition": "is_retailer",
        "severity": "blocking",
        "problem": "售电公司暂不能在这里注册为电力用户。",
        "suggestion": "请向交易中心办理售电公司注册；如果贵单位不是售电公司，请回复“人工”。",
    },
    {
        "name": "发电企业不能这样注册",
        "condition": "is_plant and not is_retailer",
        "severity": "blocking",
        "problem": "发电企业暂不能在这里注册为电力用户。",
        "suggestion": "请向交易中心办理发电企业注册；如果贵单位不是发电企业，请回复“人工”。",
    },
    {
        "name": "经营范围有售电或发电",
        "condition": "sells_power and not is_retailer and not is_plant",
        "severity": "hint",
        "problem": "企业的经营范围里有售电或发电业务。",
        "suggestion": "请核对它是不是以用电户身份注册。",
        "needs_person": True,
    },
)

ACCOUNT: tuple[Mapping[str, Any], ...] = (
    {
        "name": "户号查不到",
        "condition": "account_number != null and not account_known and not marketing_down",
        "severity": "blocking",
        "problem": "营销系统里查不到户号 {account_number}。",
        "suggestion": "请对照电费单核对16位户号后重新发送。",
    },
    {
        "name": "户号已销户",
        "condition": 'account_status == "closed"',
        "severity": "blocking",
        "problem": "户号 {account_number} 已销户。",
        "suggestion": "请核对电费单，发送正在使用的户号。",
    },
    {
        "name": "户号状态不明",
        "condition": 'account_status == "unknown"',
        "severity": "hint",
        "problem": "营销系统没有说明户号 {account_number} 是否还在用电。",
        "suggestion": "请供电局核对用电状态后再审核。",
        "needs_person": True,
    },
    {
        "name": "户号已注册",
        "condition": "account_registered",
        "severity": "blocking",
        "problem": "户号 {account_number} 已有一份注册申请。",
        "suggestion": "请核对户号；如不是您提交的，请向交易中心核实。",
    },
    {
        "name": "户名与执照不符",
        "condition": 'account_known and account_name_relation == "differs"'
        " and (account_code == null or account_code != code)",
        "severity": "blocking",
        "problem": "户号登记的户名与营业执照上的名称不一致。",
        "suggestion": "请核对户号；如果电表不是贵单位名下（租赁或代缴），请回复“租户”。",
        "kinds": ["owner"],
    },
    {
        "name": "户名有出入但代码一致",
        "condition": 'account_known and account_name_relation != null and account_name_relation != "same"'
        " and account_code == code",
        "severity": "hint",
        "problem": "户名与执照名称写法不同，但统一社会信用代码一致。",
        "suggestion": "可能更过名，审核时请核对。",
        "kinds": ["owner"],
    },
    {
        "name": "户名是曾用名",
        "condition": 'account_name_relation == "former" and (account_code == null or account_code != code)',
        "severity": "hint",
        "problem": "户号登记的户名是企业的曾用名。",
        "suggestion": "工商变更记录里有这个名称，审核时请核对，并请用户到供电局办理更名。",
        "needs_person": True,
        "kinds": ["owner"],
    },
    {
        "name": "户名是总公司或分支机构",
        "condition": 'account_name_relation == "branch" and (account_code == null or account_code != code)',
        "severity": "hint",
        "problem": "户号登记的户名与企业是总公司和分支机构的关系。",
        "suggestion": "请核对由谁用电、由谁签约。",
        "needs_person": True,
    },
    {
        "name": "户名一致但代码不同",
        "condition": 'account_name_relation == "same" and account_code != null and account_code_valid != false'
        " and account_owner_code != null and account_code != account_owner_code",
        "severity": "hint",
        "problem": "户名一致，但营销系统登记的代码与企业的代码不同。",
        "suggestion": "可能是档案没有更新，审核时请核对。",
        "needs_person": True,
    },
    {
        "name": "档案缺代码",
        "condition": 'account_known and account_code == null and account_name_relation == "same"',
        "severity": "hint",
        "problem": "营销系统里这个户号没有登记统一社会信用代码。",
        "suggestion": "户名一致，可以审核；请供电局顺便补录代码。",
    },
    {
        "name": "档案代码有误",
        "condition": "account_code_valid == false",
        "severity": "hint",
        "problem": "营销系统登记的统一社会信用代码校验位不对。",
        "suggestion": "请供电局核对并更正档案。",
    },
    {
        "name": "档案缺户名",
        "condition": "account_known and account_name == null",
        "severity": "hint",
        "problem": "营销系统里这个户号没有户名。",
        "suggestion": "请供电局核对产权人后再审核。",
        "needs_person": True,
    },
    {
        "name": "容量缺失",
        "condition": "account_known and (capacity_kva == null or capacity_kva <= 0)",
        "severity": "hint",
        "problem": "营销系统里没有受电容量。",
        "suggestion": "请供电局补录容量后再审核：容量决定能不能选批发市场。",
        "needs_person": True,
    },
    {
        "name": "供电局不明",
        "condition": "account_known and not bureau_known",
        "severity": "hint",
        "problem": "营销系统没有说明由哪个供电局供电。",
        "suggestion": "由交易中心代为初审，请核对供电单位。",
        "needs_person": True,
    },
)

PERSON: tuple[Mapping[str, Any], ...] = (
    {
        "name": "缺联系人",
        "condition": "contact_name == null",
        "severity": "blocking",
        "problem": "还没有联系人姓名。",
        "suggestion": "请发送办理这件事的联系人姓名。",
    },
    {
        "name": "手机未验证",
        "condition": "not phone_verified",
        "severity": "blocking",
        "problem": "联系手机还没有验证。",
        "suggestion": "请发送手机号，再回复收到的短信验证码。",
    },
    {
        "name": "手机与姓名不符",
        "condition": 'phone_name == "mismatch"',
        "severity": "hint",
        "problem": "运营商核验：手机号不在联系人名下。",
        "suggestion": "可能是单位号码，审核时请留意。",
        "needs_person": True,
    },
    {
        "name": "手机与姓名没核验到",
        "condition": 'phone_name == "unknown"',
        "severity": "hint",
        "problem": "运营商没有给出手机号是不是联系人本人的。",
        "suggestion": "手机已用短信验证，审核时请留意。",
    },
    {
        "name": "手机用于多家企业",
        "condition": "(phone_companies ?? 0) >= 5",
        "severity": "hint",
        "problem": "还有 {phone_companies} 家企业的申请用这个联系电话。",
        "suggestion": "可能是代办人员，审核时请核对授权。",
        "needs_person": True,
    },
)

OTHERS: tuple[Mapping[str, Any], ...] = (
    {
        "name": "同企业重复填报",
        "condition": "account_also_drafted",
        "severity": "hint",
        "problem": "同一企业还有一份没提交的申请填了户号 {account_number}。",
        "suggestion": "只会受理先提交的一份，审核时请留意是不是重复。",
    },
    {
        "name": "典型注册户未通过",
        "condition": "representative_admitted == false",
        "severity": "hint",
        "problem": "共用资料的典型注册户还没有审核通过。",
        "suggestion": "请先审核典型注册户，再审核这一户。",
        "needs_person": True,
    },
    {
        "name": "与典型注册户代码不一致",
        "condition": "representative_code_agrees == false",
        "severity": "blocking",
        "problem": "统一社会信用代码与典型注册户不同，不能共用它的资料。",
        "suggestion": "请核对代码；不是同一家企业的，请单独注册。",
    },
    {
        "name": "多次退回",
        "condition": "(returned_times ?? 0) >= 3",
        "severity": "hint",
        "problem": "这份申请已退回 {returned_times} 次。",
        "suggestion": "请联系用户，一次说清还差什么。",
        "needs_person": True,
    },
    {
        "name": "有逾期未补的材料",
        "condition": "(overdue_papers ?? 0) > 0",
        "severity": "hint",
        "problem": "同一企业的其他申请有 {overdue_papers} 项材料逾期没补。",
        "suggestion": "请先请用户补齐，再审核新的申请。",
        "needs_person": True,
    },
    {
        "name": "接口未应答",
        "condition": "registry_down or marketing_down",
        "severity": "hint",
        "problem": "提交时有接口没有应答，资料将自动补查。",
        "suggestion": "补查完成后再审核。",
        "needs_person": True,
    },
)

SHIPPED: tuple[Mapping[str, Any], ...] = (*COMPANY, *ACCOUNT, *PERSON, *PAPERS, *OTHERS)
