// The bottom of the chat: the account's menu, or the keyboard side with text, voice, photo and more.

import { h, icon, iconButton, openDialog } from "./dom.js";
import { openPhotoSheet } from "./photo.js";
import { recentCode } from "./sms.js";

const TAP_MS = 400; // shorter than this, the voice button was tapped, not held
const LONGEST_VOICE = 60;

export class Composer {
  constructor(chat) {
    this.chat = chat;
    this.typing = false; // keyboard side up?
    this.voice = false;
    this.known = "";
    this.menuBar = h("div", { class: "menu-buttons", role: "group", "aria-label": "公众号菜单" });
    this.field = h("textarea", {
      rows: 1, "aria-label": "输入消息", enterkeyhint: "send", autocomplete: "off",
      oninput: () => this.resize(), onkeydown: (event) => this.key(event),
    });
    this.hold = h("button", { type: "button", class: "hold", "aria-label": "按住说话；点一下选择时长" }, "按住 说话");
    this.holdToTalk();
    this.toMenu = iconButton("menu", "切换到菜单", () => this.show(false));
    this.toVoice = iconButton("voice", "切换到语音", () => this.toggleVoice());
    this.photo = iconButton("camera", "发照片", () => openPhotoSheet(this.chat));
    this.more = iconButton("location", "发送位置", () => this.chat.sendLocation());
    this.sendButton = h("button", { type: "button", class: "primary send", onclick: () => this.send() }, "发送");
    this.chip = h("button", { type: "button", class: "code-chip", hidden: true, onclick: () => this.fillCode() });
    this.toKeyboard = iconButton("keyboard", "切换到键盘", () => this.show(true));
    this.menuSide = h("div", { class: "composer-bar menu-side" }, this.toKeyboard, this.menuBar,
      iconButton("camera", "发照片", () => openPhotoSheet(this.chat)));
    this.keySide = h("div", { class: "composer-bar key-side" }, this.toMenu, this.toVoice, this.field, this.hold, this.photo, this.more, this.sendButton);
    this.element = h("footer", { class: "composer" }, this.chip, this.menuSide, this.keySide);
    this.show(false, { focus: false });
    this.resize();
    this.element.addEventListener("keydown", (event) => event.key === "Escape" && this.closeSubmenus());
    document.addEventListener("click", (event) => this.menuBar.contains(event.target) || this.closeSubmenus());
  }

  /** Draw the official account's menu; without one, the keyboard side is all there is. */
  setMenu(buttons) {
    const text = JSON.stringify(buttons);
    if (text === this.known) return;
    this.known = text;
    this.menuBar.replaceChildren(...buttons.slice(0, 3).map((button) => this.menuEntry(button)));
    this.toMenu.hidden = !buttons.length;
    this.show(!buttons.length, { focus: false });
  }

  menuEntry(button) {
    const subs = button.sub_button || [];
    if (!subs.length) return h("div", { class: "menu-entry" }, h("button", { type: "button", class: "menu-button", onclick: () => this.choose(button) }, button.name));
    const list = h("div", { class: "submenu", hidden: true },
      subs.slice(0, 5).map((sub) => h("button", { type: "button", onclick: () => this.choose(sub) }, sub.name)));
    const opener = h("button", { type: "button", class: "menu-button", "aria-haspopup": "true", "aria-expanded": "false", onclick: () => this.toggleSubmenu(list, opener) },
      icon("menu", 14), button.name);
    return h("div", { class: "menu-entry" }, list, opener);
  }

  toggleSubmenu(list, opener) {
    const open = list.hidden;
    this.closeSubmenus();
    list.hidden = !open;
    opener.setAttribute("aria-expanded", String(open));
    if (open) list.firstElementChild.focus({ preventScroll: true });
  }

  closeSubmenus() {
    for (const list of this.menuBar.querySelectorAll(".submenu:not([hidden])")) {
      list.hidden = true;
      const opener = list.nextElementSibling;
      opener.setAttribute("aria-expanded", "false");
      if (list.contains(document.activeElement)) opener.focus();
    }
  }

