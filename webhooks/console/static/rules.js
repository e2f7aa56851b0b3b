"use strict";

/* The list of facts is searched as one types. The page works without this file. */

const search = document.getElementById("fact-search");
if (search) {
  const rows = [...document.querySelectorAll("#facts .known > div")];
  const count = document.getElementById("fact-count");
  search.addEventListener("input", () => {
    const words = search.value.trim().toLowerCase();
    let shown = 0;
    for (const row of rows) {
      row.hidden = !row.textContent.toLowerCase().includes(words);
      shown += row.hidden ? 0 : 1;
    }
    count.textContent = words ? `找到 ${shown} 个` : "";
  });
  search.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
}
