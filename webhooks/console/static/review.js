"use strict";

/* Deciding on an application: keys, the question before an approval, reasons by digit, taking back, who else looks.
   Loaded after console.js, whose `keys` it adds to. Every page works without it. */

function decision() {
  const approve = document.getElementById("approve-form");
  const sure = document.getElementById("sure");
  const back = document.getElementById("return-form");
  let agreed = false;
  const ask = () => { if (!approve) location.hash = "decision"; else if (approve.reportValidity()) sure.showModal(); };
  approve?.addEventListener("submit", (event) => { if (!agreed) { event.preventDefault(); ask(); } });
  sure.addEventListener("close", () => {
    if (sure.returnValue !== "yes") return;
    agreed = true;
    approve.requestSubmit();
  });
  const reasons = () => [...document.querySelectorAll("[form=return-form], #return-form input[type=checkbox]")];
  const giveBack = () => {
    document.querySelector("#viewer.full [data-do=full]")?.click();
    back.scrollIntoView({ block: "center" });
    back.querySelector("input[name=reply], textarea").focus({ preventScroll: true });
  };
  document.querySelector("[data-approve]")?.addEventListener("click", ask);
  document.querySelector("[data-return]")?.addEventListener("click", (event) => { event.preventDefault(); giveBack(); });
  back.addEventListener("submit", (event) => {
    const said = back.querySelector("textarea");
    const empty = !reasons().some((box) => box.checked) && !said.value.trim();
    said.setCustomValidity(empty ? "请选择或填写退回原因，用户会看到这句话" : "");
    if (empty) { event.preventDefault(); said.reportValidity(); said.setCustomValidity(""); }
  });
  /* 1 to 9 tick the standard replies, also while one of them has the focus. */
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.closest("textarea, select, input:not([type=checkbox])")) return;
    const box = back.querySelector(`[data-digit="${CSS.escape(event.key)}"]`);
    if (!box) return;
    event.preventDefault();
    box.checked = !box.checked;
    box.focus();
  });
  return { a: ask, r: giveBack };
}

if (document.getElementById("return-form")) Object.assign(keys, decision());

const claiming = document.querySelector("[data-claim]");
if (claiming) keys.t = () => claiming.click();

/* Taking back: the seconds run down, then the button goes. */
document.querySelectorAll("form.undo").forEach((form) => {
  const shown = form.querySelector("span");
  const until = Date.now() + Number(form.dataset.seconds) * 1000;
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    if (left <= 0) { form.remove(); return; }
    shown.textContent = left;
    setTimeout(tick, 500);
  };
  tick();
});

/* While the page is open, say so every 20 seconds, and show who else has it open. */
const lookers = document.getElementById("lookers");
if (lookers) {
  const token = document.querySelector("input[name=csrf_token]").value;
  const tell = (gone) => {
    const said = new URLSearchParams({ csrf_token: token, step: lookers.dataset.step });
    if (gone) { said.set("gone", "1"); navigator.sendBeacon(lookers.dataset.here, said); return null; }
    return fetch(lookers.dataset.here, { method: "POST", body: said, redirect: "error" });
  };
  const beat = async () => {
    if (!document.hidden) {
      try {
        const answer = await tell(false);
        const text = answer.ok ? (await answer.text()).trim() : lookers.innerHTML.trim();
        if (text !== lookers.innerHTML.trim()) lookers.innerHTML = text;
      } catch { /* offline, or the session is over: the next click tells */ }
    }
    setTimeout(beat, 20000);
  };
  beat();
  window.addEventListener("pagehide", () => tell(true));
}
