// The SMS inbox of one person's phone: the texts of the service number and the person's answers.

import { api } from "./api.js";
import { pendingRow, timeLine } from "./bubbles.js";
import { h, iconButton } from "./dom.js";
import { MessageList } from "./messagelist.js";
import { plainText } from "./richtext.js";
import { fromService } from "./store.js";
import { millis } from "./time.js";

const CODE_MS = 5 * 60000; // a code is offered for five minutes

/** The one-time code of the newest SMS, if it is younger than five minutes and not yet used in the chat. */
export function recentCode(store, id) {
  const messages = store.chat(id).messages;
  const last = messages.filter((one) => one.channel === "sms" && fromService(one)).at(-1);
  const match = last && /验证码/.test(last.text) && /(?<!\d)\d{6}(?!\d)/.exec(last.text);
  if (!match || store.now() - millis(last.at) > CODE_MS) return null;
  const used = messages.some((one) => one.seq > last.seq && !fromService(one) && one.text === match[0]);
  return used ? null : match[0];
}

export class SmsApp {
  constructor(store, id) {
    this.store = store;
    this.id = id;
    this.list = new MessageList(store, id, "sms", {
      row: (message) => smsRow(message),
      time: timeLine,
      pending: (one) => pendingRow(one, null, "sms"),
      label: "短信",
    });
    this.field = h("input", { type: "text", "aria-label": "回复短信", placeholder: "短信", autocomplete: "off", enterkeyhint: "send", maxlength: 500 });
    this.empty = h("p", { class: "empty" }, "还没有短信。验证码和进度通知会来到这里。");
    const form = h("form", { class: "composer-bar sms-bar", onsubmit: (event) => this.send(event) }, this.field, iconButton("send", "发送短信", null, { type: "submit", class: "icon-button sms-send" }));
    this.element = h("div", { class: "app sms" },
      h("header", { class: "app-head" }, h("div", { class: "sms-contact" }, h("span", { class: "avatar grey", "aria-hidden": "true" }, "10"), h("h2", {}, "电力市场短信"))),
      this.empty, this.list.element, h("footer", { class: "composer" }, form));
  }

  update() {
    this.list.update();
    this.empty.hidden = this.store.chat(this.id).messages.some((one) => one.channel === "sms");
  }

  send(event) {
    event.preventDefault();
    const text = this.field.value.trim();
    if (!text) return;
    this.field.value = "";
    this.list.stick();
    this.store.send(this.id, { channel: "sms", kind: "text", text }, () => api.sms(this.id, text));
  }
}

function smsRow(message) {
  const own = !fromService(message);
  const body = h("div", { class: own ? "sms-bubble own" : "sms-bubble" }, h("span", { class: "bubble-text" }, plainText(message.text)));
  const lost = own && message.status === "failed" && h("p", { class: "sms-lost" }, "未送达");
  return h("div", { class: own ? "row own" : "row" }, h("span", { class: "sr-only" }, own ? "我：" : "服务号："), body, lost);
}
