// What presenters see: one number that counts down, what is on, what follows. Words and shapes beside colour.

import { clock, follow, now, span, t, wall } from "./live.js";

const SOON = 60; // seconds before the end from which on it is amber
const END = 15; // and red

const $ = (id) => document.getElementById(id);
const bar = document.querySelector(".bar i");
const key = new URLSearchParams(location.search).get("key");
let board = null;

follow((latest, connected) => {
  board = latest;
  $("cut").hidden = connected;
  draw();
}, `/api/stage/events${key ? `?key=${encodeURIComponent(key)}` : ""}`);
setInterval(draw, 200);

function put(id, text) {
  if ($(id).textContent !== text) $(id).textContent = text;
}

/** Seconds from the rundown's now until then. */
const until = (iso) => (Date.parse(iso) - now()) / 1000;
const whole = (seconds) => Math.ceil(seconds - 0.001);
const whom = (one) => (one.stand ? `${t("Stand")} ${one.stand} · ${one.stand_name}` : "");

/** What is counted: {label, left, length, warns}; `left` null when there is nothing to count. */
function counted() {
  const { on, session } = board;
  const next = board.next ?? board.coming[0];
  if (!board.connected) {
    const begins = session && until(session.start);
    return { label: begins > 0 ? t("Siaran dimulai dalam") : "", left: begins > 0 ? begins : null };
  }
  if (on?.item) {
    const left = on.left_s ?? (on.planned_end ? until(on.planned_end) : null);
    const passed = (performance.now() - read) / 1000;
    return { label: t("Sisa waktu"), left: on.left_s == null ? left : left - passed, length: on.length_s, warns: true };
  }
  const begins = next && until(next.expected ?? next.start);
  return begins > 0 && next.mode !== "manual"
    ? { label: t("Acara berikutnya dalam"), left: begins }
    : { label: "", left: null };
}

let read = performance.now(); // when `left_s` was true
let known = null;

function level(left, warns) {
  if (!warns || left == null || left > SOON) return "";
  if (left <= -0.5) return "over";
  return left > END ? "soon" : "end";
}

const WORDS = {
  "": ["", () => ""],
  soon: ["▲", () => t("Bersiap menutup")],
  end: ["■", () => t("Tutup sekarang")],
  over: ["◆", () => t("Lewat waktu")],
};

function draw() {
  if (!board?.now) return;
  if (board !== known) [known, read] = [board, performance.now()];
  drawTime();
  const { label, left, length, warns } = counted();
  const at = level(left, warns);
  document.body.dataset.level = at;
  put("label", at === "over" ? "" : label);
  const digits = left == null ? "" : left > -0.5 ? span(Math.max(0, whole(left))) : `+${span(Math.floor(-left))}`;
  put("digits", digits);
  $("digits").style.setProperty("--length", digits.length);
  $("word").dataset.sign = WORDS[at][0];
  put("word", WORDS[at][1]());
  bar.style.setProperty("--share", length && left > 0 ? Math.min(1, left / length) : 0);
  drawOn();
  drawAfter();
}

function drawTime() {
  const time = document.createElement("time");
  time.textContent = wall();
  $("time").replaceChildren(time);
}

function drawOn() {
  const { on, connected, session } = board;
  const live = connected && on?.item;
  $("state").className = live ? "live" : "";
  put("state", live ? t("SEDANG TAYANG") : connected ? t("JEDA") : t("TIDAK TAYANG"));
  put("who", live ? whom(on) : "");
  const begins = !connected && session && until(session.start) > 0;
  put("title", live ? on.title : begins ? `${t("Mulai pukul")} ${clock(session.start)}` : "");
}

function drawAfter() {
  const [first, ...rest] = board.coming;
  put("next", first ? (first.stand_name ?? first.title) : t("Tidak ada lagi"));
  put("nextat", first ? when(first) : "");
  const lines = rest.map((one) => {
    const line = document.createElement("li");
    const at = document.createElement("b");
    at.textContent = when(one);
    line.append(at, one.stand_name ?? one.title);
    return line;
  });
  $("later").replaceChildren(...lines);
  const late = Math.round(board.behind_s ?? 0);
  $("late").dataset.sign = !board.connected ? "" : late > 5 ? "▲" : late < -5 ? "▼" : "●";
  put("late", !board.connected ? "" : late > 5 ? `${t("Terlambat")} ${span(late)}` : late < -5 ? `${t("Lebih awal")} ${span(-late)}` : t("Tepat waktu"));
}

const when = (one) => (one.mode === "manual" ? t("menunggu aba-aba") : clock(one.expected ?? one.start));

// The screen stays awake, and the buttons show only while somebody is near.

let lock;
async function stayAwake() {
  if (document.hidden) return;
  try {
    lock = await navigator.wakeLock.request("screen");
    $("awake").hidden = true;
  } catch {
    $("awake").hidden = false; // over plain HTTP browsers don't offer it
  }
}
document.addEventListener("visibilitychange", stayAwake);
stayAwake();

$("full").addEventListener("click", () =>
  document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen(),
);

let away;
function near() {
  document.body.classList.add("near");
  clearTimeout(away);
  away = setTimeout(() => document.body.classList.remove("near"), 4000);
}
for (const event of ["pointermove", "pointerdown", "keydown"]) addEventListener(event, near);
near();
