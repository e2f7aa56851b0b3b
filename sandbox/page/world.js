// The drawer “外部世界”: the outside systems' switches, failures to order, the callback log, and the sample data.

import { api } from "./api.js";
import { DataEditor } from "./data.js";
import { h, iconButton, toast } from "./dom.js";
import { hourMinute, millis } from "./time.js";

export const SYSTEMS = { wechat: "微信平台", aliyun: "阿里云短信", marketing: "营销系统", registry: "工商登记", tianyancha: "天眼查", telecom: "运营商核验" };
const MODES = { ok: "正常", slow: "慢", down: "停", wrong: "错" };
const FAILURES = [
  ["wechat", "message/custom/send", 45015, "客服消息：超过 48 小时"], ["wechat", "message/custom/send", 45047, "客服消息：次数用完"],
  ["wechat", "message/custom/send", 40001, "客服消息：令牌失效"], ["wechat", "message/custom/send", -1, "客服消息：系统繁忙"],
  ["wechat", "message/template/send", 43004, "模板通知：未关注"], ["wechat", "message/template/send", 47003, "模板通知：字段不合"],
  ["wechat", "media/get", 40007, "取照片：media_id 无效"], ["aliyun", "SendSms", "isv.BUSINESS_LIMIT_CONTROL", "短信：触发流控"],
  ["aliyun", "SendSms", "isv.MOBILE_NUMBER_ILLEGAL", "短信：号码不合法"], ["aliyun", "SendSms", "isv.AMOUNT_NOT_ENOUGH", "短信：余额不足"],
];
const TABS = { switches: "开关", data: "样例数据", log: "回调记录" };

export class World {
  constructor(store, element, onClose) {
    this.store = store;
    this.switchRows = h("div", { class: "switches" });
    this.orders = h("ul", { class: "orders", "aria-label": "还没有用完的失败" });
    this.log = h("ol", { class: "log", "aria-label": "回调记录" });
    this.data = new DataEditor();
    this.panels = { switches: h("div", {}, h("p", { class: "hint" }, "外面的系统也会慢、会停、会答错。在这里试试，看服务台怎么应对。"), this.switchRows, this.failureForm(), this.orders), data: this.data.element, log: this.logPanel() };
    this.tabs = Object.fromEntries(Object.entries(TABS).map(([key, label]) => [key, this.tab(key, label)]));
    element.append(
      h("header", { class: "drawer-head" }, h("h2", {}, "外部世界"), iconButton("close", "收起外部世界", onClose)),
      h("div", { class: "tabs", role: "tablist", "aria-label": "外部世界", onkeydown: (event) => this.arrow(event) }, Object.values(this.tabs)),
      ...Object.entries(this.panels).map(([key, panel]) => h("div", { class: "panel", role: "tabpanel", id: `panel-${key}`, "aria-labelledby": `tab-${key}`, tabindex: "0" }, panel)));
    this.element = element;
    this.show("switches");
  }

  tab(key, label) {
    return h("button", { type: "button", role: "tab", id: `tab-${key}`, "aria-controls": `panel-${key}`, onclick: () => this.show(key) }, label);
  }

  show(key) {
    this.shown = key;
    for (const [name, tab] of Object.entries(this.tabs)) {
      tab.setAttribute("aria-selected", String(name === key));
      tab.tabIndex = name === key ? 0 : -1;
      this.panels[name].parentElement.hidden = name !== key;
    }
    if (key === "data") this.data.load();
  }

  arrow(event) {
    const keys = Object.keys(TABS);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    this.show(keys[(keys.indexOf(this.shown) + step + keys.length) % keys.length]);
    this.tabs[this.shown].focus();
  }

  updateSwitches() {
    this.updateOrders();
    const had = this.switchRows.contains(document.activeElement) ? document.activeElement : null;
    this.switchRows.replaceChildren(...Object.entries(SYSTEMS).map(([system, label]) => this.switchRow(system, label)));
    if (had) this.switchRows.querySelector(`input[name="${had.name}"]${had.type === "radio" ? ":checked" : ""}`)?.focus();
  }

