// Keys that do what the buttons do, unless somebody writes, a dialog is open, or a key has another meaning.

import { choose, step } from "./items.js";
import { press } from "./orders.js";
import { $ } from "./elements.js";

const ORDERS = { " ": "take", n: "next", h: "hold", s: "slate", l: "cue", m: "mark", u: "undo" };
const STEPS = { ArrowDown: 1, ArrowUp: -1 };
const WRITING = "input, textarea, select, [contenteditable]";

export function listen() {
  document.addEventListener("keydown", pressed);
  document.addEventListener("keyup", (event) => {
    // a focused button is pressed when the space comes up
    if (event.key === " " && !elsewhere(event)) event.preventDefault();
  });
}

const elsewhere = (event) => $("help").open || event.target.closest(WRITING);

function pressed(event) {
  if (elsewhere(event) || event.ctrlKey || event.altKey || event.metaKey) return;
  const key = event.key.toLowerCase();
  if (event.repeat) {
    if (key === " ") event.preventDefault();
    if (!STEPS[event.key]) return;
  }
  if (key === "?") $("help").showModal();
  else if (STEPS[event.key]) step(STEPS[event.key]);
  else if (key === "escape") choose(null);
  else if (ORDERS[key]) press(ORDERS[key]);
  else return;
  event.preventDefault();
}
