// The sample data of the outside systems, editable: companies of the registry, accounts of the marketing system.

import { api } from "./api.js";
import { h, openDialog, toast } from "./dom.js";

const COMPANY = {
  name: "名称", uscc: "统一社会信用代码", old_number: "旧注册号（15 位）", type: "类型", legal_person: "负责人姓名", legal_person_title: "负责人称谓",
  capital: "注册资本", established: "成立日期", term: "营业期限", address: "住所", scope: "经营范围", status: "状态",
};
const ACCOUNT = {
  account_number: "户号", name: "户名", uscc: "统一社会信用代码", address: "用电地址", capacity_kva: "容量（kVA）", voltage_kv: "电压（kV）",
  bureau: "供电单位", status: "状态", contact_phone: "联系电话", category: "用电类别",
};
const CHOICES = { "companies.status": ["存续", "注销", "吊销"], "accounts.status": ["active", "closed"], "companies.legal_person_title": ["法定代表人", "经营者", "负责人", "执行事务合伙人", "投资人"] };
const LONG = new Set(["scope", "address"]);
const KEYS = new Set(["uscc", "account_number"]); // what a row is found by is not changed here

export class DataEditor {
  constructor() {
    this.filter = h("input", { type: "search", "aria-label": "查找企业或户号", placeholder: "查找企业或户号", oninput: () => this.draw() });
    this.companies = [];
    this.accounts = [];
    this.list = h("div", { class: "data-list" });
    this.element = h("div", {}, h("p", { class: "hint" }, "改了就生效：登记机关和营销系统以后按新的内容回答。"), this.filter, this.list);
  }

  async load() {
    try {
      [this.companies, this.accounts] = await Promise.all([api.companies(), api.accounts()]);
      this.draw();
    } catch (error) {
      toast(`样例数据没有读到：${error.message}`, { bad: true });
    }
  }

  draw() {
    const wanted = this.filter.value.trim();
    const groups = this.companies.map((company) => [company, this.accounts.filter((account) => account.uscc === company.uscc)]);
    const matches = ([company, accounts]) => !wanted || JSON.stringify([company, accounts]).includes(wanted);
    const orphans = this.accounts.filter((account) => !this.companies.some((company) => company.uscc === account.uscc) && JSON.stringify(account).includes(wanted));
    this.list.replaceChildren(...groups.filter(matches).map(([company, accounts]) => this.group(company, accounts)), ...orphans.map((account) => this.accountLine(account)));
    if (!this.list.childElementCount) this.list.append(h("p", { class: "empty" }, "没有找到。"));
  }

  group(company, accounts) {
    return h("article", { class: "data-item" },
      h("h3", {}, company.name, company.status && company.status !== "存续" && h("span", { class: "tag" }, company.status)),
      this.copyable(company.uscc || company.old_number), h("p", {}, `${company.legal_person_title || "法定代表人"} ${company.legal_person || "—"}`),
      accounts.map((account) => this.accountLine(account)),
      h("button", { type: "button", class: "quiet", onclick: () => this.edit("companies", company, COMPANY, (changed) => api.saveCompany(company.uscc, changed)) }, "编辑企业"));
  }

  accountLine(account) {
    return h("div", { class: "data-account" }, this.copyable(account.account_number),
      h("span", {}, [`${account.capacity_kva} kVA`, account.bureau && account.bureau.name, account.status === "closed" && "已销户"].filter(Boolean).join(" · ")),
      h("button", { type: "button", class: "quiet", onclick: () => this.edit("accounts", account, ACCOUNT, (changed) => api.saveAccount(account.account_number, changed)) }, "编辑"));
  }

  copyable(number) {
    return h("button", { type: "button", class: "number", title: "点按复制", onclick: async () => {
      await navigator.clipboard.writeText(number).then(() => toast("已复制"), () => toast("浏览器不让复制，请手动选取", { bad: true }));
    } }, number);
  }

  edit(kind, row, labels, save) {
    openDialog(row.name, (close) => {
      const fields = Object.entries(labels).filter(([key]) => key in row).map(([key, label]) => [key, label, field(kind, key, row[key])]);
      const submit = async (event) => {
        event.preventDefault();
        try {
          await save(changedRow(row, fields));
          close();
          toast("已保存");
          await this.load();
        } catch (error) {
          toast(`没有保存：${error.message}`, { bad: true });
        }
      };
      return h("form", { class: "form", onsubmit: submit }, fields.map(([, label, input]) => h("label", {}, label, input)), h("button", { class: "primary" }, "保存"));
    });
  }
}

function field(kind, key, value) {
  const choices = CHOICES[`${kind}.${key}`];
  if (choices) return h("select", {}, [...new Set([value, ...choices])].map((choice) => h("option", { value: choice, selected: choice === value }, choice)));
  const shown = key === "bureau" ? (value && value.name) || "" : String(value ?? "");
  const input = LONG.has(key) ? h("textarea", { rows: 3, value: shown }) : h("input", { value: shown, autocomplete: "off" });
  input.readOnly = KEYS.has(key);
  return input;
}

/** The row with the form's values; what was no text (an empty old number, the bureau's code) keeps its shape. */
function changedRow(row, fields) {
  const changed = { ...row };
  for (const [key, , input] of fields) {
    if (key === "bureau") changed.bureau = { ...row.bureau, name: input.value };
    else changed[key] = input.value === "" && row[key] === null ? null : input.value;
  }
  return changed;
}
