// The crew's page: shows what went out, and turns keys and touches into orders.

import { board, clock, follow, lang, order, said, since, span, t } from "./live.js";
import { watch } from "./player.js";
import { measure } from "./meter.js";

const DOUBLE = 500; // milliseconds in which a second press of the same button is the same press
const TOLD = 2500; // milliseconds for which a button says how its order ended
const AMBER = 30; // seconds left from which the countdown warns, and
const RED = 10; // ... from which it presses

const $ = (id) => document.getElementById(id);
const text = (id, value) => {
  if ($(id).textContent !== value) $(id).textContent = value;
};
const make = (name, className, content = "") => {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = content;
  return element;
};

let chosen = null; // the item that TAKE takes; null: whatever comes next
let spoken = null;
const video = document.querySelector("video");

// What is shown

function show(_, connected) {
  $("cut").hidden = connected;
  document.body.classList.toggle("lost", !connected);
  if (!board) return;
  if (chosen && !board.items.some((one) => one.item === chosen)) chosen = null;
  showOn();
  showItems();
  showLights();
  showSide();
  showOrders();
}

function showOn() {
  const { on, next } = board;
  const off = !board.connected;
  text("tag", off ? t("Tidak tayang") : board.slated ? t("Slate, diminta kru") : on?.item ? t("Tayang") : on?.stand ? t("Pengisi") : t("Slate"));
  $("tag").classList.toggle("off", off);
  text("now-title", on ? on.title : off ? t("Tidak ada yang tayang") : "–");
  const about = on
    ? [on.item, on.stand && `Stand ${on.stand} ${on.stand_name ?? ""}`, said(on.reason)]
    : [board.session && `${t("Sesi berikutnya")} ${board.session.id}, ${clock(board.session.start)}–${clock(board.session.end)}`];
  text("now-about", about.filter(Boolean).join(" · "));
  text("next-title", next ? next.title : t("tidak ada"));
  const starts = { fixed: t("pada waktunya"), follow: t("menyusul"), manual: t("menunggu TAKE") };
  text("next-about", next ? [next.item, clock(next.expected ?? next.start), starts[next.mode]].join(" · ") : "");
  text("day-over", board.connected ? late(board.behind_s, t("Hari ini")) : "");
  text("over", on?.over_s != null ? late(on.over_s, t("Acara ini")) : "");
  const announced = on ? `${t("Tayang")}: ${on.title}` : t("Tidak ada yang tayang");
  if (announced !== spoken) text("spoken", (spoken = announced));
}

/** What is over or under, in words: colour is not the only sign. */
function late(seconds, what) {
  if (Math.abs(seconds) < 1) return `${what}: ${t("tepat waktu")}`;
  return `${what}: ${span(Math.abs(seconds))} ${seconds > 0 ? t("terlambat") : t("lebih awal")}`;
}

const STATES = () => ({
  on: t("tayang"),
  next: t("berikutnya"),
  coming: t("akan datang"),
  aired: t("sudah"),
  missed: t("terlewat"),
  skipped: t("dilompati"),
});

let drawn = "";
function showItems() {
  text("plan-day", board.session ? board.session.id : "");
  const states = STATES();
  const list = $("items");
  const known = JSON.stringify([board.items.map((one) => [one.item, one.title, one.start, one.mode, one.duration_s]), lang]);
  if (known !== drawn) {
    drawn = known;
    list.replaceChildren(...board.items.map(row));
  }
  board.items.forEach((one, n) => {
    const button = list.children[n].firstChild;
    const was = button.dataset.state;
    button.dataset.state = one.state;
    button.setAttribute("aria-pressed", one.item === chosen);
    if (one.state === "on") button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
    const real = one.began ?? one.expected;
    button.querySelector(".real").textContent = real ? `${one.began ? "" : "≈ "}${clock(real)}` : "";
    button.querySelector(".state").textContent = states[one.state];
    const over = button.querySelector(".over");
    over.textContent = one.over_s != null && Math.abs(one.over_s) >= 1 ? signed(one.over_s) : "";
    over.classList.toggle("late", one.over_s > 0);
    if (one.state === "on" && was !== "on") reveal(list.children[n]);
  });
}

