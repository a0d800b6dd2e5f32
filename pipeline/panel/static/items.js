// The rundown as a list: planned and real times, what is on and next; and the choice of what a take takes.

import { board, clock, span, t } from "./live.js";
import { $, make, text } from "./elements.js";

/** The item that TAKE takes; null: whatever comes next. */
export let chosen = null;

/** Chooses; whoever shows it hears `chosen` on the document. */
export function choose(item) {
  chosen = item;
  document.dispatchEvent(new Event("chosen"));
}

/** The choice goes `by` items down the rundown, from what was chosen or comes next. */
export function step(by) {
  const items = board?.items ?? [];
  if (!items.length) return;
  const from = items.findIndex((one) => one.item === (chosen ?? board.next?.item ?? board.on?.item));
  const to = Math.min(items.length - 1, Math.max(0, from + by));
  choose(items[to].item);
  reveal($("items").children[to]);
}

/** How an item starts, in words. */
export const STARTS = { fixed: t("pada waktunya"), follow: t("menyusul"), manual: t("menunggu TAKE") };
const STATES = {
  on: t("tayang"),
  next: t("berikutnya"),
  coming: t("akan datang"),
  aired: t("sudah"),
  missed: t("terlewat"),
  skipped: t("dilompati"),
};

let drawn = "";
export function showItems() {
  if (chosen && !board.items.some((one) => one.item === chosen)) chosen = null;
  text("plan-day", board.session?.id ?? "");
  const known = JSON.stringify(board.items.map((one) => [one.item, one.title, one.start, one.mode, one.duration_s]));
  if (known !== drawn) {
    drawn = known;
    $("items").replaceChildren(...board.items.map(row));
  }
  board.items.forEach((one, n) => update(one, $("items").children[n]));
}

function row(one) {
  const button = make("button", "item");
  button.type = "button";
  button.dataset.item = one.item;
  const about = [one.item, one.stand && `Stand ${one.stand}`, STARTS[one.mode], span(one.duration_s)];
  button.append(make("span", "planned", clock(one.start)), make("span", "real"), make("span", "title", one.title));
  button.append(make("span", "about", about.filter(Boolean).join(" · ")), make("span", "state"), make("span", "over"));
  button.addEventListener("click", () => choose(chosen === one.item ? null : one.item));
  const li = document.createElement("li");
  li.append(button);
  return li;
}

function update(one, li) {
  const button = li.firstChild;
  const put = (name, value) => (button.querySelector(name).textContent = value);
  const began = one.state === "on" && button.dataset.state !== "on";
  button.dataset.state = one.state;
  button.setAttribute("aria-pressed", one.item === chosen);
  if (one.state === "on") button.setAttribute("aria-current", "true");
  else button.removeAttribute("aria-current");
  const real = one.began ?? one.expected;
  put(".real", real ? `${one.began ? "" : "≈ "}${clock(real)}` : "");
  put(".state", STATES[one.state]);
  const late = Math.abs(one.over_s ?? 0) >= 1;
  put(".over", late ? `${one.over_s > 0 ? "+" : "−"}${span(Math.abs(one.over_s))}` : "");
  button.querySelector(".over").classList.toggle("late", one.over_s > 0);
  if (began) reveal(li);
}

/** Scrolls the list only, never the page. */
function reveal(li) {
  const list = $("items");
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  list.scrollTo({ top: li.offsetTop - list.offsetTop - list.clientHeight / 3, behavior: still ? "auto" : "smooth" });
}
