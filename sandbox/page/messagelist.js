// A scrolling list of one channel's messages: rows are made once, replaced when they change, and the list
// stays at its end unless the person has scrolled up to read.

import { h, icon } from "./dom.js";

const NEAR = 80; // pixels from the end that still count as “at the end”

export class MessageList {
  /** `parts`: row(message), time(message, before, now) or null, pending(one), label. */
  constructor(store, id, channel, parts) {
    Object.assign(this, { store, id, channel, parts });
    this.rows = new Map(); // seq -> {text, node}
    this.atEnd = true;
    this.items = h("div", { class: "messages", role: "log", "aria-live": "polite", "aria-label": parts.label });
    this.waiting = h("div", { class: "messages pending" });
    this.scroller = h("div", { class: "scroller", tabindex: "0", "aria-label": parts.label }, this.items, this.waiting);
    this.jump = h("button", { type: "button", class: "jump", hidden: true, onclick: () => { this.stick(); this.settle(); } }, icon("send", 16), "新消息");
    this.element = h("div", { class: "list-box" }, this.scroller, this.jump);
    this.scroller.addEventListener("scroll", () => this.watch());
    this.scroller.addEventListener("load", () => this.settle(), true); // a picture has got its height
    new ResizeObserver(() => this.settle()).observe(this.scroller);
  }

  watch() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    if (clientHeight === 0) return;
    this.atEnd = scrollHeight - scrollTop - clientHeight < NEAR;
    if (this.atEnd) this.jump.hidden = true;
  }

  /** From now on follow the end. */
  stick() {
    this.atEnd = true;
  }

  settle() {
    if (this.atEnd) this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  /** Bring the rows in line with the store. */
  update() {
    const chat = this.store.chat(this.id);
    const mine = chat.messages.filter((one) => one.channel === this.channel);
    let grew = false;
    mine.forEach((message, index) => { grew = this.place(message, mine[index - 1]) || grew; });
    const pending = chat.pending.filter((one) => one.channel === this.channel);
    this.waiting.replaceChildren(...pending.map((one) => this.parts.pending(one)));
    if (grew && !this.atEnd) this.jump.hidden = false;
    this.settle();
  }

  place(message, before) {
    const text = JSON.stringify(message);
    const known = this.rows.get(message.seq);
    if (known && known.text === text) return false;
    const node = h("div", { class: "message", dataset: { seq: message.seq } }, this.parts.time(message, before, this.store.now()), this.parts.row(message));
    if (known) known.node.replaceWith(node);
    else this.items.append(node);
    this.rows.set(message.seq, { text, node });
    return !known;
  }
}
