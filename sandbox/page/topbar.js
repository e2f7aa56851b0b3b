// The bar above the phones: the clock and its buttons, whose phones are shown, a new person, the outside world.

import { api } from "./api.js";
import { personAvatar } from "./bubbles.js";
import { h, icon, openDialog, toast } from "./dom.js";
import { setBadge } from "./phone.js";
import { fieldIso, fieldValue, hourMinute, longDate } from "./time.js";

const HOUR = 3600;
const MOVES = [["+1 小时", HOUR, ""], ["+1 天", 24 * HOUR, ""], ["+5 工作日", 7 * 24 * HOUR, "向前 7 天，其中有 5 个工作日"]];

export class ClockBar {
  constructor(store, element) {
    this.store = store;
    this.date = h("span", { class: "clock-date" });
    this.fullDate = h("span", { class: "clock-full" });
    this.time = h("strong", { class: "clock-time" });
    this.moved = h("span", { class: "clock-moved", hidden: true }, "已拨动");
    const actions = h("div", { class: "clock-actions", id: "clock-actions", role: "group", "aria-label": "拨动时钟" }, this.fullDate,
      MOVES.map(([label, seconds, hint]) => h("button", { type: "button", title: hint || null, onclick: () => this.move({ advance_seconds: seconds }, label) }, label)),
      h("button", { type: "button", onclick: () => this.choose() }, "指定时间"),
      h("button", { type: "button", onclick: () => this.move({ reset: true }, "复原") }, "复原"));
    this.face = h("button", { type: "button", class: "clock-face", "aria-expanded": "false", "aria-controls": "clock-actions", title: "沙盒的时钟", onclick: () => this.toggle() },
      icon("clock", 18), this.date, this.time, this.moved);
    element.append(this.face, actions);
    this.element = element;
    document.addEventListener("click", (event) => element.contains(event.target) || this.toggle(false));
    element.addEventListener("keydown", (event) => event.key === "Escape" && this.toggle(false));
  }

  /** On a narrow screen the buttons open below the clock. */
  toggle(open = !this.element.classList.contains("open")) {
    this.element.classList.toggle("open", open);
    this.face.setAttribute("aria-expanded", String(open));
  }

  tick() {
    const now = this.store.now();
    this.date.textContent = longDate(now);
    this.fullDate.textContent = this.date.textContent;
    this.time.textContent = hourMinute(now);
    this.moved.hidden = Math.abs(this.store.offset) < 60000;
  }

  async move(change, label) {
    this.toggle(false);
    try {
      await api.clock(change);
      await this.store.refreshState();
      toast(`时钟：${label}`);
    } catch (error) {
      toast(`时钟没有拨动：${error.message}`, { bad: true });
    }
  }

  choose() {
    openDialog("指定沙盒的时间", (close) => {
      const field = h("input", { type: "datetime-local", required: true, value: fieldValue(this.store.now()) });
      return h("form", { class: "form", onsubmit: (event) => { event.preventDefault(); close(); this.move({ set: fieldIso(field.value) }, "已指定"); } },
        h("label", {}, "日期和时间（北京时间）", field), h("p", { class: "hint" }, "往回拨会让已经发生的事排在“将来”，一般只向前拨。"), h("button", { class: "primary" }, "拨到这个时间"));
    });
  }
}

export class PeopleBar {
  /** `chosen()` tells the ids on show, `choose(id)` shows or hides one. */
  constructor(store, element, { chosen, choose }) {
    Object.assign(this, { store, element, chosen, choose });
  }

  update() {
    const chosen = this.chosen();
    const chips = this.store.people.map((person) => {
      const badge = h("span", { class: "badge", hidden: true });
      setBadge(badge, this.store.unread(person.id, "wechat") + this.store.unread(person.id, "sms"));
      return h("button", { type: "button", class: "person-chip", dataset: { person: person.id }, "aria-pressed": String(chosen.includes(person.id)), title: person.note || null, onclick: () => this.choose(person.id) },
        personAvatar(person), h("span", {}, person.name), badge);
    });
    const focused = this.element.contains(document.activeElement) ? document.activeElement.dataset.person : null;
    this.element.replaceChildren(...chips, h("button", { type: "button", class: "person-chip add", "aria-label": "添加一个人", title: "添加一个人", onclick: () => this.add() }, icon("add", 18)));
    if (focused) this.element.querySelector(`[data-person="${CSS.escape(focused)}"]`)?.focus();
  }

  add() {
    openDialog("添加一个人", (close) => {
      const name = h("input", { name: "name", required: true, maxlength: 20, autocomplete: "off", placeholder: "例如 张会计" });
      const phone = h("input", { name: "phone", required: true, pattern: "1[3-9][0-9]{9}", inputmode: "numeric", maxlength: 11, autocomplete: "off", title: "11 位手机号", placeholder: "11 位手机号" });
      const real = h("input", { name: "real_name", maxlength: 20, autocomplete: "off", placeholder: "不填就和称呼一样" });
      const submit = async (event) => {
        event.preventDefault();
        try {
          const { id } = await api.addPerson({ name: name.value.trim(), phone: phone.value.trim(), real_name: real.value.trim() });
          close();
          await this.store.refreshState();
          if (!this.chosen().includes(id)) this.choose(id);
        } catch (error) {
          toast(`没有添加成功：${error.message}`, { bad: true });
        }
      };
      return h("form", { class: "form", onsubmit: submit }, h("label", {}, "称呼", name), h("label", {}, "手机号", phone), h("label", {}, "机主姓名（运营商登记的）", real), h("button", { class: "primary" }, "添加"));
    });
  }
}
