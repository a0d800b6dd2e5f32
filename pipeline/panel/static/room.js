// The crew's page: shows what went out, and joins its parts.

import { board, clock, follow, now, said, since, span, t, wall } from "./live.js";
import { STARTS, showItems } from "./items.js";
import { press, showOrders } from "./orders.js";
import { begin, showThird, watchThird } from "./screen.js";
import { listen } from "./keys.js";
import { showSide } from "./side.js";
import { $, text } from "./elements.js";

const AMBER = 30; // seconds left from which the countdown warns, and
const RED = 10; // ... from which it presses

const operates = Boolean($("take"));

function show(_, connected) {
  $("cut").hidden = connected;
  document.body.classList.toggle("lost", !connected);
  if (board) draw();
}

function draw() {
  showOn();
  showNext();
  showItems();
  showSide();
  if (!operates) return;
  showOrders();
  showThird();
}

function tag() {
  if (!board.connected) return t("Tidak tayang");
  if (board.slated) return t("Slate, diminta kru");
  if (board.held) return t("Ditahan kru");
  if (board.on?.item) return t("Tayang");
  return board.on?.stand ? t("Pengisi") : t("Slate");
}

let spoken = null;
function showOn() {
  const { on, session, connected } = board;
  text("tag", tag());
  document.body.classList.toggle("off", !connected);
  text("now-title", on ? on.title : connected ? "–" : t("Tidak ada yang tayang"));
  const about = on
    ? [on.item, on.stand && `Stand ${on.stand} ${on.stand_name ?? ""}`, said(on.reason)]
    : [session && `${t("Sesi berikutnya")} ${session.id}, ${clock(session.start)}–${clock(session.end)}`];
  text("now-about", about.filter(Boolean).join(" · "));
  $("how").hidden = connected;
  late("over", t("Acara ini"), on?.over_s);
  late("day-over", t("Hari ini"), connected ? board.behind_s : null);
  text("ends", session?.expected_end ? `${t("Selesai")} ≈ ${clock(session.expected_end)}` : "");
  const announced = on ? `${t("Tayang")}: ${on.title}` : t("Tidak ada yang tayang");
  if (announced !== spoken) text("spoken", (spoken = announced));
}

function showNext() {
  const next = board.next ?? (board.connected ? null : board.items.find((one) => one.state === "coming"));
  text("next-title", next ? next.title : t("tidak ada"));
  text("next-about", next ? [next.item, clock(next.expected ?? next.start), STARTS[next.mode]].join(" · ") : "");
}

/** What is over or under, in words: colour is not the only sign. */
function late(id, what, seconds) {
  const direction = seconds > 0 ? t("terlambat") : t("lebih awal");
  const words = Math.abs(seconds) < 1 ? t("tepat waktu") : `${span(Math.abs(seconds))} ${direction}`;
  text(id, seconds == null ? "" : `${what}: ${words}`);
  $(id).classList.toggle("late", seconds >= 1);
}

/** What the large digits count, as [words, seconds]: the item's rest, or how long until something begins. */
function counted() {
  const { on, next, session, connected } = board;
  if (on?.left_s != null) return [t("Sisa waktu"), on.left_s - since()];
  const begins = connected ? next?.mode === "fixed" && next.start : session?.start;
  const left = begins ? (Date.parse(begins) - now()) / 1000 : -1;
  if (left <= 0) return ["", null];
  return [connected ? t("Acara berikutnya dalam") : t("Sesi dimulai dalam"), left];
}

/** What passes by itself. */
function tick() {
  if (!board) return;
  const [words, left] = counted();
  const pressing = board.on?.left_s != null && left <= AMBER;
  text("counts", words);
  text("left", left != null ? span(Math.max(0, Math.ceil(left))) : board.connected ? "–" : "");
  $("left").dataset.urgency = !pressing ? "" : left > RED ? "soon" : "now";
  $("passed").hidden = !board.on?.length_s;
  $("passed").value = board.on?.length_s ? (board.on.sent_s + since()) / board.on.length_s : 0;
  text("clock", wall());
}

document.addEventListener("chosen", () => board && draw());
if (operates) {
  for (const button of document.querySelectorAll("[data-order]")) button.addEventListener("click", () => press(button.id));
  $("help-open").addEventListener("click", () => $("help").showModal());
  watchThird();
  listen();
}
begin();
follow(show);
setInterval(tick, 200);
