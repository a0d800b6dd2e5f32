// The lower third of what is on air, when the crew shows it; with ?auto=8 also for 8 s at each start of a stand's item.

import { follow, since } from "./live.js";

const LEAVES = 360; // milliseconds, as in overlay.css

const asked = new URLSearchParams(location.search);
const key = asked.get("key");
const auto = Math.min(600, Number(asked.get("auto")) || 0);
const query = key ? `?key=${encodeURIComponent(key)}` : "";
const picture = document.querySelector("img");
let board = null;
let showing = null; // the item whose picture is up, or coming up

follow((latest, connected) => {
  // Cut off, nobody knows what is on: a wrong name is worse than none.
  board = connected ? latest : null;
  decide();
}, `/api/overlay/events${query}`);
setInterval(decide, 100);

function wanted() {
  const on = board?.connected ? board.on : null;
  if (!on?.item) return null;
  const atStart = on.stand != null && on.sent_s + since() < auto;
  return board.cue === "on" || atStart ? on.item : null;
}

async function decide() {
  const item = wanted();
  if (item === showing) return;
  showing = item;
  if (picture.classList.contains("shown")) {
    picture.classList.remove("shown");
    await new Promise((done) => setTimeout(done, LEAVES));
  }
  if (item === null || showing !== item) return;
  picture.src = `/overlay/${encodeURIComponent(item)}.png${query}`;
  try {
    await picture.decode();
  } catch {
    return; // this item has no lower third
  }
  if (showing !== item) return;
  picture.hidden = false;
  picture.getBoundingClientRect(); // so that it moves in from its place outside
  picture.classList.add("shown");
}
