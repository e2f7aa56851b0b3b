// One person's phone: status bar, WeChat, SMS, the switch between them, and the banner of a message that comes in.

import { personAvatar } from "./bubbles.js";
import { h, icon } from "./dom.js";
import { SmsApp } from "./sms.js";
import { hourMinute } from "./time.js";
import { WeChatApp } from "./wechat.js";

const BANNER_MS = 6000;
const APPS = { wechat: "微信", sms: "短信" };

export class Phone {
  constructor(store, id) {
    this.store = store;
    this.id = id;
    this.app = "wechat";
    this.wechat = new WeChatApp(store, id);
    this.sms = new SmsApp(store, id);
    this.time = h("span", { class: "status-time" });
    this.drop = h("button", { type: "button", class: "drop", hidden: true, onclick: () => this.openDrop() });
    this.caption = h("header", { class: "phone-caption" });
    this.tabs = Object.fromEntries(Object.entries(APPS).map(([app, label]) => [app, this.tab(app, label)]));
    const screen = h("div", { class: "screen" },
      h("div", { class: "status-bar", "aria-hidden": "true" }, this.time, h("span", { class: "status-signs" }, h("i", { class: "signal" }), "5G", h("i", { class: "battery" }))),
      this.drop, this.wechat.element, this.sms.element,
      h("nav", { class: "dock", "aria-label": "手机应用" }, Object.values(this.tabs)));
    this.element = h("section", { class: "phone", dataset: { person: id } }, this.caption, h("div", { class: "body" }, screen));
    this.update();
    this.updateMessages();
    this.open("wechat");
  }

  tab(app, label) {
    return h("button", { type: "button", dataset: { app }, onclick: () => this.open(app) }, icon(app === "sms" ? "sms" : "chat", 20), h("span", {}, label), h("span", { class: "badge", hidden: true }));
  }

  /** Bring an app to the front. */
  open(app) {
    this.app = app;
    this.wechat.element.hidden = app !== "wechat";
    this.sms.element.hidden = app !== "sms";
    for (const [name, tab] of Object.entries(this.tabs)) tab.setAttribute("aria-pressed", String(name === app));
    if (this.drop.dataset.app === app) this.drop.hidden = true;
    this[app].list.stick();
    this[app].list.settle();
    this.see();
  }

  onShow() {
    return this.element.getClientRects().length > 0;
  }

  /** What is on the screen counts as read, when the window itself is being looked at. */
  see() {
    if (this.onShow() && document.visibilityState === "visible") this.store.markRead(this.id, this.app);
  }

  /** The person's name, number, and whether they follow, may have changed. */
  update() {
    const person = this.store.person(this.id);
    if (!person) return;
    this.element.setAttribute("aria-label", `${person.name}的手机`);
    this.caption.replaceChildren(personAvatar(person), h("div", { class: "who" }, h("strong", {}, person.name), h("span", {}, [person.phone, person.note].filter(Boolean).join(" · "))),
      h("button", { type: "button", class: person.following ? "quiet" : "primary", onclick: () => this.toggleFollow(person) }, person.following ? "取消关注" : "关注"));
    this.wechat.update();
    this.tick();
  }

  toggleFollow(person) {
    return person.following ? this.wechat.unfollow() : this.wechat.follow();
  }

  updateMessages() {
    this.wechat.list.update();
    this.wechat.update();
    this.wechat.composer.offerCode();
    this.sms.update();
    this.see();
  }

  updateUnread() {
    for (const [app, tab] of Object.entries(this.tabs)) setBadge(tab.querySelector(".badge"), this.store.unread(this.id, app));
  }

  tick() {
    this.time.textContent = hourMinute(this.store.now());
    this.wechat.composer.offerCode();
  }

  /** A message came in for the app that is not in front: show it at the top for a moment. */
  announce(message) {
    if (message.channel === this.app || !this.onShow()) return;
    this.drop.dataset.app = message.channel;
    this.drop.replaceChildren(h("span", { class: "drop-icon" }, icon(message.channel === "sms" ? "sms" : "chat", 20)),
      h("span", { class: "drop-text" }, h("strong", {}, APPS[message.channel]), h("span", {}, message.text)));
    this.drop.hidden = false;
    clearTimeout(this.dropTimer);
    this.dropTimer = setTimeout(() => { this.drop.hidden = true; }, BANNER_MS);
  }

  openDrop() {
    this.drop.hidden = true;
    this.element.dispatchEvent(new CustomEvent("open-app", { bubbles: true, detail: this.drop.dataset.app }));
    this.open(this.drop.dataset.app);
  }
}

/** Show a number on a badge, or hide it. */
export function setBadge(badge, count) {
  badge.hidden = count === 0;
  badge.textContent = count > 99 ? "99+" : String(count);
  badge.setAttribute("aria-label", `${count} 条未读`);
}
