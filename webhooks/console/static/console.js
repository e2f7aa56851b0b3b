"use strict";

/* Keys, the photo, and the question before an approval. Every page works without this file. */

const typing = (event) => event.target.closest("input, textarea, select, [contenteditable]") !== null;
const click = (id) => document.getElementById(id)?.click();

function queueKeys(table) {
  const rows = [...table.tBodies[0].rows];
  let at = -1;
  const go = (step) => {
    at = Math.max(0, Math.min(rows.length - 1, at + step));
    rows[at].querySelector("a.open").focus();
  };
  rows.forEach((row, place) => {
    row.addEventListener("click", (event) => { if (!event.target.closest("a, input, td.pick")) row.querySelector("a.open").click(); });
    row.addEventListener("focusin", () => { at = place; });
  });
  const tick = picking(rows);
  return {
    j: () => go(1), ArrowDown: () => go(1), k: () => go(-1), ArrowUp: () => go(-1),
    x: () => { if (at >= 0) tick(at); },
    a: () => click("approve-picked"), c: () => click("urge-picked"),
    "/": () => document.getElementById("search").focus(),
  };
}

/* Ticking rows: one, a stretch with Shift, or the page; how many are ticked is said. */
function picking(rows) {
  const boxes = rows.map((row) => row.querySelector("input[name=order]"));
  const all = document.getElementById("pick-all");
  const count = document.getElementById("picked-count");
  let last = -1;
  const show = () => {
    const ticked = boxes.filter((box) => box?.checked).length;
    boxes.forEach((box, place) => rows[place].classList.toggle("on", Boolean(box?.checked)));
    if (count) count.textContent = ticked ? `已选 ${ticked} 份` : "";
    if (all) { all.checked = ticked === boxes.length; all.indeterminate = ticked > 0 && ticked < boxes.length; }
  };
  boxes.forEach((box, place) => box?.addEventListener("click", (event) => {
    if (event.shiftKey && last >= 0)
      for (let each = Math.min(last, place); each <= Math.max(last, place); each++) boxes[each].checked = box.checked;
    last = place;
    show();
  }));
  all?.addEventListener("change", () => { boxes.forEach((box) => { box.checked = all.checked; }); show(); });
  window.addEventListener("pageshow", show);
  return (place) => { boxes[place].checked = !boxes[place].checked; last = place; show(); };
}

/* A form goes out once, however often it is pressed. */
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "1";
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

/* What the keys do, for whoever asks with ?: each page's own keys, as it names them at its foot. */
function keyHelp() {
  const known = { "j": "下一行", "k": "上一行", "x": "勾选这一行", "/": "搜索", "n": "下一份", "u": "回列表", "z": "看大图", "a": document.getElementById("queue") ? "通过勾选的" : "通过", "c": "催办勾选的", "r": "退回", "t": "我来办", "?": "看全部按键", "Escape": "关闭、离开输入框" };
  const box = document.createElement("dialog");
  box.className = "keyhelp";
  box.setAttribute("aria-label", "按键");
  const list = document.createElement("dl");
  for (const [key, words] of Object.entries(known)) {
    if (key !== "Escape" && !(key in keys)) continue;
    const name = document.createElement("dt");
    const sign = document.createElement("kbd");
    sign.textContent = key === "Escape" ? "Esc" : key;
    name.append(sign);
    const meaning = document.createElement("dd");
    meaning.textContent = words;
    list.append(name, meaning);
  }
  const title = document.createElement("h2");
  title.textContent = "按键";
  const form = document.createElement("form");
  form.method = "dialog";
  const close = document.createElement("button");
  close.textContent = "知道了";
  form.append(close);
  box.append(title, list, form);
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
}

const keys = { n: () => click("next"), u: () => click("back"), "?": keyHelp };
document.documentElement.classList.add("scripted");

/* An open menu closes with Escape and with a click beside it. */
document.addEventListener("click", (event) => document.querySelectorAll("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
});
const table = document.getElementById("queue");
if (table) Object.assign(keys, queueKeys(table));

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && typing(event)) event.target.blur();
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event) || document.querySelector("dialog[open]")) return;
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

/* Talks: the history and the number of who waits come anew every few seconds; nothing is lost while a page is hidden. */
function refreshed(box, address, seconds, after) {
  let shown = box.innerHTML;
  const ask = async () => {
    if (!document.hidden) {
      try {
        const answer = await fetch(address, { redirect: "error", headers: { "X-Requested-With": "fetch" } });
        const text = answer.ok ? await answer.text() : shown;
        if (text !== shown) { shown = text; after(() => { box.innerHTML = text; }); }
      } catch { /* offline, or the session is over: the next click tells */ }
    }
    setTimeout(ask, seconds * 1000);
  };
  setTimeout(ask, seconds * 1000);
}

const badge = document.getElementById("waiting");
if (badge) refreshed(badge, badge.dataset.from, 20, (put) => put());

const talkLog = document.getElementById("talk-log");
if (talkLog) {
  const low = () => talkLog.scrollHeight - talkLog.scrollTop - talkLog.clientHeight < 80;
  talkLog.scrollTop = talkLog.scrollHeight;
  refreshed(talkLog, talkLog.dataset.log, 3, (put) => {
    const follow = low();
    put();
    if (follow) talkLog.scrollTop = talkLog.scrollHeight;
  });
}

const answerText = document.getElementById("answer-text");
if (answerText) {
  const place = document.getElementById("place");
  const hint = document.getElementById("answer-hint");
  const usual = hint.textContent;
  const count = () => {
    const sms = place.selectedOptions[0]?.dataset.channel === "sms";
    const units = answerText.value.length + Number(answerText.dataset.sign) + 12; // the template's own words
    const pieces = units <= 70 ? 1 : Math.ceil(units / 67);
    hint.textContent = sms && answerText.value ? `约 ${pieces} 条短信${pieces > 2 ? "，较长，可能改为附网页链接" : ""}。` : usual;
  };
  answerText.addEventListener("input", count);
  place.addEventListener("change", count);
  const standard = document.querySelector("[data-into=answer-text]");
  const put = () => {
    answerText.value = [answerText.value.trim(), standard.value].filter(Boolean).join("\n");
    standard.value = "";
    answerText.focus();
    count();
  };
  standard.addEventListener("change", put);
  if (standard.value) put(); // who is quick has chosen,
  else count(); // or typed, before this ran
}
