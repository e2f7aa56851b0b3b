// The WeChat chat of one person with the official account.

import { api } from "./api.js";
import { pendingRow, serviceAvatar, timeLine, wechatRow } from "./bubbles.js";
import { Composer } from "./composer.js";
import { h, icon, iconButton, openDialog, toast } from "./dom.js";
import { MessageList } from "./messagelist.js";

const NAME = "电力市场服务台";

export class WeChatApp {
  constructor(store, id) {
    this.store = store;
    this.id = id;
    this.title = h("h2", { class: "chat-title", "aria-live": "polite" }, NAME);
    const handlers = { onOption: (option) => this.tapOption(option) };
    this.list = new MessageList(store, id, "wechat", {
      row: (message) => wechatRow(message, this.person, handlers),
      time: timeLine,
      pending: (one) => pendingRow(one, this.person),
      label: `与${NAME}的对话`,
    });
    this.composer = new Composer(this);
    this.profile = h("div", { class: "profile" });
    this.followBar = h("div", { class: "follow-bar" });
    this.element = h("div", { class: "app wechat" },
      h("header", { class: "app-head" }, h("span", { class: "head-side" }), this.title,
        iconButton("more", "更多：关注、扫码、位置", () => this.openMore(), { class: "icon-button head-side" })),
      this.profile, this.list.element, this.followBar, this.composer.element);
    this.update();
  }

  get person() {
    return this.store.person(this.id) || { id: this.id, name: "？", following: false };
  }

  /** Show the person's present state: following or not, typing or not, with which menu. */
  update() {
    const { following } = this.person;
    const empty = !this.store.chat(this.id).messages.some((one) => one.channel === "wechat");
    this.title.textContent = this.store.chat(this.id).typing !== null ? "对方正在输入…" : NAME;
    this.title.classList.toggle("typing", this.store.chat(this.id).typing !== null);
    this.element.classList.toggle("not-following", !following);
    this.profile.hidden = following || !empty;
    this.list.element.hidden = !this.profile.hidden;
    this.profile.replaceChildren(...(this.profile.hidden ? [] : this.profileCard()));
    this.followBar.hidden = following || empty;
    this.followBar.replaceChildren(...(this.followBar.hidden ? [] : [h("span", {}, "你还没有关注这个公众号"), this.followButton()]));
    this.composer.element.hidden = !following;
    this.composer.setMenu(this.store.buttons);
  }

  profileCard() {
    return [h("div", { class: "profile-head" }, serviceAvatar(), h("div", {}, h("strong", {}, NAME), h("p", {}, "微信服务号 · 沙盒"))),
      h("p", {}, "电力用户注册、选售电公司和套餐、查进度，都在这里说一句就行。"), this.followButton()];
  }

  followButton() {
    return h("button", { type: "button", class: "primary follow", onclick: () => this.follow() }, "关注公众号");
  }

  follow() {
    return this.perform(() => api.follow(this.id), "没有关注成功");
  }

  /** Do a thing for this person, then catch up; a failure is told. */
  async perform(action, problem) {
    try {
      await action();
      await Promise.all([this.store.refreshState(), this.store.sync(this.id)]);
    } catch (error) {
      toast(`${problem}：${error.message}`, { bad: true });
    }
  }

  unfollow() {
    return this.perform(() => api.unfollow(this.id), "没有取消成功");
  }

  tapOption(option) {
    this.sendText(option.content, option.id);
  }

  sendText(content, menuId) {
    this.list.stick();
    return this.store.send(this.id, { channel: "wechat", kind: "text", text: content }, () => api.text(this.id, content, menuId));
  }

  sendVoice(seconds) {
    this.list.stick();
    return this.store.send(this.id, { channel: "wechat", kind: "voice", label: `语音 ${seconds}″` }, () => api.voice(this.id, seconds));
  }

  sendPhoto(label, action) {
    this.list.stick();
    return this.store.send(this.id, { channel: "wechat", kind: "image", label }, action);
  }

  sendLocation() {
    return this.perform(() => api.location(this.id), "位置没有发出");
  }

  click(button) {
    this.list.stick();
    return this.perform(() => api.click(this.id, button.key), "菜单没有点成");
  }

  openMore() {
    const { following, name } = this.person;
    openDialog(`${name}的微信`, (close) => {
      const item = (label, picture, action) => h("button", { type: "button", class: "list-item", onclick: () => { close(); action(); } }, icon(picture), label);
      return h("div", { class: "list" }, this.facts(),
        following ? item("取消关注", "close", () => this.unfollow()) : item("关注公众号", "add", () => this.follow()),
        item("扫一扫", "scan", () => this.openScan()),
        following && item("发送位置", "location", () => this.sendLocation()),
        following && item("扮演微信客服…", "more", () => this.openKf()));
    });
  }

  /** What a tester may have to type in this person's name. */
  facts() {
    const { phone, real_name: realName, id_number: idNumber, note } = this.person;
    const known = { "手机号": phone, "机主姓名": realName, "身份证号": idNumber, "是谁": note };
    return h("dl", { class: "facts" }, Object.entries(known).filter(([, value]) => value).map(([key, value]) => [h("dt", {}, key), h("dd", {}, value)]));
  }

  openScan() {
    openDialog("扫一扫", (close) => {
      const field = h("input", { name: "code", required: true, autocomplete: "off", placeholder: "场景值，或者以 gQ 开头的 ticket" });
      return h("form", { class: "form", onsubmit: (event) => { event.preventDefault(); close(); this.scan(field.value.trim()); } },
        h("label", {}, "二维码里的内容", field),
        h("p", { class: "hint" }, this.person.following ? "已经关注：公众号会收到扫码事件。" : "还没有关注：扫码即关注，公众号会收到带场景值的关注事件。"),
        h("button", { class: "primary" }, "扫描"));
    });
  }

  /** WeChat's own customer-service desk, for a talk that the account has transferred. */
  openKf() {
    openDialog("微信客服", (close) => {
      const field = h("input", { name: "content", autocomplete: "off", placeholder: "客服说的话" });
      const act = (label, what) => h("button", { type: "button", class: "list-item", onclick: () => { close(); this.kf(what); } }, label);
      return h("div", { class: "list" }, act("接入会话", "take"),
        h("form", { class: "form", onsubmit: (event) => { event.preventDefault(); close(); this.kf("say", field.value.trim()); } },
          h("label", {}, "客服回复", field), h("button", { class: "primary" }, "发送")),
        act("关闭会话", "close"));
    });
  }

  kf(what, content) {
    this.list.stick();
    return this.perform(() => api.kf(this.id, what, content), "客服没有做成");
  }

  scan(code) {
    return this.perform(() => api.scan(this.id, code), "没有扫成");
  }

  visit(url) {
    window.open(url, "_blank", "noopener");
    return this.perform(() => api.view(this.id, url), "公众号没有收到点击");
  }
}
