"use strict";

/* The pictures of an application: upright, to be zoomed, turned and moved, with what was read marked where it stands.
   Loaded after console.js, whose `keys` it adds to. Without it the newest picture and all that was read are still there. */

function viewer(box) {
  const area = box.querySelector(".stage-area");
  const sheet = box.querySelector(".upright");
  const image = box.querySelector("#photo");
  const marks = box.querySelector(".photo-marks");
  const full = box.querySelector("[data-do=full]");
  const shown = box.querySelector("[data-do=marks]");
  const state = { scale: 1, x: 0, y: 0, turn: 0, quarters: Number(image.dataset.turns) };
  const draw = () => {
    sheet.style.transform = `translate(${state.x}px, ${state.y}px) rotate(${state.turn}deg) scale(${state.scale})`;
    marks.style.setProperty("--line", `${2 / state.scale}px`);
    box.classList.toggle("zoomed", state.scale > 1);
  };
  const fit = () => {
    if (!image.naturalWidth) return;
    const lies = state.quarters % 2 === 1; // turned by a quarter, its height is the sheet's width
    const [wide, tall] = lies ? [image.naturalHeight, image.naturalWidth] : [image.naturalWidth, image.naturalHeight];
    const across = state.turn % 180 !== 0; // turned by hand, the sheet lies on its side
    const by = across ? Math.min(area.clientWidth / tall, area.clientHeight / wide) : Math.min(area.clientWidth / wide, area.clientHeight / tall);
    state.by = by;
    Object.assign(sheet.style, { width: `${wide * by}px`, height: `${tall * by}px` });
    Object.assign(image.style, { width: `${(lies ? tall : wide) * by}px`, height: `${(lies ? wide : tall) * by}px` });
    image.style.transform = `translate(-50%, -50%) rotate(${state.quarters * 90}deg)`;
    box.classList.add("ready");
    draw();
  };
  const scale = (by) => { // what is in the middle stays there
    const before = state.scale;
    state.scale = Math.max(1, Math.min(8, state.scale * by));
    const ratio = state.scale === 1 ? 0 : state.scale / before;
    state.x *= ratio;
    state.y *= ratio;
    draw();
  };
  const turn = () => { // the same place stays in the middle, and the whole sheet fits
    const before = state.by;
    state.turn += 90;
    fit();
    [state.x, state.y] = [(-state.y * state.by) / before, (state.x * state.by) / before];
    draw();
  };
  const around = (by, event) => {
    const frame = area.getBoundingClientRect();
    const from = [event.clientX - frame.left - frame.width / 2, event.clientY - frame.top - frame.height / 2];
    const before = state.scale;
    scale(by);
    if (state.scale > 1) {
      state.x -= from[0] * (state.scale / before - 1);
      state.y -= from[1] * (state.scale / before - 1);
      draw();
    }
  };
  let aim = null; // the place to be shown once the picture has come
  const reset = () => { aim = null; Object.assign(state, { scale: 1, x: 0, y: 0 }); draw(); };
  const toggle = (on) => {
    box.classList.toggle("full", on);
    document.body.classList.toggle("locked", box.classList.contains("full"));
    full.setAttribute("aria-pressed", box.classList.contains("full"));
    fit();
    reset();
  };
  const mark = (on) => {
    marks.hidden = on === undefined ? !marks.hidden : !on;
    shown.setAttribute("aria-pressed", !marks.hidden);
  };
  const boxes = readMarks(marks, (field, at) => { if (state.scale === 1) goTo(at); chosen(field); });
  const chosen = (field) => {
    document.querySelectorAll("[data-box]").forEach((each) => each.classList.toggle("chosen", each === field));
    boxes.choose(field);
  };
  const goTo = (at) => {
    const [left, top, right, bottom] = at;
    aim = at;
    if (state.turn % 180) { state.turn = 0; fit(); }
    state.turn = 0;
    state.scale = Math.max(1.4, Math.min(4, 0.6 / Math.max(right - left, bottom - top)));
    state.x = (0.5 - (left + right) / 2) * sheet.clientWidth * state.scale;
    state.y = (0.5 - (top + bottom) / 2) * sheet.clientHeight * state.scale;
    draw();
  };
  const show = (button) => {
    if (image.src !== button.href) image.src = button.href;
    image.alt = button.dataset.alt;
    Object.assign(state, { turn: 0, quarters: Number(button.dataset.turns) });
    document.querySelectorAll("[data-picture]").forEach((each) => {
      if (each === button) each.setAttribute("aria-current", "true"); else each.removeAttribute("aria-current");
    });
    boxes.of(button.closest("[data-fields]"));
    fit();
    reset();
  };
  const acts = {
    in: () => scale(1.5), out: () => scale(1 / 1.5), turn, full: () => toggle(), marks: () => mark(),
  };
  box.querySelectorAll("[data-do]").forEach((button) => button.addEventListener("click", () => acts[button.dataset.do]()));
  sheet.addEventListener("dblclick", (event) => (state.scale > 1 ? reset() : around(2.5, event)));
  box.addEventListener("wheel", (event) => {
    if (!box.classList.contains("full") && !event.ctrlKey && state.scale === 1 && event.deltaY > 0) return;
    event.preventDefault();
    around(event.deltaY < 0 ? 1.2 : 1 / 1.2, event);
  }, { passive: false });
  drag(sheet, state, draw);
  image.addEventListener("load", () => { fit(); if (aim) goTo(aim); });
  new ResizeObserver(fit).observe(area);
  document.querySelectorAll("[data-picture]").forEach((link) => link.addEventListener("click", (event) => { event.preventDefault(); show(link); box.scrollIntoView({ block: "nearest" }); }));
  document.querySelectorAll("button[data-box]").forEach((field) => {
    const link = field.closest("[data-fields]").querySelector("[data-picture]");
    const to = (move) => { if (!link.hasAttribute("aria-current")) show(link); chosen(field); if (move) goTo(numbers(field)); };
    field.addEventListener("click", () => { mark(true); to(true); box.scrollIntoView({ block: "nearest" }); });
    field.addEventListener("pointerenter", (event) => { if (event.pointerType === "mouse" && link.hasAttribute("aria-current")) chosen(field); });
  });
  const first = document.querySelector("[data-picture]");
  boxes.of(first.closest("[data-fields]"));
  first.setAttribute("aria-current", "true");
  fit();
  return { z: () => toggle(), m: () => mark(), Escape: () => { toggle(false); chosen(null); } };
}