  switchRow(system, label) {
    const state = this.store.switches[system] || { mode: "ok" };
    const mode = state.mode || "ok";
    const radios = Object.entries(MODES).map(([value, text]) => h("label", { class: `mode ${value}` },
      h("input", { type: "radio", name: `switch-${system}`, value, checked: value === mode, onchange: () => this.change(system, { mode: value, delay_seconds: value === "slow" ? 3 : 0 }) }), text));
    const delay = mode === "slow" && h("label", { class: "delay" }, "晚", h("input", {
      type: "number", name: `delay-${system}`, min: 0.5, max: 30, step: 0.5, value: state.delay_seconds ?? 3,
      onchange: (event) => this.change(system, { mode: "slow", delay_seconds: Number(event.target.value) }),
    }), "秒");
    return h("fieldset", { class: `switch ${mode}` }, h("legend", {}, label), h("div", { class: "modes" }, radios, delay));
  }

  async change(system, change) {
    try {
      await api.setSwitch(system, change);
      await this.store.refreshState();
    } catch (error) {
      toast(`没有切换：${error.message}`, { bad: true });
      this.updateSwitches();
    }
  }

  logPanel() {
    return h("div", {}, h("p", { class: "hint" }, "微信和短信平台每次回调本系统的结果，最新的在上面。"), this.log);
  }

  updateLog() {
    this.log.replaceChildren(...this.store.deliveries.slice(-100).reverse().map((one) => this.logRow(one)));
    if (!this.store.deliveries.length) this.log.replaceChildren(h("li", { class: "empty" }, "还没有回调。"));
  }

  logRow(one) {
    const good = one.http_status === 200 && (one.system === "wechat" || one.status === "ok");
    const who = this.store.person(one.person_id);
    const facts = [`${one.ms} ms`, `第 ${one.attempt} 次`, `${one.bytes} 字节`, who && who.name];
    return h("li", { class: good ? "good" : "bad" },
      h("span", { class: "log-time" }, hourMinute(millis(one.at))),
      h("span", { class: "log-what" }, `${SYSTEMS[one.system] || one.system} · ${one.what}`),
      h("span", { class: "log-status" }, one.status),
      h("span", { class: "log-more" }, facts.filter(Boolean).join(" · ")),
      one.system === "wechat" && one.message_seq && h("button", { type: "button", class: "quiet", title: "用同一个 MsgId 再送一次", onclick: () => this.redeliver(one.message_seq) }, "重送"));
  }

  async redeliver(seq) {
    try {
      await api.redeliver(seq);
      toast("已用同一个 MsgId 再送一次");
    } catch (error) {
      toast(`没有重送：${error.message}`, { bad: true });
    }
  }

  failureForm() {
    const choice = h("select", { name: "failure" }, FAILURES.map(([, , code, label], index) => h("option", { value: index }, `${label}（${code}）`)));
    const times = h("input", { type: "number", name: "times", min: 1, max: 100, value: 3, required: true });
    const submit = (event) => {
      event.preventDefault();
      const [system, name, code] = FAILURES[choice.value];
      this.order({ system, api: name, code, times: Number(times.value) });
    };
    return h("form", { class: "form boxed", onsubmit: submit }, h("h3", {}, "安排失败"), h("label", {}, "哪个接口，什么错误", choice),
      h("label", {}, "接下来几次", times), h("button", { class: "primary" }, "安排"));
  }

  async order(failure) {
    try {
      await api.failures(failure);
      await this.store.refreshState();
    } catch (error) {
      toast(`没有安排：${error.message}`, { bad: true });
    }
  }

  updateOrders() {
    this.orders.replaceChildren(...this.store.failures.map((one) => h("li", {},
      h("span", {}, `${one.api} 接下来 ${one.times} 次回答 ${one.code}`),
      h("button", { type: "button", class: "quiet", onclick: () => this.order({ ...one, times: 0 }) }, "取消"))));
  }
}
