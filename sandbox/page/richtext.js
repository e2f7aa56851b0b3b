// A message's text as nodes. Only links that WeChat itself makes tappable become elements; all else stays text.

const ANCHOR = /<a\s[^>]*?href\s*=\s*(?:"([^"]*)"|'([^']*)')[^>]*>([\s\S]*?)<\/a>/gi;
const BARE = /https?:\/\/[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+/g;

/** The option behind a weixin://bizmsgmenu link as {content, id}, or null for any other address. */
export function menuOption(href) {
  const match = /^weixin:\/\/bizmsgmenu\/?\?(.*)$/is.exec(href.trim());
  if (!match) return null;
  const fields = {};
  for (const pair of match[1].replaceAll("&amp;", "&").split("&")) {
    const at = pair.indexOf("=");
    if (at > 0) fields[pair.slice(0, at)] = decoded(pair.slice(at + 1));
  }
  return { content: fields.msgmenucontent || "", id: fields.msgmenuid || "" };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Parse into pieces: {kind: "text"|"option"|"link", text, option?, href?}. */
export function pieces(text) {
  const found = [];
  let at = 0;
  for (const match of text.matchAll(ANCHOR)) {
    found.push(...bareLinks(text.slice(at, match.index)), anchor(match[1] ?? match[2] ?? "", match[3]));
    at = match.index + match[0].length;
  }
  found.push(...bareLinks(text.slice(at)));
  return found.filter((piece) => piece.text !== "");
}

function anchor(href, label) {
  const option = menuOption(href);
  if (option) return { kind: "option", text: label, option: { ...option, content: option.content || label } };
  const address = href.trim().replaceAll("&amp;", "&");
  return /^https?:\/\//i.test(address) ? { kind: "link", text: label, href: address } : { kind: "text", text: label };
}

function bareLinks(text) {
  const found = [];
  let at = 0;
  for (const match of text.matchAll(BARE)) {
    const address = match[0].replace(/[.,;:!?)]+$/, "");
    found.push({ kind: "text", text: text.slice(at, match.index) }, { kind: "link", text: address, href: address });
    at = match.index + address.length;
  }
  found.push({ kind: "text", text: text.slice(at) });
  return found;
}

/** Nodes for a text whose only links are bare web addresses, as in an SMS. */
export function plainText(text) {
  return bareLinks(String(text ?? "")).filter((piece) => piece.text !== "")
    .map((piece) => (piece.kind === "link" ? webLink(piece) : document.createTextNode(piece.text)));
}

/** Nodes for a text; `onOption` is called with {content, id} when a person taps an option. */
export function richText(text, onOption) {
  return pieces(String(text ?? "")).map((piece) => {
    if (piece.kind === "option") return optionLink(piece, onOption);
    if (piece.kind === "link") return webLink(piece);
    return document.createTextNode(piece.text);
  });
}

function optionLink(piece, onOption) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "option-link";
  button.textContent = piece.text;
  button.dataset.menuId = piece.option.id;
  button.addEventListener("click", () => onOption(piece.option));
  return button;
}

function webLink(piece) {
  const link = document.createElement("a");
  link.href = piece.href;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  link.textContent = piece.text;
  return link;
}
