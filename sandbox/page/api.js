// The sandbox's HTTP contract, one function per call. Every call answers JSON or throws an Error that can be shown.

// The sandbox's refusals that a person can run into, in their language.
const REFUSALS = {
  "somebody already has this phone number": "这个手机号已经有人在用了",
  "this person does not follow the account": "还没有关注这个公众号",
  "already following": "已经关注了",
  "this code is unknown or has expired": "这个二维码不认识，或者已经过期",
  "no talk of this person is with the customer service": "没有转接给客服的会话（先让公众号转接，再由客服接入）",
  "this is no picture": "这个文件不是图片",
};

async function call(method, path, body) {
  const options = { method, headers: {} };
  if (body instanceof FormData) options.body = body;
  else if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(`/sandbox${path}`, options);
  } catch {
    throw new Error("沙盒没有回应，请看看它是否还在运行");
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new Error(reason(answer) || `沙盒回答了 HTTP ${response.status}`);
  return answer;
}

function reason(answer) {
  const text = answer && answer.error;
  return REFUSALS[text] || text;
}

const person = (id) => `/people/${encodeURIComponent(id)}`;

export const api = {
  state: () => call("GET", "/state"),
  addPerson: (fields) => call("POST", "/people", fields),
  follow: (id) => call("POST", `${person(id)}/follow`, {}),
  unfollow: (id) => call("POST", `${person(id)}/unfollow`, {}),
  text: (id, content, bizmsgmenuid) =>
    call("POST", `${person(id)}/text`, bizmsgmenuid ? { content, bizmsgmenuid } : { content }),
  click: (id, key) => call("POST", `${person(id)}/click`, { key }),
  view: (id, url) => call("POST", `${person(id)}/view`, { url }),
  scan: (id, code) => call("POST", `${person(id)}/scan`, code.startsWith("gQ") ? { ticket: code } : { scene: code }),
  kf: (id, what, content) => call("POST", `${person(id)}/kf`, { do: what, content }),
  voice: (id, seconds) => call("POST", `${person(id)}/voice`, { seconds }),
  location: (id) => call("POST", `${person(id)}/location`, {}),
  sms: (id, content) => call("POST", `${person(id)}/sms`, { content }),
  drawnPhoto: (id, wanted) => call("POST", `${person(id)}/photo`, wanted),
  photoFile: (id, file) => {
    const form = new FormData();
    form.append("file", file, file.name || "photo.jpg");
    return call("POST", `${person(id)}/photo`, form);
  },
  messages: (id, after) => call("GET", `${person(id)}/messages?after=${after}`),
  clock: (change) => call("POST", "/clock", change),
  companies: async () => (await call("GET", "/companies")).companies,
  saveCompany: (uscc, company) => call("PUT", `/companies/${encodeURIComponent(uscc)}`, company),
  accounts: async () => (await call("GET", "/accounts")).accounts,
  saveAccount: (number, account) => call("PUT", `/accounts/${encodeURIComponent(number)}`, account),
  setSwitch: (system, change) => call("PUT", `/switches/${encodeURIComponent(system)}`, change),
  failures: (failure) => call("POST", "/failures", failure),
  deliveries: (after) => call("GET", `/deliveries?after=${after}`),
  redeliver: (seq) => call("POST", "/redeliver", { seq }),
};

/**
 * Keep the event stream open. `onEvent` gets each parsed event; `onOpen` runs at each (re)connection,
 * which is the moment to catch up; `onLost` when the line breaks. The browser and a timer reconnect.
 */
export function listen({ onEvent, onOpen, onLost }) {
  let source;
  let delay = 1000;
  const connect = () => {
    source = new EventSource("/sandbox/events");
    source.onopen = () => { delay = 1000; onOpen(); };
    source.onmessage = (message) => {
      const event = parsed(message.data);
      if (event) onEvent(event);
    };
    source.onerror = () => {
      onLost();
      if (source.readyState !== EventSource.CLOSED) return; // the browser is trying again by itself
      setTimeout(connect, delay);
      delay = Math.min(delay * 2, 15000);
    };
  };
  connect();
}

function parsed(data) {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}
