// One message as the phone shows it.

import { h, icon, openDialog } from "./dom.js";
import { richText } from "./richtext.js";
import { fromService } from "./store.js";
import { chatTime, millis } from "./time.js";

const PAUSE_MS = 5 * 60000; // a time is shown where at least five minutes lie between two messages
const NOTES = new Set(["event", "banner"]);

/** The official account's own picture. */
export function serviceAvatar() {
  return h("span", { class: "avatar service", "aria-hidden": "true" }, icon("bolt", 22));
}

/** A person's picture: the last sign of the name on a colour of their own. */
export function personAvatar(person) {
  const hue = [...String(person.name)].reduce((sum, sign) => sum + sign.codePointAt(0), 0) % 6;
  return h("span", { class: `avatar hue-${hue}`, "aria-hidden": "true" }, [...person.name].slice(0, 1).join(""));
}

/** The line with the time above a message, or null when the message before it is close. */
export function timeLine(message, before, now) {
  const at = millis(message.at);
  if (Number.isNaN(at) || (before && at - millis(before.at) < PAUSE_MS && at >= millis(before.at))) return null;
  return h("p", { class: "chat-time" }, chatTime(at, now));
}

/** A kept message of the WeChat chat as a row. */
export function wechatRow(message, person, handlers) {
  if (NOTES.has(message.kind)) return note(message);
  if (message.kind === "template") return h("div", { class: "row card-row" }, templateCard(message));
  if (message.kind === "news") return h("div", { class: "row card-row" }, newsCard(message));
  const own = !fromService(message);
  return row(own, person, bubble(message, handlers, own));
}

/** A message on its way, or one that could not be sent. */
export function pendingRow(pending, person, channel = "wechat") {
  const shown = pending.kind === "text" ? h("span", { class: "bubble-text" }, pending.text) : h("span", { class: "bubble-waiting" }, icon(pending.kind === "voice" ? "voice" : "camera", 20), pending.label);
  const content = h("div", { class: channel === "sms" ? "sms-bubble own" : "bubble own" }, shown);
  const mark = pending.failed
    ? h("button", { type: "button", class: "failed-mark", "aria-label": `没有发出：${pending.failed}。点按重发`, title: `${pending.failed}（点按重发）`, onclick: pending.retry }, "!")
    : h("span", { class: "spinner", role: "img", "aria-label": "正在发送" });
  const line = h("div", { class: "pending-line" }, mark, content);
  return channel === "sms" ? h("div", { class: "row own" }, line) : row(true, person, line);
}

function row(own, person, content) {
  const avatar = own ? personAvatar(person) : serviceAvatar();
  const speaker = h("span", { class: "sr-only" }, own ? `${person.name}：` : "电力市场服务台：");
  return h("div", { class: own ? "row own" : "row" }, own ? [speaker, content, avatar] : [avatar, speaker, content]);
}

function note(message) {
  const banner = message.kind === "banner";
  return h("p", { class: banner ? "note banner" : "note" }, banner ? message.text : /^\[?(.*?)\]?$/s.exec(message.text)[1].replace("] ", "："));
}

function bubble(message, handlers, own) {
  const side = own ? "bubble own" : "bubble";
  if (message.kind === "image") return picture(message, own);
  if (message.kind === "voice") return voiceBubble(message, side);
  if (message.kind === "location") return h("div", { class: side }, icon("location", 20), h("span", {}, message.text.replace("[位置] ", "")));
  return h("div", { class: side }, h("span", { class: "bubble-text" }, richText(message.html ?? message.text, handlers.onOption)));
}

function voiceBubble(message, side) {
  const seconds = message.seconds ?? 1; // the account's own voice messages tell no length
  const body = h("div", { class: `${side} voice`, role: "img", "aria-label": `语音 ${seconds} 秒` }, icon("voice", 20), `${seconds}″`);
  body.style.setProperty("--seconds", Math.min(seconds, 60));
  return body;
}

function picture(message, own) {
  const url = localAddress(message.media_url);
  if (!url) return h("div", { class: own ? "bubble own" : "bubble" }, message.text || "[图片]");
  const name = /[^\[\]]+/.exec(message.text || "照片")[0];
  return h("button", { type: "button", class: "picture", "aria-label": `放大${name}`, onclick: () => enlarge(url, name) }, h("img", { src: url, alt: name }));
}

/** A picture the sandbox keeps is fetched from where the page came from, whatever host its address names. */
function localAddress(address) {
  const kept = /^https?:\/\/[^/]+(\/sandbox\/media\/.+)$/.exec(address || "");
  return kept ? kept[1] : address;
}

function enlarge(url, name) {
  openDialog(name, () => h("img", { src: url, alt: name }), { className: "lightbox" });
}

/** A template notice: a title and a body of “名称：值” lines, sometimes an address. */
function templateCard(message) {
  const rows = String(message.body ?? message.text).split("\n").filter((line) => line.trim()).map(templateLine);
  const url = /^https?:\/\//i.test(message.url || "") ? message.url : null;
  return h("article", { class: "card", "aria-label": "模板通知" },
    h("header", { class: "card-head" }, serviceAvatar(), h("span", {}, "电力市场服务台"), h("span", { class: "card-tag" }, "服务通知")),
    h("h3", {}, message.title || "服务通知"), h("dl", {}, rows),
    url && h("a", { class: "card-more", href: url, target: "_blank", rel: "noopener noreferrer" }, "查看详情"));
}

function templateLine(line) {
  const match = /^([^：:]{1,12})[：:]\s*(.+)$/.exec(line);
  return match ? [h("dt", {}, match[1]), h("dd", {}, match[2])] : h("dd", { class: "wide" }, line);
}

function newsCard(message) {
  const articles = message.articles || [{ title: message.text, url: message.url, picurl: message.media_url }];
  return h("div", { class: "card news" }, articles.map((article) => {
    const safe = /^https?:\/\//i.test(article.url || "") ? article.url : null;
    const inside = [article.picurl && h("img", { src: localAddress(article.picurl), alt: "" }), h("h3", {}, article.title), article.description && h("p", {}, article.description)];
    return safe ? h("a", { href: safe, target: "_blank", rel: "noopener noreferrer" }, inside) : h("div", {}, inside);
  }));
}
