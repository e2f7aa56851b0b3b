// The sheet behind the photo button: a picture from this device, or one that the sandbox draws.

import { api } from "./api.js";
import { h, icon, openDialog, toast } from "./dom.js";

const LAYOUTS = { landscape2019: "横版 2019", portrait2014: "竖版 2014", legacy: "旧版（15 位注册号）" };
const EFFECTS = {
  perspective: "透视", shadow: "阴影", noise: "噪点", background: "桌面", fold: "折痕", watermark: "水印", glare: "反光", blur: "模糊",
  seal: "章压字", copy_stamp: "复印件章", screen: "屏幕翻拍", lowlight: "暗光", crop: "缺一角", small: "拍得远",
};
const USUAL = ["perspective", "shadow", "noise"]; // what a phone's photo of a paper on a desk looks like
const OTHERS = {
  food_permit: "食品经营许可证", id_card: "身份证", chat_screenshot: "聊天截图", two_documents: "两证同框", mosaic: "打码的执照",
  account_permit: "开户许可证", tax_certificate: "税务登记证", electricity_bill: "电费单", blank_desk: "空桌面",
};
const DOCUMENTS = { letter: "授权委托书", lease: "租赁协议", identity: "身份证" };
const TRAPS = {
  letter: {
    "": "齐全", no_seal: "没盖章", no_signature: "没签字", no_end: "没写截止日期", expired: "已过期", seal_over_date: "章压日期", by_hand: "手写填空",
    grey_copy: "黑白复印件", foot_cut_off: "落款没拍到", askew: "拍歪", with_licence: "和执照同框",
  },
  lease: {
    "": "齐全", no_seal: "没盖章", one_seal: "只有一方盖章", no_signature: "没签字", first_page: "只有第一页", second_page: "只有签署页", expired: "已到期",
    by_hand: "手写填空", grey_copy: "黑白复印件", askew: "拍歪",
  },
  identity: { "": "齐全", expired: "已过期", wrong_number: "号码不对" },
};
const SIDES = { front: "人像面", back: "国徽面" };
const TURNS = ["正着", "向左转 90°", "倒着", "向右转 90°"];

/** Open the sheet for one chat; whatever is chosen is sent as that person's photo. */
export function openPhotoSheet(chat) {
  openDialog("发照片", (close) => {
    const done = (label, action) => { close(); chat.sendPhoto(label, action); };
    return h("div", { class: "photo-sheet" }, fromDevice(chat, done), licenceForm(chat, done), documentForm(chat, done), others(chat, done));
  });
}

function fromDevice(chat, done) {
  const pick = (attributes) => h("input", {
    type: "file", accept: "image/*", class: "sr-only", ...attributes,
    onchange: (event) => { for (const file of event.target.files) done(file.name || "照片", () => api.photoFile(chat.id, file)); },
  });
  const choice = (label, picture, attributes) => h("label", { class: "tile" }, icon(picture, 28), label, pick(attributes));
  return h("section", { class: "tiles", "aria-label": "自己的照片" }, choice("从相册选", "licence", { multiple: true }), choice("拍摄", "camera", { capture: "environment" }));
}

function licenceForm(chat, done) {
  const companies = h("select", { name: "company", required: true }, h("option", { value: "" }, "正在读取…"));
  loadCompanies(companies, chat.person);
  const form = h("form", { class: "form", "aria-label": "拍一张营业执照", onsubmit: (event) => {
    event.preventDefault();
    const wanted = drawing(new FormData(form));
    done(`营业执照 ${companies.selectedOptions[0].textContent}`, () => api.drawnPhoto(chat.id, wanted));
  } },
  h("h3", {}, "拍一张营业执照"),
  h("label", {}, "企业", companies),
  h("div", { class: "form-pair" }, h("label", {}, "版式", select("layout", LAYOUTS)), h("label", {}, "方向", select("quarter_turns", TURNS))),
  h("fieldset", {}, h("legend", {}, "照片的样子"), h("div", { class: "checks" }, Object.entries(EFFECTS).map(([key, label]) =>
    h("label", { class: "check" }, h("input", { type: "checkbox", name: "effects", value: key, checked: USUAL.includes(key) }), label)))),
  h("button", { class: "primary" }, "拍照并发送"));
  return form;
}

function documentForm(chat, done) {
  const company = h("select", { name: "company", required: true }, h("option", { value: "" }, "正在读取…"));
  const to = h("input", { name: "to", required: true, value: ownName(chat), autocomplete: "off" });
  const traps = select("trap", TRAPS.letter);
  const side = h("label", { hidden: true }, "哪一面", select("wording", SIDES));
  const of = h("label", {}, "谁出具（出租方）", company);
  const kind = h("select", { name: "kind", onchange: () => {
    traps.replaceChildren(...Object.entries(TRAPS[kind.value]).map(([value, label]) => h("option", { value }, label)));
    side.hidden = kind.value !== "identity";
    of.hidden = company.disabled = kind.value === "identity";
  } }, Object.entries(DOCUMENTS).map(([value, label]) => h("option", { value }, label)));
  loadCompanies(company, {});
  const form = h("form", { class: "form", "aria-label": "拍一份其他材料", onsubmit: (event) => {
    event.preventDefault();
    const data = new FormData(form);
    const wanted = Object.fromEntries(["kind", "company", "to", "trap"].map((name) => [name, data.get(name) || ""]));
    if (wanted.kind === "identity") wanted.wording = data.get("wording");
    done(DOCUMENTS[wanted.kind], () => api.drawnPhoto(chat.id, { ...wanted, seed: Math.floor(Math.random() * 1e6) }));
  } },
  h("h3", {}, "拍一份其他材料"),
  h("div", { class: "form-pair" }, h("label", {}, "材料", kind), h("label", {}, "样子", traps)),
  of, h("label", {}, "给谁（企业全称或姓名）", to), side,
  h("button", { class: "primary" }, "拍材料并发送"));
  return form;
}

/** The company that this person works for, as the sample data notes it, else their own name. */
function ownName(chat) {
  return (chat.person.note || "").split("的")[0] || chat.person.real_name || "";
}

function select(name, choices) {
  return h("select", { name }, Object.entries(choices).map(([value, label]) => h("option", { value }, label)));
}

/** What the contract wants for a drawn licence; a fresh seed each time, so that no two photos are alike. */
function drawing(data) {
  return {
    company: data.get("company"), layout: data.get("layout"), effects: data.getAll("effects"),
    quarter_turns: Number(data.get("quarter_turns")), seed: Math.floor(Math.random() * 1e6),
  };
}

async function loadCompanies(field, person) {
  try {
    const companies = await api.companies();
    field.replaceChildren(...companies.map((one) => h("option", { value: one.uscc || one.old_number }, one.name)));
    const own = companies.find((one) => (person.note || "").includes(one.name));
    if (own) field.value = own.uscc || own.old_number;
  } catch (error) {
    toast(`企业名单没有读到：${error.message}`, { bad: true });
  }
}

function others(chat, done) {
  return h("section", { class: "form", "aria-label": "拍别的" }, h("h3", {}, "拍别的"),
    h("div", { class: "choices" }, Object.entries(OTHERS).map(([kind, label]) =>
      h("button", { type: "button", class: "choice", onclick: () => done(label, () => api.drawnPhoto(chat.id, { kind, seed: Math.floor(Math.random() * 1e6) })) }, label))));
}
