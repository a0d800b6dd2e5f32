// An exhibitor's own page: asks every few seconds what is known of its stand, and says it in plain words.

import { clock, lang, span, t } from "./live.js";

const EVERY = 5000; // milliseconds between two looks
const SOON = 3600; // seconds: below, minutes are told

const $ = (id) => document.getElementById(id);
const query = location.search;
const address = `/api${location.pathname}${query}`;
let values = JSON.parse($("first").textContent);
let read = performance.now();

const now = () => Date.parse(values.now) + (values.connected ? performance.now() - read : 0);
const day = (iso) => iso.slice(0, 10);
const dayName = (iso) =>
  new Date(`${day(iso)}T00:00:00Z`).toLocaleDateString(lang === "id" ? "id-ID" : "en-GB", {
    weekday: "long",
    day: "numeric",
    month: "long",
    timeZone: "UTC",
  });
const moment = (one) => one.expected ?? one.start;

async function look() {
  try {
    const response = await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(EVERY) });
    if (response.status === 401 || response.status === 403) location.reload();
    if (!response.ok) throw new Error(response.statusText);
    values = await response.json();
    read = performance.now();
    $("cut").hidden = true;
    lists();
  } catch {
    $("cut").hidden = false;
  }
  draw();
}

function make(tag, className, text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.textContent = text;
  return element;
}

/** 83 seconds as "1 menit 23 detik". */
function words(seconds) {
  const whole = Math.round(seconds);
  const [minutes, rest] = [Math.floor(whole / 60), whole % 60];
  const parts = minutes ? [`${minutes} ${t("menit")}`] : [];
  if (rest || !minutes) parts.push(`${rest} ${t("detik")}`);
  return parts.join(" ");
}

/** Changes only what is new: the words are read aloud whenever they change. */
function put(id, text) {
  if ($(id).textContent !== text) $(id).textContent = text;
}

/** What is to be said first: on air now, soon, later, or over. */
function said() {
  const { on, coming, aired } = values;
  if (on) {
    const left = on.left_s == null ? null : Math.max(0, on.left_s - (now() - Date.parse(values.now)) / 1000);
    return [t("SEDANG TAYANG"), t("Anda sedang tayang!"), left == null ? on.title : `${on.title} · ${t("sisa")} ${span(Math.ceil(left))}`];
  }
  const [next] = coming;
  if (next) {
    const seconds = (Date.parse(moment(next)) - now()) / 1000;
    const when = `${t("Anda tayang pukul")} ${clock(moment(next))}`;
    if (next.mode === "manual" && values.connected)
      return [t("BERIKUTNYA"), when, t("Menunggu aba-aba kru: bisa lebih awal atau lebih lambat.")];
    if (seconds > SOON || !values.connected)
      return [t("TERJADWAL"), when, `${dayName(moment(next))} (${t("perkiraan")})`];
    const minutes = Math.max(0, Math.round(seconds / 60));
    const soon = minutes < 1 ? t("kurang dari 1 menit lagi") : `${minutes} ${t("menit lagi")}`;
    return [t("BERIKUTNYA"), `${when} (${t("perkiraan")})`, soon];
  }
  if (aired.length) return [t("SELESAI"), t("Stand Anda sudah tayang."), t("Klip muncul di bawah begitu selesai dipotong.")];
  return [t("BELUM TERJADWAL"), t("Belum ada jadwal untuk stand Anda."), t("Tanyakan kepada panitia.")];
}

function draw() {
  const [badge, headline, detail] = said();
  document.querySelector(".when").classList.toggle("live", Boolean(values.on));
  put("badge", badge);
  put("headline", headline);
  put("detail", detail);
}

function lists() {
  const { aired_s, entitled_s, owed_s } = values;
  const sum = make("b", "", words(aired_s));
  $("sum").replaceChildren(sum, entitled_s ? ` ${t("dari hak tayang")} ${words(entitled_s)}` : ` ${t("tayang")}`);
  document.querySelector(".meter").hidden = !entitled_s;
  document.querySelector(".meter i").style.setProperty("--share", entitled_s ? Math.min(1, aired_s / entitled_s) : 0);
  $("owed").className = owed_s ? "" : "met";
  put("owed", !entitled_s ? "" : owed_s ? `${t("Sisa hak tayang")}: ${words(Math.ceil(owed_s))}` : `✓ ${t("Hak tayang sudah terpenuhi")}`);
  $("comingpart").hidden = !values.coming.length;
  $("coming").replaceChildren(...values.coming.map(toCome));
  $("none").hidden = values.aired.length > 0;
  const shown = JSON.stringify(values.aired);
  if (shown === $("aired").dataset.shown) return; // a clip may be playing
  $("aired").dataset.shown = shown;
  $("aired").replaceChildren(...[...values.aired].reverse().map(over));
}

function line(iso, title, small) {
  const item = make("li");
  const at = make("span", "at", clock(iso));
  at.append(make("small", "", day(iso).split("-").slice(1).reverse().join("/")));
  const what = make("span", "what", title);
  what.append(make("small", "", small));
  item.append(at, what);
  return item;
}

function toCome(one) {
  const planned = one.expected && clock(one.expected) !== clock(one.start) ? `${t("rencana")} ${clock(one.start)}, ` : "";
  return line(moment(one), one.title, `${planned}${words(one.duration_s)}`);
}

function over(one) {
  const item = line(one.start, one.title, words(one.seconds));
  const watch = one.url ?? one.clip;
  if (!watch) return item;
  const acts = make("div", "acts");
  if (one.url) acts.append(act(t("Tonton di YouTube"), one.url));
  else acts.append(player(one, item));
  if (one.clip) acts.append(act(t("Unduh"), `${one.clip}?save=true`));
  const text = `${values.name}: ${new URL(watch, location.href)}`;
  const share = act(t("Bagikan lewat WhatsApp"), `https://wa.me/?text=${encodeURIComponent(text)}`);
  share.classList.add("main");
  acts.append(share);
  item.append(acts);
  return item;
}

function act(text, href) {
  const link = make("a", "button", text);
  link.href = href;
  link.rel = "noopener";
  return link;
}

function player(one, item) {
  const button = make("button", "", t("Putar klip"));
  button.type = "button";
  button.addEventListener("click", () => {
    const video = make("video");
    Object.assign(video, { src: one.clip, controls: true, playsInline: true });
    button.remove();
    item.append(video);
    video.play().catch(() => {}); // the controls are there
  });
  return button;
}

lists();
draw();
setInterval(draw, 1000);
setInterval(() => document.hidden || look(), EVERY);
document.addEventListener("visibilitychange", () => document.hidden || look());
