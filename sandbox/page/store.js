// What the page knows: people, their messages, the clock, the switches. Parts of the page subscribe to topics.
// Topics: people, menu, clock, switches, messages (person id), typing (person id), pending (person id),
// unread, deliveries, view, line.

import { api, listen } from "./api.js";
import { remember, remembered } from "./memory.js";
import { millis } from "./time.js";

const READ_KEY = "sandbox.read";
const TYPING_MS = 15000; // WeChat shows the typing indicator for 15 s, or until a message comes
const RETRY_MS = 3000;
let nextPending = 1;

/** True for what the service (or the platform) shows to the person, false for what the person did. */
export const fromService = (message) => message.direction === "out";

export class Store {
  constructor() {
    this.people = [];
    this.switches = {};
    this.failures = [];
    this.buttons = [];
    this.offset = 0;
    this.deliveries = [];
    this.online = false;
    this.settled = false;
    this.chats = new Map(); // person id -> {messages, last, pending, typing, busy, again}
    this.read = remembered(READ_KEY, {});
    this.topics = new Map();
    this.lastDelivery = 0;
  }

  /** Call `listener(detail)` whenever the topic changes. */
  on(topic, listener) {
    if (!this.topics.has(topic)) this.topics.set(topic, new Set());
    this.topics.get(topic).add(listener);
  }

  emit(topic, detail) {
    for (const listener of this.topics.get(topic) || []) listener(detail);
  }

  /** Load everything, then follow the event stream. */
  start() {
    listen({
      onOpen: () => { this.setOnline(true); this.refresh(); },
      onEvent: (event) => this.receive(event),
      onLost: () => this.setOnline(false),
    });
  }

  setOnline(online) {
    this.online = online;
    this.emit("line", online);
  }

  /** Milliseconds of the sandbox's clock. */
  now() {
    return Date.now() + this.offset;
  }

  chat(id) {
    if (!this.chats.has(id)) this.chats.set(id, { messages: [], last: 0, pending: [], typing: null, busy: false, again: false });
    return this.chats.get(id);
  }

  person(id) {
    return this.people.find((person) => String(person.id) === String(id));
  }

  /** Fetch the state, and every person's messages that we have not seen. */
  async refresh() {
    try {
      await this.refreshState();
      await Promise.all([...this.people.map((person) => this.sync(person.id)), this.syncDeliveries()]);
      this.forgetOldMarks();
      this.settled = true; // from now on what arrives is news
    } catch (error) {
      this.emit("problem", error.message);
    }
  }

  /** A sandbox that began anew counts from 1 again: marks beyond its last message are of the one before. */
  forgetOldMarks() {
    const newest = Math.max(0, ...this.people.map((person) => this.chat(person.id).last));
    for (const marks of Object.values(this.read)) {
      for (const channel of Object.keys(marks)) if (marks[channel] > newest) delete marks[channel];
    }
    this.emit("unread");
  }

  async refreshState() {
    const state = await api.state();
    this.people = state.people;
    this.switches = state.switches;
    this.failures = state.failures;
    this.buttons = state.menu.button || [];
    this.console = state.console;
    this.setClock(state.clock);
    for (const topic of ["people", "menu", "switches"]) this.emit(topic);
  }

  setClock(clock) {
    this.offset = millis(clock.now) - Date.now();
    this.emit("clock");
  }

  receive(event) {
    const id = event.person_id;
    if (event.type === "message") this.receiveMessage(id, event);
    else if (event.type === "typing") this.setTyping(id, event.on);
    else if (event.type === "error") this.emit("problem", event.text);
    else if (event.type === "delivery") this.syncDeliveries();
    else this.refreshState().catch((error) => this.emit("problem", error.message));
  }

  receiveMessage(id, event) {
    const message = event.message;
    if (this.chat(id).messages.some((known) => known.seq === message.seq)) this.merge(id, [message]); // its status changed
    return this.sync(id);
  }

  /** Fetch what is new for one person; calls that overlap are joined into one more fetch. */
  async sync(id) {
    const chat = this.chat(id);
    if (chat.busy) { chat.again = true; return; }
    chat.busy = true;
    try {
      do {
        chat.again = false;
        this.merge(id, await api.messages(id, chat.last));
      } while (chat.again);
    } catch (error) {
      if (this.online) setTimeout(() => this.sync(id), RETRY_MS); // offline, the reconnection catches up
      this.emit("problem", error.message);
    } finally {
      chat.busy = false;
    }
  }

  merge(id, incoming) {
    if (!incoming.length) return;
    const chat = this.chat(id);
    for (const message of incoming) {
      const at = chat.messages.findIndex((known) => known.seq === message.seq);
      if (at >= 0) chat.messages[at] = message;
      else this.append(chat, id, message);
    }
    this.emit("messages", id);
    this.emit("unread");
  }

  append(chat, id, message) {
    chat.messages.push(message);
    chat.messages.sort((a, b) => a.seq - b.seq);
    chat.last = Math.max(chat.last, message.seq);
    if (fromService(message)) {
      if (message.channel === "wechat") this.setTyping(id, false);
      this.emit("arrived", { id, message });
    } else {
      this.dropPending(chat, message);
    }
  }

  dropPending(chat, message) {
    const at = chat.pending.findIndex((one) => !one.failed && one.channel === message.channel && one.kind === message.kind
      && (one.kind !== "text" || one.text === message.text));
    if (at >= 0) chat.pending.splice(at, 1);
  }

  setTyping(id, on) {
    const chat = this.chat(id);
    clearTimeout(chat.typing);
    const was = chat.typing !== null;
    chat.typing = on ? setTimeout(() => this.setTyping(id, false), TYPING_MS) : null;
    if (on || was) this.emit("typing", id);
  }

  /**
   * Do something for a person that becomes a message of theirs: shown at once as pending, replaced by the real
   * message when the sandbox has kept it, marked with a red sign (and a way to repeat) when it could not be sent.
   */
  async send(id, shown, action) {
    const chat = this.chat(id);
    const pending = { key: nextPending++, at: this.now(), failed: null, ...shown };
    pending.retry = () => { this.forget(id, pending); this.send(id, shown, action); };
    chat.pending.push(pending);
    this.emit("pending", id);
    try {
      await action();
      await this.sync(id);
      this.forget(id, pending);
    } catch (error) {
      pending.failed = error.message;
      this.emit("pending", id);
      this.emit("problem", error.message);
    }
  }

  forget(id, pending) {
    const chat = this.chat(id);
    chat.pending = chat.pending.filter((one) => one !== pending);
    this.emit("pending", id);
  }

  async syncDeliveries() {
    const fresh = await api.deliveries(this.lastDelivery);
    for (const delivery of fresh) this.lastDelivery = Math.max(this.lastDelivery, delivery.seq);
    if (!fresh.length) return;
    this.deliveries = [...this.deliveries, ...fresh].slice(-300);
    this.emit("deliveries");
  }

  /** How many messages of the service the person has not looked at. */
  unread(id, channel) {
    const seen = (this.read[id] && this.read[id][channel]) || 0;
    return this.chat(id).messages.filter((one) => one.channel === channel && fromService(one) && one.seq > seen).length;
  }

  /** The person has seen all there is on this channel. */
  markRead(id, channel) {
    const last = Math.max(0, ...this.chat(id).messages.filter((one) => one.channel === channel).map((one) => one.seq));
    const mine = (this.read[id] ??= {});
    if ((mine[channel] || 0) >= last) return;
    mine[channel] = last;
    remember(READ_KEY, this.read);
    this.emit("unread");
  }
}
