// The crew's buttons: what they say comes from the board, and each tells whether its order is pending, done or refused.

import { board, lang, order, t } from "./live.js";
import { choose, chosen } from "./items.js";
import { $, text } from "./elements.js";

const DOUBLE = 500; // milliseconds after an order in which the same button pressed again is the same press
const TOLD = 2500; // milliseconds for which a button says how its order ended,
const EXPLAINED = 8000; // ... and for which a refusal stays for reading

/** What goes with an order; `seen` lets only one of two people take, who saw the same on air. */
const BODIES = {
  take: () => ({ item: chosen ?? undefined, seen: board.on?.occurrence }),
  undo: () => ({ seen: board.on?.occurrence }),
  next: () => ({ item: chosen }),
  cue: () => ({ item: board.on?.item ?? undefined, on: !["on", "coming"].includes(board.cue.state) }),
};

export function showOrders() {
  const target = board.items.find((one) => one.item === chosen) ?? board.next;
  const stays = board.held || board.slated;
  const cue = { coming: t("muncul"), on: t("tampak"), leaving: t("hilang") }[board.cue.state];
  label("take", t("TAKE"), target?.title);
  label("hold", stays ? t("Lanjutkan") : t("Tahan"));
  label("cue", t("Lower third"), cue);
  $("hold").setAttribute("aria-pressed", board.held);
  $("slate").setAttribute("aria-pressed", board.slated);
  $("cue").setAttribute("aria-pressed", board.cue.state === "on");
  $("undo").hidden = !board.undo;
  for (const id of ["take", "next", "hold", "slate", "cue", "mark", "undo"]) {
    // not `disabled`, which would take the focus away
    $(id).setAttribute("aria-disabled", !board.connected || busy($(id)) || (id === "next" && !chosen));
  }
}

function label(id, what, about) {
  const words = $(id).querySelector(".what");
  const shown = about ? `${what} · ${about}` : what;
  if (words.textContent !== shown) words.textContent = shown;
}

const busy = (button) => button.dataset.answer === "pending" || performance.now() - (button.answered ?? -DOUBLE) < DOUBLE;

/** Gives the order of that button, as a touch or a key does. */
export async function press(id) {
  const button = $(id);
  if (!board || button.hidden || button.ariaDisabled === "true" || busy(button)) return;
  const command = id === "hold" && (board.held || board.slated) ? "resume" : id;
  const sent = chosen;
  tell(button, "pending");
  const reply = await order(command, BODIES[id]?.());
  button.answered = performance.now();
  setTimeout(showOrders, DOUBLE);
  tell(button, reply.ok ? "done" : "refused");
  answer(reply);
  const used = reply.ok && ["take", "next"].includes(id) && chosen === sent;
  choose(used ? null : chosen);
}

const ends = new Map(); // button -> when it no longer says how its order ended

function tell(button, state) {
  button.dataset.answer = state;
  clearTimeout(ends.get(button));
  if (state !== "pending") ends.set(button, setTimeout(() => delete button.dataset.answer, TOLD));
}

let forgotten; // when the sentence goes

/** Says how an order ended, where all see it. */
export function answer(reply) {
  text("answer", reply.ok ? `✓ ${t("Terlaksana")}` : `✗ ${reply[lang]}`);
  $("answer").classList.toggle("bad", !reply.ok);
  clearTimeout(forgotten);
  forgotten = setTimeout(() => text("answer", ""), reply.ok ? TOLD : EXPLAINED);
}