  /** A menu entry does what WeChat's client does for its type. */
  choose(button) {
    this.closeSubmenus();
    if (/^view/.test(button.type || "") && /^https?:\/\//i.test(button.url || "")) this.chat.visit(button.url);
    else if (/^pic_/.test(button.type || "")) openPhotoSheet(this.chat);
    else if (/^scancode/.test(button.type || "")) this.chat.openScan();
    else if (button.type === "location_select") this.chat.sendLocation();
    else this.chat.click(button);
  }

  show(typing, { focus = true } = {}) {
    this.typing = typing;
    this.menuSide.hidden = typing;
    this.keySide.hidden = !typing;
    if (focus) (typing ? this.field : this.toKeyboard).focus();
  }

  toggleVoice() {
    this.voice = !this.voice;
    this.toVoice.replaceChildren(icon(this.voice ? "keyboard" : "voice"));
    const label = this.voice ? "切换到文字" : "切换到语音";
    this.toVoice.title = label;
    this.toVoice.setAttribute("aria-label", label);
    this.resize();
    (this.voice ? this.hold : this.field).focus();
  }

  resize() {
    const writing = !this.voice && this.field.value.trim() !== "";
    this.field.hidden = this.voice;
    this.hold.hidden = !this.voice;
    this.sendButton.hidden = !writing;
    this.photo.hidden = writing;
    this.more.hidden = writing;
    this.field.style.height = "auto";
    if (this.field.value.includes("\n") || this.field.scrollHeight > 44) this.field.style.height = `${Math.min(this.field.scrollHeight, 110)}px`;
  }

  key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.send();
  }

  send() {
    const text = this.field.value.trim();
    if (!text) return;
    this.field.value = "";
    this.resize();
    this.field.focus();
    this.chat.sendText(text);
  }

  /** A code that just came by SMS is offered above the keyboard, as phones do. */
  offerCode() {
    const code = recentCode(this.chat.store, this.chat.id) || "";
    if (this.chip.dataset.code === code) return;
    this.chip.dataset.code = code;
    this.chip.hidden = !code;
    this.chip.replaceChildren(h("span", {}, "来自短信"), h("strong", {}, code), h("span", {}, "点按填入"));
  }

  fillCode() {
    if (this.voice) this.toggleVoice();
    this.show(true, { focus: false });
    this.field.value = this.chip.dataset.code;
    this.resize();
    this.field.focus();
  }

  holdToTalk() {
    let since = null;
    let timer = null;
    const length = () => Math.min(LONGEST_VOICE, Math.max(1, Math.round((performance.now() - since) / 1000)));
    const end = (sent) => {
      if (since === null) return;
      const held = performance.now() - since;
      const seconds = length();
      clearInterval(timer);
      since = null;
      this.hold.classList.remove("talking");
      this.hold.textContent = "按住 说话";
      if (sent && held >= TAP_MS) this.chat.sendVoice(seconds);
    };
    this.hold.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      this.hold.setPointerCapture(event.pointerId);
      since = performance.now();
      this.hold.dataset.held = "";
      this.hold.classList.add("talking");
      const tick = () => { this.hold.textContent = `松开发送 ${length()}″`; this.hold.dataset.held = performance.now() - since >= TAP_MS ? "yes" : ""; };
      timer = setInterval(tick, 200);
    });
    this.hold.addEventListener("pointerup", () => end(true));
    this.hold.addEventListener("pointercancel", () => end(false));
    this.hold.addEventListener("contextmenu", (event) => event.preventDefault());
    this.hold.addEventListener("click", () => this.hold.dataset.held || this.chooseLength());
  }

  chooseLength() {
    openDialog("发一段语音", (close) => h("div", { class: "choices" },
      [2, 5, 10, 30, 60].map((seconds) => h("button", { type: "button", class: "choice", onclick: () => { close(); this.chat.sendVoice(seconds); } }, `${seconds} 秒`))));
  }
}
