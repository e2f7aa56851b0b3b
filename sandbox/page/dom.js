// Small helpers to build the page. Texts always go in as text nodes, never as markup.

const SVG = "http://www.w3.org/2000/svg";

/** Make an element: attributes by name, `onx` as listeners, `class`, `dataset`; children are nodes or texts. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function setAttribute(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "dataset") Object.assign(element.dataset, value);
  else if (name === "value") element.value = value;
  else element.setAttribute(name, value === true ? "" : String(value));
}

// Line icons on a 24 × 24 grid, drawn with the current text colour.
const ICONS = {
  keyboard: "M3 6h18v12H3z M6.5 10h.01 M10 10h.01 M14 10h.01 M17.5 10h.01 M8 14.5h8",
  menu: "M5 8h14 M5 12h14 M5 16h14",
  voice: "M7 9v6 M11 6.5v11 M15 9.5v5 M19 11v2",
  plus: "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18z M12 8v8 M8 12h8",
  camera: "M4 8h4l1.5-2.5h5L16 8h4v11H4z M12 10a3.4 3.4 0 1 0 0 6.8a3.4 3.4 0 0 0 0-6.8z",
  licence: "M4 5h16v14H4z M7 9h6 M7 12h10 M7 15h4 M16.5 14.5h.01",
  location: "M12 21c4-5 6-8 6-11a6 6 0 0 0-12 0c0 3 2 6 6 11z M12 8a2 2 0 1 0 0 4a2 2 0 0 0 0-4z",
  scan: "M4 8V4h4 M16 4h4v4 M20 16v4h-4 M8 20H4v-4 M4 12h16",
  more: "M5 12h.01 M12 12h.01 M19 12h.01",
  close: "M6 6l12 12 M18 6L6 18",
  send: "M12 20V5 M6 11l6-6l6 6",
  world: "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18z M3 12h18 M12 3c3 3 3 15 0 18 M12 3c-3 3-3 15 0 18",
  chat: "M4 5h16v11H10l-5 4v-4H4z",
  sms: "M12 4c5 0 9 3.2 9 7.2s-4 7.2-9 7.2c-1 0-2-.1-2.9-.4L4.5 20l1.2-3.4C4 15.3 3 13.4 3 11.2C3 7.2 7 4 12 4z M8.5 11.2h.01 M12 11.2h.01 M15.5 11.2h.01",
  clock: "M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 0 0 0-17z M12 7.5V12l3 2",
  out: "M14 4h6v6 M20 4l-9 9 M18 14v6H4V6h6",
  add: "M12 5v14 M5 12h14",
  bolt: "M13 2L5 14h6l-1 8l8-12h-6z",
};

/** One of the icons above as an SVG that screen readers skip. */
export function icon(name, size = 24) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", width: size, height: size, "aria-hidden": "true" })) {
    svg.setAttribute(key, value);
  }
  svg.classList.add("icon", `icon-${name}`);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** A button with a picture; the label is what a screen reader says and what the pointer shows. */
export function iconButton(name, label, onclick, attributes = {}) {
  return h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, onclick, ...attributes }, icon(name));
}

/** Open a modal dialog with a heading and a close button; resolves when it is closed. */
export function openDialog(title, build, { className = "" } = {}) {
  const dialog = h("dialog", { class: `sheet ${className}`, "aria-label": title });
  const close = () => dialog.close();
  dialog.append(
    h("header", { class: "sheet-head" }, h("h2", {}, title), iconButton("close", "关闭", close)),
    h("div", { class: "sheet-body" }, build(close)),
  );
  dialog.addEventListener("click", (event) => event.target === dialog && close());
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => { dialog.remove(); resolve(); }));
}

/** Say something short at the bottom of the window; failures stay a little longer. */
export function toast(text, { bad = false } = {}) {
  const box = document.getElementById("toasts");
  const item = h("div", { class: bad ? "toast bad" : "toast" }, text);
  box.append(item);
  setTimeout(() => item.remove(), bad ? 6000 : 2600);
}
