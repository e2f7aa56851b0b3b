// Puts the page together: which phones are on show, what is on a narrow screen, and who hears of what.

import { h, icon, iconButton, toast } from "./dom.js";
import { remember, remembered } from "./memory.js";
import { Phone, setBadge } from "./phone.js";
import { Store } from "./store.js";
import { ClockBar, PeopleBar } from "./topbar.js";
import { World } from "./world.js";

const SHOWN_KEY = "sandbox.shown";
const HINT_KEY = "sandbox.hint";
const narrow = matchMedia("(max-width: 760px)");
const $ = (id) => document.getElementById(id);

class Page {
  constructor() {
    this.store = new Store();
    this.phones = new Map();
    this.shown = remembered(SHOWN_KEY, []);
    this.tab = "wechat";
    this.clock = new ClockBar(this.store, $("clock"));
    this.people = new PeopleBar(this.store, $("people"), { chosen: () => this.chosen(), choose: (id) => this.choose(id) });
    this.world = new World(this.store, $("world"), () => this.toggleWorld(false));
    $("world-toggle").addEventListener("click", () => this.toggleWorld());
    for (const button of $("tabs").children) {
      button.prepend(icon({ wechat: "chat" }[button.dataset.tab] || button.dataset.tab));
      button.addEventListener("click", () => this.openTab(button.dataset.tab));
    }
    $("world-toggle").prepend(icon("world", 18));
    $("console").append(icon("out", 15));
    this.subscribe();
    this.store.start();
    setInterval(() => this.tick(), 1000);
    narrow.addEventListener("change", () => this.arrange());
    document.addEventListener("visibilitychange", () => this.each((phone) => phone.see()));
    $("stage").addEventListener("open-app", (event) => this.openTab(event.detail));
    if (!remembered(HINT_KEY, false)) showHint();
  }

  subscribe() {
    const { store } = this;
    store.on("people", () => this.arrange());
    store.on("menu", () => this.each((phone) => phone.wechat.update()));
    store.on("clock", () => this.tick());
    store.on("switches", () => { this.world.updateSwitches(); this.markWorld(); $("console").href = store.console; });
    store.on("deliveries", () => this.world.updateLog());
    store.on("messages", (id) => this.phones.get(id)?.updateMessages());
    store.on("pending", (id) => this.phones.get(id)?.updateMessages());
    store.on("typing", (id) => this.phones.get(id)?.wechat.update());
    store.on("arrived", ({ id, message }) => store.settled && this.phones.get(id)?.announce(message));
    store.on("unread", () => this.updateUnread());
    store.on("line", (online) => { $("offline").hidden = online; });
    store.on("problem", (text) => toast(text, { bad: true }));
  }

  each(action) {
    for (const phone of this.phones.values()) action(phone);
  }

  tick() {
    this.clock.tick();
    this.each((phone) => phone.tick());
  }

  /** The ids on show: one on a narrow screen; on a wide one those chosen, at first the first two. */
  chosen() {
    const known = this.shown.filter((id) => this.store.person(id));
    const ids = known.length ? known : this.store.people.slice(0, 2).map((person) => person.id);
    return narrow.matches ? ids.slice(0, 1) : ids;
  }

  choose(id) {
    const ids = this.chosen();
    if (narrow.matches) this.shown = [id, ...this.shown.filter((one) => one !== id)];
    else if (!ids.includes(id)) this.shown = [...ids, id];
    else if (ids.length > 1) this.shown = ids.filter((one) => one !== id);
    remember(SHOWN_KEY, this.shown);
    this.arrange();
    this.phones.get(id)?.element.scrollIntoView({ inline: "nearest", block: "nearest" });
  }

  /** Make the phones that are missing, show those that are chosen. */
  arrange() {
    const ids = this.chosen();
    for (const person of this.store.people) if (!this.phones.has(person.id)) this.phones.set(person.id, new Phone(this.store, person.id));
    const stage = $("stage");
    const wanted = ids.map((id) => this.phones.get(id).element);
    if (wanted.length !== stage.children.length || wanted.some((one, index) => stage.children[index] !== one)) stage.replaceChildren(...wanted);
    this.openTab(this.tab);
    this.each((phone) => { phone.update(); phone.see(); });
    this.updateUnread();
  }

  /** On a narrow screen one of three things is in front; on a wide one each phone has its own. */
  openTab(tab) {
    this.tab = tab;
    document.body.dataset.tab = tab;
    for (const button of $("tabs").children) button.setAttribute("aria-pressed", String(button.dataset.tab === tab));
    if (!narrow.matches) return;
    if (tab === "world") this.world.show(this.world.shown);
    else this.chosen().forEach((id) => this.bringToFront(this.phones.get(id), tab));
  }

  bringToFront(phone, app) {
    if (phone && phone.app !== app) phone.open(app);
    else phone?.see();
  }

  toggleWorld(open = document.body.dataset.world !== "open") {
    document.body.dataset.world = open ? "open" : "";
    $("world-toggle").setAttribute("aria-expanded", String(open));
    if (narrow.matches) this.openTab(open ? "world" : "wechat");
    else if (!open) $("world-toggle").focus();
  }

  markWorld() {
    const broken = Object.values(this.store.switches).filter((one) => one.mode && one.mode !== "ok").length;
    for (const badge of document.querySelectorAll(".world-badge")) setBadge(badge, broken);
  }

  updateUnread() {
    this.each((phone) => phone.updateUnread());
    this.people.update();
    const [front] = this.chosen();
    for (const channel of ["wechat", "sms"]) setBadge($(`tab-badge-${channel}`), front === undefined ? 0 : this.store.unread(front, channel));
    const all = this.store.people.reduce((sum, person) => sum + this.store.unread(person.id, "wechat") + this.store.unread(person.id, "sms"), 0);
    document.title = all ? `(${all}) 沙盒 · 手机` : "沙盒 · 手机";
  }
}

/** On the first visit: what to try. */
function showHint() {
  const hide = () => { remember(HINT_KEY, true); $("hint").replaceChildren(); };
  $("hint").append(h("aside", { class: "hint-card", "aria-label": "可以这样试" },
    h("h2", {}, "你好！这是几部模拟的手机"),
    h("ol", {}, h("li", {}, "在王会计的手机上点“关注公众号”。"), h("li", {}, "在底部菜单里点“我要注册”，或者点相机，拍一张营业执照发出去。"),
      h("li", {}, "验证码会到“短信”里；也会出现在输入框上面，点一下就填好。"), h("li", {}, "提交以后，到“审核台”审核；要看几天后会怎样，拨一下时钟。")),
    h("button", { type: "button", class: "primary", onclick: hide }, "知道了"), iconButton("close", "关闭提示", hide)));
}

new Page();