const signed = (seconds) => `${seconds > 0 ? "+" : "−"}${span(Math.abs(seconds))}`;

function row(one) {
  const button = make("button", "item");
  button.type = "button";
  button.dataset.item = one.item;
  const starts = { fixed: t("pada waktunya"), follow: t("menyusul"), manual: t("menunggu TAKE") };
  const title = make("span", "title", one.title);
  const about = make("span", "about", [one.item, one.stand && `Stand ${one.stand}`, starts[one.mode], span(one.duration_s)].filter(Boolean).join(" · "));
  button.append(make("span", "plan", clock(one.start)), make("span", "real"), title, about, make("span", "state"), make("span", "over"));
  button.addEventListener("click", () => choose(chosen === one.item ? null : one.item));
  const li = document.createElement("li");
  li.append(button);
  return li;
}

/** Scrolls the list only, never the page. */
function reveal(li) {
  const list = $("items");
  const wanted = li.offsetTop - list.offsetTop - list.clientHeight / 3;
  list.scrollTo({ top: wanted, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
}

function light(name, one, more = []) {
  const li = make("li", `light ${one.light}`);
  const words = { green: t("baik"), amber: t("hati-hati"), red: t("masalah"), grey: t("mati") };
  const head = make("span", "head");
  head.append(make("b", "", name), " ", make("span", "word", `${words[one.light]}: ${said(one.state)}`));
  li.append(head);
  for (const line of [said(one.reason), ...more].filter(Boolean)) li.append(make("span", "why", line));
  return li;
}

function showLights() {
  const lights = [light(t("Rekaman"), board.recording)];
  if (board.youtube) {
    const one = light("YouTube", board.youtube);
    if (board.youtube.url) {
      const link = make("a", "", t("Buka di YouTube"));
      link.href = board.youtube.url;
      link.rel = "noreferrer";
      one.append(link);
    }
    lights.push(one);
  }
  for (const one of board.destinations) {
    const again = one.reconnects ? `${one.reconnects}× ${t("tersambung lagi")}` : "";
    const li = light(one.name, one, [again]);
    if ($("take")) li.append(pauser(one));
    lights.push(li);
  }
  if (!board.destinations.length) lights.push(make("li", "empty", t("Tidak ada tujuan: program hanya direkam.")));
  replace("lights", lights);
}

function pauser(one) {
  const paused = one.light === "grey";
  const button = make("button", "quiet", paused ? t("Sambungkan") : t("Putuskan"));
  button.type = "button";
  button.setAttribute("aria-label", `${button.textContent} ${one.name}`);
  button.addEventListener("click", async () => {
    button.disabled = true;
    answer(await order(paused ? "unpause" : "pause", { item: one.name }));
  });
  return button;
}

/** Replaces a list only when it looks different, so that focus and scrolling stay. */
function replace(id, elements) {
  const list = $(id);
  const before = [...list.children].map((one) => one.textContent + one.className).join("\n");
  if (before !== elements.map((one) => one.textContent + one.className).join("\n")) list.replaceChildren(...elements);
}

function showSide() {
  const open = board.alarms.filter((one) => !one.until);
  const over = board.alarms.filter((one) => one.until).slice(0, 3);
  const rows = [...open, ...over].map((one) => {
    const li = make("li", `alarm ${one.until ? "over" : one.level}`);
    const times = one.count > 1 ? ` (${one.count}×)` : "";
    li.append(make("b", "", said(one.what) + times), make("span", "why", `${clock(one.since)}${one.until ? ` · ${t("selesai")} ${clock(one.until)}` : ""}`));
    return li;
  });
  if (board.late_frames) rows.unshift(make("li", "alarm amber", `${board.late_frames} ${t("frame terlambat keluar")}`));
  replace("alarms", rows.length ? rows : [make("li", "empty", t("Tidak ada."))]);
  $("alarms").setAttribute("aria-live", "assertive");
  replace("stands", board.stands.map(standRow));
  if (!board.stands.length) replace("stands", [make("li", "empty", t("Belum ada stand."))]);
  const commands = { take: "TAKE", undo: t("batal take"), next: t("berikutnya"), hold: t("tahan"), resume: t("lanjut"), slate: "slate", mark: t("tandai"), cue: "lower third", pause: t("putuskan"), unpause: t("sambungkan"), stop: t("akhiri") };
  const log = board.orders.slice(0, 8).map((one) => make("li", "", `${clock(one.at)} ${commands[one.command] ?? one.command} ${one.item ?? one.text ?? ""} · ${one.by}`));
  replace("log", log.length ? log : [make("li", "empty", t("Belum ada."))]);
}

function standRow(one) {
  const li = make("li", "stand");
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = one.share ?? 1;
  bar.setAttribute("aria-label", `${one.name}: ${t("bagian hak tayang yang sudah")}`);
  const owed = one.owed_s > 0 ? `${t("kurang")} ${span(one.owed_s)}` : t("cukup");
  li.append(make("span", "name", `${one.stand}. ${one.name}`), bar, make("span", one.owed_s > 0 ? "owed" : "met", owed));
  return li;
}

// Orders

const answered = new Map(); // button -> when its answer goes

function showOrders() {
  if (!$("take")) return;
  const on = board.connected;
  const target = board.items.find((one) => one.item === chosen) ?? board.next;
  label("take", t("TAKE"), target ? target.title : "");
  label("hold", board.held || board.slated ? t("Lanjutkan") : t("Tahan"));
  label("cue", t("Lower third"), cueWords());
  pressed("hold", board.held);
  pressed("slate", board.slated);
  pressed("cue", board.cue.state === "on");
  $("undo").hidden = !board.undo;
  $("next").disabled = !on || !chosen || busy("next");
  for (const id of ["take", "hold", "slate", "cue", "mark"]) $(id).disabled = !on || busy(id);
  showThird();
}

const cueWords = () => ({ coming: t("muncul"), on: t("tampak"), leaving: t("hilang") })[board.cue.state] ?? "";

function label(id, what, about = "") {
  const words = $(id).querySelector(".what");
  const shown = about ? `${what} · ${about}` : what;
  if (words.textContent !== shown) words.textContent = shown;
}

const pressed = (id, value) => $(id).setAttribute("aria-pressed", value);
const busy = (id) => $(id).dataset.answer === "pending";

function choose(item) {
  chosen = item;
  show(board, !document.body.classList.contains("lost"));
}

function step(by) {
  const items = board?.items ?? [];
  if (!items.length) return;
  const from = items.findIndex((one) => one.item === (chosen ?? board.next?.item ?? board.on?.item));
  const to = Math.min(items.length - 1, Math.max(0, from + by));
  choose(items[to].item);
  reveal($("items").children[to]);
}

const BODIES = {
  take: () => ({ item: chosen ?? undefined, seen: board.on?.occurrence }),
  undo: () => ({ seen: board.on?.occurrence }),
  next: () => ({ item: chosen }),
  cue: () => ({ item: board.on?.item ?? undefined, on: !["on", "coming"].includes(board.cue.state) }),
};

async function press(id) {
  const button = $(id);
  if (!button || button.disabled || button.hidden || busy(id) || Date.now() - (button.last ?? 0) < DOUBLE) return;
  button.last = Date.now();
  if (id === "next" && !chosen) return;
  const command = id === "hold" && (board.held || board.slated) ? "resume" : id;
  tell(button, "pending");
  const said = await order(command, BODIES[id]?.());
  if (said.ok && ["take", "next"].includes(id)) chosen = null;
  tell(button, said.ok ? "done" : "refused");
  answer(said);
  show(board, !document.body.classList.contains("lost"));
}

function tell(button, state) {
  button.dataset.answer = state;
  clearTimeout(answered.get(button));
  if (state !== "pending") answered.set(button, setTimeout(() => delete button.dataset.answer, TOLD));
}

/** Says how an order ended, where all see it. */
function answer(said) {
  text("answer", said.ok ? `✓ ${t("Terlaksana")}` : `✗ ${said[lang]}`);
  $("answer").classList.toggle("bad", !said.ok);
}

/** The picture of exactly what would appear, over the monitor while the button is looked at. */
function showThird() {
  const picture = $("third");
  const wanted = preview && board.on?.item ? `/api/cue/${encodeURIComponent(board.on.item)}.png` : "";
  picture.hidden = !wanted;
  if (wanted && picture.getAttribute("src") !== wanted) picture.src = wanted;
}

let preview = false;
function listen() {
  for (const button of document.querySelectorAll("[data-order]")) button.addEventListener("click", () => press(button.id));
  for (const name of ["pointerenter", "focus"]) $("cue").addEventListener(name, () => ((preview = true), board && showThird()));
  for (const name of ["pointerleave", "blur"]) $("cue").addEventListener(name, () => ((preview = false), board && showThird()));
  $("third").addEventListener("error", () => ($("third").hidden = true));
  $("help-open").addEventListener("click", () => $("help").showModal());
  document.addEventListener("keydown", key);
}

const KEYS = { " ": "take", n: "next", h: "hold", s: "slate", l: "cue", m: "mark", u: "undo" };

/** Keys act only when nobody writes, no dialog is open, and no other meaning is held down. */
function key(event) {
  if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || $("help").open) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const name = KEYS[event.key.toLowerCase()];
  if (event.key === "?") $("help").showModal();
  else if (event.key === "ArrowDown" || event.key === "ArrowUp") step(event.key === "ArrowDown" ? 1 : -1);
  else if (event.key === "Escape") choose(null);
  else if (name) press(name);
  else return;
  event.preventDefault(); // the space would press the focused button, too
}

// What passes by itself

function tick() {
  if (board) {
    const left = board.on?.left_s == null ? null : board.on.left_s - since();
    text("left", left == null ? "–" : span(Math.max(0, Math.ceil(left))));
    $("left").dataset.urgency = left == null || left > AMBER ? "" : left > RED ? "soon" : "now";
    $("passed").value = board.on?.length_s ? (board.on.sent_s + since()) / board.on.length_s : 0;
  }
}

async function age() {
  const status = await fetch("/status", { cache: "no-store" }).then((r) => r.json()).catch(() => ({}));
  const playing = $("message").hidden && status.edge_s != null;
  const old = status.edge_s + status.edge_age_s - video.currentTime;
  text("age", playing ? `${old.toFixed(1).replace(".", lang === "id" ? "," : ".")} ${t("dtk")}` : "–");
  $("age").classList.toggle("late", playing && old > 3);
}

video.addEventListener("playing", () => ($("message").hidden = true));
$("sound").addEventListener("click", () => {
  video.muted = false;
  const audible = measure(video, $("meter"));
  $("sound").setAttribute("aria-pressed", audible);
  $("meter-hint").hidden = true;
});
$("full").addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : video.requestFullscreen()));
$("fold").addEventListener("click", () => {
  const folded = document.body.classList.toggle("folded");
  $("fold").setAttribute("aria-expanded", !folded);
});
if ($("take")) {
  listen();
  document.addEventListener("keyup", (event) => event.key === " " && !event.target.closest("input, textarea, select, dialog") && event.preventDefault());
}

watch(video, (id, en) => {
  $("message").hidden = false;
  text("message", lang === "id" ? id : en);
});
follow(show);
setInterval(tick, 200);
setInterval(age, 1000);
