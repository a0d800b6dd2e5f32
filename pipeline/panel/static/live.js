// The board as it comes from the server, the rundown's clock, and orders: what all live pages share.

const SILENT = 3000; // milliseconds without a word after which we are cut off: a pulse comes each second
const UNANSWERED = 15000; // milliseconds after which nobody waits for an order's answer any longer

export const lang = document.documentElement.lang;
const texts = JSON.parse(document.getElementById("texts").textContent);
const csrf = document.querySelector('meta[name="csrf"]')?.content ?? "";

/** A text of this script, written in Indonesian, in the language of the page. */
export const t = (text) => texts[text] ?? text;

/** What the server says in two languages. */
export const said = (text) => (text ? text[lang] : "");

const zoned = (iso, seconds) => iso.slice(11, seconds ? 19 : 16);
export const clock = (iso) => (iso ? zoned(iso).replaceAll(":", lang === "id" ? "." : ":") : "–");
export const clockS = (iso) => (iso ? zoned(iso, true).replaceAll(":", lang === "id" ? "." : ":") : "–");

/** Seconds as 4.05 or 1.02.03; negative ones with a minus. */
export function span(seconds) {
  const whole = Math.floor(Math.abs(seconds) + 1e-6);
  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const parts = hours
    ? [hours, two(Math.floor(whole / 60) % 60), two(whole % 60)]
    : [Math.floor(whole / 60), two(whole % 60)];
  return (seconds < 0 && whole ? "−" : "") + parts.join(lang === "id" ? "." : ":");
}

export let board = null;
let read = 0; // performance.now() when the board's `now` was true

/** Seconds that have passed since the board's `now`; none while nothing is on air. */
export const since = () => (board?.connected ? (performance.now() - read) / 1000 : 0);

/** The rundown's clock. */
export const now = () => new Date(Date.parse(board.now) + since() * 1000);

/** The same to read, as the clocks of the event's zone show it: this device may be set to another. */
export function wall() {
  const [, local] = board.now.match(/^(.*?)(Z|[+-]\d\d:\d\d)$/);
  const ahead = Date.parse(`${local}Z`) - Date.parse(board.now);
  return clockS(new Date(now().getTime() + ahead).toISOString());
}

/** Calls back with (board, connected) at each change; goes on by itself after a lost connection. */
export function follow(callback, address = "/api/events") {
  let source, silence;
  const told = (connected) => callback(board, connected);
  function alive() {
    clearTimeout(silence);
    silence = setTimeout(again, SILENT);
  }
  function again() {
    told(false);
    source?.close();
    clearTimeout(silence);
    silence = setTimeout(connect, 1000);
  }
  function connect() {
    source = new EventSource(address);
    source.addEventListener("board", ({ data }) => {
      board = JSON.parse(data);
      read = performance.now();
      alive();
      told(true);
    });
    source.addEventListener("pulse", ({ data }) => {
      const pulse = JSON.parse(data);
      if (board) moved(pulse);
      alive();
      told(true);
    });
    source.addEventListener("error", again);
    alive();
  }
  connect();
}

/** Time has passed, and nothing else. */
function moved(pulse) {
  const passed = (Date.parse(pulse.now) - Date.parse(board.now)) / 1000;
  if (board.on && pulse.connected) {
    board.on.sent_s += passed;
    if (board.on.left_s != null) board.on.left_s -= passed;
  }
  Object.assign(board, pulse);
  read = performance.now();
}

/** Gives an order; the answer has `ok`, and `id` and `en` with the reason when it is refused. */
export async function order(command, body = {}) {
  const id = Array.from(crypto.getRandomValues(new Uint8Array(8)), (b) => b.toString(16)).join("");
  try {
    const response = await fetch(`/api/${command}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
      body: JSON.stringify({ id, ...body }),
      signal: AbortSignal.timeout(UNANSWERED),
    });
    if (response.status === 401) location.reload();
    return { ok: response.ok, ...(await response.json()) };
  } catch {
    return {
      ok: false,
      id: "Tidak terhubung: perintah mungkin tidak sampai.",
      en: "Not connected: the order may not have arrived.",
    };
  }
}
