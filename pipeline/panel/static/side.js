// What stands beside the rundown: alarms, destinations, airtime per stand, and what the crew did.

import { board, clock, order, said, span, t } from "./live.js";
import { $, make, replace } from "./elements.js";
import { answer } from "./orders.js";

const OVER = 3; // alarms that are over stay for reading, so many
const LOGGED = 8;

export function showSide() {
  list("alarms", alarms(), t("Tidak ada."));
  replace("lights", lights());
  list("stands", board.stands.map(stand), t("Belum ada stand."));
  list("log", board.orders.slice(0, LOGGED).map(logged), t("Belum ada."));
}

const list = (id, rows, empty) => replace(id, rows.length ? rows : [make("li", "empty", empty)]);

function alarms() {
  const open = board.alarms.filter((one) => !one.until);
  const over = board.alarms.filter((one) => one.until).slice(0, OVER);
  const rows = [...open, ...over].map((one) => {
    const li = make("li", `alarm ${one.until ? "over" : one.level}`);
    const when = one.until ? `${clock(one.since)} · ${t("selesai")} ${clock(one.until)}` : clock(one.since);
    const times = one.count > 1 ? ` (${one.count}×)` : "";
    li.append(make("b", "", `${one.until ? "" : "⚠ "}${said(one.what)}${times}`), make("span", "why", when));
    return li;
  });
  if (board.late_frames) rows.push(make("li", "alarm amber", `${board.late_frames} ${t("frame terlambat keluar")}`));
  return rows;
}

function lights() {
  const rows = [light(t("Rekaman"), board.recording)];
  if (board.youtube) rows.push(light("YouTube", board.youtube, [], linked(board.youtube.url)));
  for (const one of board.destinations) {
    const again = one.reconnects ? [`${one.reconnects}× ${t("tersambung lagi")}`] : [];
    rows.push(light(one.name, one, again, $("take") && pauser(one)));
  }
  if (!board.destinations.length) rows.push(make("li", "empty", t("Tidak ada tujuan: program hanya direkam.")));
  return rows;
}

const WORDS = { green: t("baik"), amber: t("hati-hati"), red: t("masalah"), grey: t("mati") };

function light(name, one, more = [], control = null) {
  const li = make("li", `light ${one.light}`);
  const head = make("span", "head");
  head.append(make("b", "", name), " ", make("span", "word", `${WORDS[one.light]}: ${said(one.state)}`));
  const why = [said(one.reason), ...more].filter(Boolean).map((line) => make("span", "why", line));
  li.append(head, ...why);
  if (control) li.append(control);
  return li;
}

function linked(url) {
  if (!url) return null;
  const link = make("a", "", t("Buka di YouTube"));
  link.href = url;
  link.rel = "noreferrer";
  return link;
}

function pauser(one) {
  const paused = one.light === "grey";
  const button = make("button", "small", paused ? t("Sambungkan") : t("Putuskan"));
  button.type = "button";
  button.setAttribute("aria-label", `${button.textContent} ${one.name}`);
  button.addEventListener("click", async () => {
    button.disabled = true;
    answer(await order(paused ? "unpause" : "pause", { item: one.name }));
    button.disabled = false;
  });
  return button;
}

function stand(one) {
  const li = make("li", "stand");
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = one.share ?? 1;
  bar.setAttribute("aria-label", `${one.name}: ${t("bagian hak tayang yang sudah")}`);
  const owed = one.owed_s > 0 ? `${t("kurang")} ${span(one.owed_s)}` : `✓ ${t("cukup")}`;
  const name = make("span", "name", `${one.stand}. ${one.name}`);
  name.title = one.name;
  li.append(name, bar, make("span", one.owed_s > 0 ? "owed" : "met", owed));
  return li;
}

function logged(one) {
  const commands = {
    take: "TAKE",
    undo: t("batal take"),
    next: t("berikutnya"),
    hold: t("tahan"),
    resume: t("lanjut"),
    slate: "slate",
    mark: t("tandai"),
    cue: "lower third",
    pause: t("putuskan"),
    unpause: t("sambungkan"),
    stop: t("akhiri"),
  };
  const title = board.items.find((item) => item.item === one.item)?.title ?? one.item;
  const what = [commands[one.command] ?? one.command, title, one.text].filter(Boolean).join(" ");
  return make("li", "", `${clock(one.at)} ${what} · ${one.by}`);
}
