// The plain monitor: the program, whether it is on air, and how old the picture is.

import { watch } from "./player.js";

const $ = (id) => document.getElementById(id);
const video = document.querySelector("video");
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

function two(element, id, en) {
  const english = document.createElement("span");
  english.className = "en";
  english.lang = "en";
  english.textContent = en;
  element.replaceChildren(id, " ", english);
}

function say(id, en) {
  $("message").hidden = false;
  two($("message"), id, en);
}

async function follow() {
  for (;;) {
    const status = await fetch("status", { cache: "no-store" })
      .then((response) => response.json())
      .catch(() => ({ on_air: false }));
    show(status);
    await pause(1000);
  }
}

/** `status` as the monitor tells it; the delay is that of the picture now on this screen. */
function show(status) {
  const playing = $("message").hidden && status.edge_s != null;
  const delay = status.edge_s + status.edge_age_s - video.currentTime;
  two($("state"), status.on_air ? "Tayang" : "Tidak tayang", status.on_air ? "On air" : "Off air");
  $("state").classList.toggle("live", status.on_air);
  $("delay").textContent = playing ? `${delay.toFixed(1).replace(".", ",")} dtk` : "–";
  $("delay").classList.toggle("late", playing && delay > 3);
  $("session").textContent = status.session ?? "–";
  $("viewers").textContent = status.viewers ?? "–";
}

video.addEventListener("playing", () => ($("message").hidden = true));
$("sound").addEventListener("click", () => {
  video.muted = !video.muted;
  $("sound").setAttribute("aria-pressed", !video.muted);
});
$("full").addEventListener("click", () =>
  document.fullscreenElement ? document.exitFullscreen() : video.requestFullscreen(),
);

watch(video, say);
follow();
