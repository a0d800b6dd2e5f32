// The program monitor: the picture with its age, its sound, and the lower third as it would appear.

import { board, lang, t } from "./live.js";
import { watch } from "./player.js";
import { measure } from "./meter.js";
import { $, text } from "./elements.js";

const LATE = 3; // seconds of age from which the picture is called old
const FOLDED = "monitor-folded";

const video = document.querySelector("video");
const phone = matchMedia("(max-width: 760px)");
let playing = false;

/** The monitor begins to play when it is first seen: folded on a phone, it costs no data. */
export function begin() {
  video.addEventListener("playing", () => ($("message").hidden = true));
  $("sound").addEventListener("click", sound);
  $("full").addEventListener("click", full);
  $("fold").addEventListener("click", () => fold(!document.body.classList.contains("folded")));
  phone.addEventListener("change", opened);
  fold((localStorage.getItem(FOLDED) ?? "true") === "true");
  setInterval(age, 1000);
}

function fold(folded) {
  localStorage.setItem(FOLDED, folded);
  document.body.classList.toggle("folded", folded);
  $("fold").setAttribute("aria-expanded", !folded);
  opened();
}

function opened() {
  if (playing || (phone.matches && document.body.classList.contains("folded"))) return;
  playing = true;
  watch(video, (id, en) => {
    $("message").hidden = false;
    text("message", lang === "id" ? id : en);
  });
}

function sound() {
  video.muted = false;
  const heard = measure(video, $("meter"));
  $("sound").setAttribute("aria-pressed", heard);
  text("sound", heard ? t("Bisukan") : t("Suara"));
  $("meter-hint").hidden = true;
}

const full = () => (document.fullscreenElement ? document.exitFullscreen() : video.requestFullscreen());

async function age() {
  if (!playing) return;
  const status = await fetch("/status", { cache: "no-store" }).then((answer) => answer.json()).catch(() => ({}));
  const shown = $("message").hidden && status.edge_s != null;
  const old = status.edge_s + status.edge_age_s - video.currentTime;
  const seconds = old.toFixed(1).replace(".", lang === "id" ? "," : ".");
  text("age", shown ? `${seconds} ${t("dtk")}` : "–");
  $("age").classList.toggle("late", shown && old > LATE);
}

/** The picture of exactly what the button would show: small always, over the monitor while it is looked at. */
export function showThird() {
  const item = board?.connected ? (board.on?.item ?? "") : "";
  const wanted = item && `/api/cue/${encodeURIComponent(item)}.png`;
  if ($("strip").getAttribute("src") !== wanted) {
    $("strip").hidden = !wanted;
    $("no-third").hidden = Boolean(wanted);
    for (const id of ["strip", "third"]) $(id).setAttribute("src", wanted);
  }
}

/** Looks at the lower third's button put its picture over the monitor; a picture that isn't there is said. */
export function watchThird() {
  const over = (shown) => ($("third").hidden = !shown || $("strip").hidden);
  for (const name of ["pointerenter", "focus"]) $("cue").addEventListener(name, () => over(true));
  for (const name of ["pointerleave", "blur"]) $("cue").addEventListener(name, () => over(false));
  $("strip").addEventListener("error", () => {
    $("strip").hidden = $("third").hidden = true;
    $("no-third").hidden = false;
  });
}