const numbers = (field) => field.dataset.box.split(" ").map(Number);

/* One frame a field, coloured as sure as it was read; its place in parts of the sheet. */
function readMarks(marks, pick) {
  let frames = new Map();
  const of = (picture) => {
    frames = new Map([...picture.querySelectorAll("button[data-box]")].map((field) => {
      const [left, top, right, bottom] = numbers(field);
      const frame = document.createElement("span");
      frame.className = `photo-mark is-${field.dataset.certainty}`;
      Object.assign(frame.style, { left: `${left * 100}%`, top: `${top * 100}%`, width: `${(right - left) * 100}%`, height: `${(bottom - top) * 100}%` });
      frame.dataset.label = field.dataset.label;
      frame.addEventListener("click", () => pick(field, [left, top, right, bottom]));
      return [field, frame];
    }));
    marks.replaceChildren(...frames.values());
  };
  const choose = (field) => frames.forEach((frame, own) => frame.classList.toggle("chosen", own === field));
  return { of, choose };
}

function drag(sheet, state, draw) {
  const fingers = new Map();
  let apart = 0;
  const distance = () => { const [a, b] = [...fingers.values()]; return Math.hypot(a.x - b.x, a.y - b.y); };
  sheet.addEventListener("pointerdown", (event) => {
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (state.scale > 1 || fingers.size > 1) sheet.setPointerCapture(event.pointerId);
    if (fingers.size === 2) apart = distance();
  });
  sheet.addEventListener("pointermove", (event) => {
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
  sheet.addEventListener("pointerup", up);
  sheet.addEventListener("pointercancel", up);
}

const picture = document.getElementById("viewer");
if (picture) Object.assign(keys, viewer(picture));
