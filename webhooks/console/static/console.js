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
    row.addEventListener("click", (event) => { if (!event.target.closest("a")) row.querySelector("a.open").click(); });
    row.addEventListener("focusin", () => { at = place; });
  });
  return { j: () => go(1), ArrowDown: () => go(1), k: () => go(-1), ArrowUp: () => go(-1), "/": () => document.getElementById("search").focus() };
}

function viewer(box) {
  const image = box.querySelector("img");
  const full = box.querySelector("[data-do=full]");
  const state = { scale: 1, x: 0, y: 0, turn: 0 };
  const draw = () => {
    image.style.transform = `translate(${state.x}px, ${state.y}px) rotate(${state.turn}deg) scale(${state.scale})`;
    box.classList.toggle("zoomed", state.scale > 1);
  };
  const scale = (by) => {
    state.scale = Math.max(1, Math.min(8, state.scale * by));
    if (state.scale === 1) { state.x = 0; state.y = 0; }
    draw();
  };
  const around = (by, event) => {
    const frame = image.parentElement.getBoundingClientRect();
    const from = [event.clientX - frame.left - frame.width / 2 - state.x, event.clientY - frame.top - frame.height / 2 - state.y];
    const before = state.scale;
    scale(by);
    if (state.scale > 1) {
      state.x -= from[0] * (state.scale / before - 1);
      state.y -= from[1] * (state.scale / before - 1);
      draw();
    }
  };
  const reset = () => { Object.assign(state, { scale: 1, x: 0, y: 0 }); draw(); };
  const toggle = (on) => {
    box.classList.toggle("full", on);
    document.body.classList.toggle("locked", box.classList.contains("full"));
    full.setAttribute("aria-pressed", box.classList.contains("full"));
    reset();
  };
  const acts = { in: () => scale(1.5), out: () => scale(1 / 1.5), turn: () => { state.turn += 90; draw(); }, full: () => toggle() };
  box.querySelectorAll("[data-do]").forEach((button) => button.addEventListener("click", () => acts[button.dataset.do]()));
  image.addEventListener("dblclick", (event) => (state.scale > 1 ? reset() : around(2.5, event)));
  box.addEventListener("wheel", (event) => {
    if (!box.classList.contains("full") && !event.ctrlKey && state.scale === 1 && event.deltaY > 0) return;
    event.preventDefault();
    around(event.deltaY < 0 ? 1.2 : 1 / 1.2, event);
  }, { passive: false });
  drag(image, state, draw);
  document.querySelectorAll("[data-photo]").forEach((button) => button.addEventListener("click", () => {
    image.src = button.dataset.photo;
    state.turn = 0;
    reset();
    document.querySelectorAll("[data-photo]").forEach((each) => each.setAttribute("aria-pressed", each === button));
  }));
  return { z: () => toggle(), Escape: () => toggle(false) };
}

function drag(image, state, draw) {
  const fingers = new Map();
  let apart = 0;
  const distance = () => { const [a, b] = [...fingers.values()]; return Math.hypot(a.x - b.x, a.y - b.y); };
  image.addEventListener("pointerdown", (event) => {
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (state.scale > 1 || fingers.size > 1) image.setPointerCapture(event.pointerId);
    if (fingers.size === 2) apart = distance();
  });
  image.addEventListener("pointermove", (event) => {
    const finger = fingers.get(event.pointerId);
    if (!finger) return;
    if (fingers.size === 1 && state.scale > 1) {
      state.x += event.clientX - finger.x;
      state.y += event.clientY - finger.y;
    }
    Object.assign(finger, { x: event.clientX, y: event.clientY });
    if (fingers.size === 2) {
      state.scale = Math.max(1, Math.min(8, state.scale * distance() / apart));
      apart = distance();
    }
    draw();
  });
  const up = (event) => fingers.delete(event.pointerId);
  image.addEventListener("pointerup", up);
  image.addEventListener("pointercancel", up);
}

function decision() {
  const approve = document.getElementById("approve-form");
  const sure = document.getElementById("sure");
  const ask = () => { if (approve.reportValidity()) sure.showModal(); };
  let agreed = false;
  approve.addEventListener("submit", (event) => { if (!agreed) { event.preventDefault(); ask(); } });
  sure.addEventListener("close", () => {
    if (sure.returnValue !== "yes") return;
    agreed = true;
    approve.requestSubmit();
  });
  document.querySelector("[data-approve]").addEventListener("click", ask);
  document.querySelector("[data-return]").addEventListener("click", (event) => { event.preventDefault(); giveBack(); });
  const back = document.getElementById("return-form");
  const giveBack = () => { document.querySelector("#viewer.full [data-do=full]")?.click(); back.scrollIntoView({ block: "center" }); back.querySelector("input[name=standard]").focus({ preventScroll: true }); };
  back.addEventListener("submit", (event) => {
    const said = back.querySelector("textarea");
    const empty = !back.querySelector("input[name=standard]:checked") && !said.value.trim();
    said.setCustomValidity(empty ? "请选择或填写退回原因，用户会看到这句话" : "");
    if (empty) { event.preventDefault(); said.reportValidity(); said.setCustomValidity(""); }
  });
  return { a: ask, r: giveBack };
}

/* A form goes out once, however often it is pressed. */
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "1";
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

const keys = { n: () => click("next"), u: () => click("back") };
const table = document.getElementById("queue");
if (table) Object.assign(keys, queueKeys(table));
const picture = document.getElementById("viewer");
if (picture) Object.assign(keys, viewer(picture));
if (document.getElementById("approve-form")) Object.assign(keys, decision());

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
  document.querySelector("[data-into=answer-text]").addEventListener("change", (event) => {
    answerText.value = [answerText.value.trim(), event.target.value].filter(Boolean).join("\n");
    event.target.value = "";
    answerText.focus();
    count();
  });
}
