// Search and filters of the public page, and which stand is on air. Without it all stands are simply there.

import { t } from "./live.js";

const EVERY = 10000; // milliseconds between two looks at what is on

const form = document.querySelector(".find");
const stalls = [...document.querySelectorAll(".stall")].map((element) => ({
  element,
  words: plain(element.textContent),
}));

/** Without accents and case: "Café" is found as "cafe". */
function plain(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

function choose() {
  const { q, category, origin } = Object.fromEntries(new FormData(form));
  const wanted = plain(q).split(/\s+/);
  let found = 0;
  for (const { element, words } of stalls) {
    const fits =
      (!category || element.dataset.category === category) &&
      (!origin || element.dataset.origin === origin) &&
      wanted.every((word) => words.includes(word));
    element.hidden = !fits;
    found += fits;
  }
  const all = found === stalls.length;
  document.getElementById("found").textContent = all ? "" : found ? `${found} ${t("stand cocok")}` : t("Tidak ada yang cocok. Coba kata lain.");
}

async function onAir() {
  if (document.hidden) return;
  try {
    const { on } = await (await fetch("/etalase/on.json")).json();
    for (const { element } of stalls)
      element.querySelector(".onair").hidden = Number(element.dataset.stand) !== on;
  } catch {
    for (const { element } of stalls) element.querySelector(".onair").hidden = true; // not known
  }
}

form.hidden = false;
form.addEventListener("input", choose);
form.addEventListener("submit", (event) => event.preventDefault());
choose(); // the browser may have kept what was typed
setInterval(onAir, EVERY);
