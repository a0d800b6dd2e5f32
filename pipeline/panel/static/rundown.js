// Changing the day: a draft of edits over a version of the rundown. The server says what they would do.

import { clock, clockS, follow, said, span, t } from "./live.js";
import { draggable } from "./drag.js";

const $ = (selector, within = document) => within.querySelector(selector);
const csrf = $('meta[name="csrf"]')?.content ?? "";
const KEPT = "tayang-draft";

let overview = null; // the version that holds: items, history, clash
let draft = { base: "", session: "", edits: [] };
let seen = null; // the server's preview of the draft
let good = []; // the items of the last preview without faults
let asked = 0;
let opened = ""; // the item whose fields are shown
let onAir = null;
let saving = false; // what the board says of a version meanwhile may be my own

const MODES = { fixed: t("pada waktunya"), follow: t("menyusul"), manual: t("menunggu TAKE") };

function el(tag, props = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name in made && !name.includes("-")) made[name] = value;
    else if (value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

async function ask(path, body) {
  const options = body === undefined ? {} : {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
    body: JSON.stringify(body),
  };
  try {
    const response = await fetch(`/api/rundown${path}`, options);
    if (response.status === 401) location.reload();
    return { status: response.status, ...(await response.json()) };
  } catch {
    return { status: 0, id: "Tidak terhubung ke server.", en: "Not connected to the server." };
  }
}

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const moment = (iso) => (iso.slice(17, 19) === "00" ? clock(iso) : clockS(iso));
const length = (seconds) => span(seconds).replaceAll(".", ":");
const items = () => (draft.edits.length ? good : overview.items);
const named = (id) => items().find((item) => item.item === id) ?? overview.items.find((item) => item.item === id);
const same = (one, other) => one.do === other.do && one.item !== undefined && one.item === other.item;

function speak(text) {
  $("#spoken").textContent = text;
}

function tell(text, kind = "good") {
  const note = el("p", { className: `note ${kind}` }, text);
  $("#notes").replaceChildren(note);
  if (kind === "good") setTimeout(() => note.remove(), 8000);
}

// The draft

function change(edit) {
  const last = draft.edits.at(-1);
  if (!draft.edits.length) draft = { base: overview.version.name, session: overview.session, edits: [] };
  if (last && same(last, edit)) draft.edits.pop();
  draft.edits.push(edit);
  look();
}

async function look() {
  sessionStorage.setItem(KEPT, JSON.stringify(draft));
  const turn = ++asked;
  if (!draft.edits.length) {
    seen = null;
    good = [];
    return show();
  }
  const found = await ask("/preview", draft);
  if (turn !== asked) return;
  if (found.status !== 200) {
    tell(said(found), "bad");
    return show();
  }
  seen = found;
  if (found.items.length) good = found.items;
  if (!good.length) good = overview.items;
  show();
  if (found.faults.length) speak(t("Ada kesalahan:") + " " + said(found.faults[0].what));
}

function forget() {
  draft = { base: "", session: "", edits: [] };
  return look();
}

async function save() {
  saving = true;
  $("#save").disabled = true;
  const answer = await ask("/versions", draft);
  if (answer.status === 200) {
    const who = answer.merged.map((version) => version.by).join(", ");
    const number = answer.version.number;
    tell(
      who
        ? fill(t("Tersimpan sebagai versi {number}, digabung dengan perubahan {who}."), { number, who })
        : fill(t("Tersimpan sebagai versi {number}."), { number }),
    );
    await refresh();
    await forget();
  } else if (answer.theirs?.length) {
    await refresh();
    await look();
  } else {
    tell(said(answer), "bad");
    await look();
  }
  saving = false;
}

/** Others' changes of the items that I meant too hold; the rest of mine stays in the draft. */
function yieldTo(theirs) {
  const all = theirs.some((version) => version.what !== "edits");
  const ids = new Set(theirs.flatMap((version) => version.touches));
  const stands = new Set([...ids].map((id) => named(id)?.stand));
  const free = (edit) => !ids.has(edit.item) && !ids.has(edit.before) && !(edit.stand && stands.has(edit.stand));
  draft = { ...draft, base: overview.version.name, edits: all ? [] : draft.edits.filter(free) };
}

async function settle(mine) {
  await refresh();
  if (mine) draft = { ...draft, base: overview.version.name };
  else yieldTo(seen.theirs);
  look();
}

async function act(path, body) {
  saving = true;
  const answer = await ask(path, body);
  if (answer.status === 200) {
    tell(fill(t("Tersimpan sebagai versi {number}."), { number: answer.version.number }));
    await refresh();
    await look();
  } else {
    tell(said(answer), "bad");
  }
  saving = false;
}

// What is shown

function line(item, place, all) {
  const before = overview.items.find((one) => one.item === item.item);
  const wrong = seen?.faults.filter((one) => one.item === item.item) ?? [];
  const doubtful = seen?.warnings.filter((one) => one.item === item.item) ?? [];
  const changed = draft.edits.length > 0 && JSON.stringify({ ...before, done: 0 }) !== JSON.stringify({ ...item, done: 0 });
  const open = opened === item.item;
  return el("li", { className: ["item", item.done && "done", changed && "changed", open && "open"].filter(Boolean).join(" "), "data-item": item.item },
    item.done ? el("span", { className: "handle", "aria-hidden": "true" }, "✓") : handle(item, place, all),
    el("span", { className: "at" }, el("b", {}, moment(item.start)), was(before, item, "start", moment)),
    el("span", { className: "what" },
      el("b", {}, item.title),
      el("small", {}, [item.item, item.stand_name && `${item.stand} ${item.stand_name}`, MODES[item.mode], item.done && t("tidak dapat diubah lagi")].filter(Boolean).join(" · ")),
    ),
    el("span", { className: "long" }, length(item.duration_s), was(before, item, "duration_s", length)),
    el("button", {
      type: "button", className: "edit", "data-key": "edit", "aria-expanded": String(open), "aria-label": t("Ubah") + " " + item.title,
      onclick: () => { opened = open ? "" : item.item; show(); },
    }, open ? t("Tutup") : t("Ubah")),
    open ? fields(item, place, all) : null,
    ...[...wrong.map((one) => told(one, "bad")), ...doubtful.map((one) => told(one, "warn"))],
  );
}

function was(before, item, name, as) {
  if (!before || !draft.edits.length || before[name] === item[name]) return null;
  return el("s", { "aria-label": t("sebelumnya") + " " + as(before[name]) }, as(before[name]));
}

function told(one, kind) {
  const sign = kind === "bad" ? t("Kesalahan") : t("Peringatan");
  return el("p", { className: `at-item ${kind}` }, el("b", {}, `${sign}: `), said(one.what), one.hint ? ` ${said(one.hint)}` : "");
}

function handle(item, place, all) {
  const label = fill(t("Pindahkan {title}, {place} dari {all}"), { title: item.title, place: place + 1, all: all.length });
  return el("button", { type: "button", className: "handle", "data-key": "handle", "aria-label": label, "aria-describedby": "keys",
    onkeydown: (event) => {
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!step || !event.altKey) return;
      event.preventDefault();
      shift(item, place, step);
    },
  }, "⠿");
}

function shift(item, place, step) {
  const all = items();
  const to = place + step;
  if (to < 0 || to >= all.length) return;
  change({ do: "move", item: item.item, before: (step < 0 ? all[to] : all[to + 1])?.item ?? null });
  speak(fill(t("{title}: tempat {place} dari {all}"), { title: item.title, place: to + 1, all: all.length }));
}

/** A field; what was typed and is wrong stays in it. */
function typed(label, item, name, value, edit, more = {}) {
  const wrong = seen?.faults.some((one) => one.item === item.item);
  const last = wrong && draft.edits.findLast((one) => one.item === item.item && one.do === name);
  if (last) value = last.at ?? last.title ?? last.duration;
  return el("label", { className: name }, label,
    el("input", { name, value, "data-key": name, autocomplete: "off", onchange: (event) => change(edit(event.target.value)), ...more }));
}

function fields(item, place, all) {
  const id = item.item;
  const title = typed(t("Judul"), item, "title", item.title, (value) => ({ do: "title", item: id, title: value }), { maxLength: 500 });
  if (item.done) return el("div", { className: "fields" }, title);
  const mode = el("label", {}, t("Mulai"),
    el("select", { "data-key": "mode", onchange: (event) => change({ do: "mode", item: id, start: event.target.value }) },
      ...Object.entries(MODES).map(([value, text]) => el("option", { value, selected: value === item.mode }, text))));
  const press = (text, key, act, more = {}) => el("button", { type: "button", "data-key": key, onclick: act, ...more }, text);
  return el("div", { className: "fields" },
    title,
    typed(t("Jam"), item, "time", item.start.slice(11, 19).replace(/:00$/, ""), (value) => ({ do: "time", item: id, at: value })),
    typed(t("Durasi"), item, "duration", length(item.duration_s), (value) => ({ do: "duration", item: id, duration: value })),
    mode,
    el("div", { className: "acts" },
      press(t("Naik"), "up", () => shift(item, place, -1), { disabled: place === 0 || all[place - 1].done }),
      press(t("Turun"), "down", () => shift(item, place, 1), { disabled: place === all.length - 1 }),
      item.stand ? press(t("Terlambat"), "late", () => late(item.stand)) : null,
      press(t("Hapus"), "remove", () => change({ do: "remove", item: id }), { className: "danger" }),
    ));
}

function late(stand) {
  const form = $("#late");
  form.stand.value = String(stand);
  form.minutes.focus();
  form.minutes.select();
}

/** Draws all anew; what has the focus, and what is being typed, stays. */
function show() {
  const active = document.activeElement;
  const key = active?.dataset?.key;
  const of = active?.closest?.("[data-item]")?.dataset.item;
  const kept = key && "value" in active ? [active.value, active.selectionStart, active.selectionEnd, active.defaultValue] : null;
  const all = items();
  $("#items").replaceChildren(...all.map((item, place) => line(item, place, all)));
  $("#items").setAttribute("aria-busy", "false");
  const again = key && $(`[data-item="${CSS.escape(of)}"] [data-key="${key}"]`);
  if (again) {
    if (kept && again.tagName === "INPUT" && kept[0] !== kept[3]) again.value = kept[0];
    again.focus({ preventScroll: key !== "handle" });
    if (kept && again.tagName === "INPUT") again.setSelectionRange(kept[1], kept[2]);
  }
  showDraft();
  showConflict();
}

const tellChange = (one) => el("li", {}, el("b", {}, one.title), ` ${said(one)}`);

function showDraft() {
  const count = draft.edits.length;
  $("#draft").hidden = !count;
  if (!count) return;
  const faults = seen?.faults ?? [];
  $("#count").textContent = fill(t("{count} perubahan dalam draf"), { count });
  const loose = faults.filter((one) => !items().some((item) => item.item === one.item));
  $("#effect").textContent = faults.length
    ? fill(t("{count} kesalahan: betulkan atau urungkan."), { count: faults.length })
    : fill(t("{items} acara berubah, {warnings} peringatan."), { items: seen?.changes.length ?? 0, warnings: seen?.warnings.length ?? 0 });
  $("#effect").className = faults.length ? "bad" : seen?.warnings.length ? "warn" : "good";
  $("#what ul").replaceChildren(
    ...loose.map((one) => el("li", { className: "bad" }, el("b", {}, one.where), ` ${said(one.what)}`)),
    ...(seen?.changes ?? []).map(tellChange),
  );
  $("#what").hidden = !$("#what ul").childElementCount;
  if (loose.length) $("#what").open = true;
  $("#save").disabled = faults.length > 0 || (seen?.theirs.length ?? 0) > 0;
}

function showConflict() {
  const theirs = seen?.theirs ?? [];
  $("#conflict").hidden = !theirs.length;
  if (!theirs.length) return;
  $("#conflict .theirs").replaceChildren(...theirs.flatMap((version) => [
    el("li", { className: "who" }, fill(t("Versi {number}, {who}, pukul {at}"), { number: version.number, who: version.by, at: clock(version.at) })),
    ...version.told.map(tellChange),
  ]));
  const mine = seen.changes.length ? seen.changes.map(tellChange) : draft.edits.map((edit) => el("li", {}, named(edit.item)?.title ?? `Stand ${edit.stand}`));
  $("#conflict .mine").replaceChildren(...mine);
}

function showOverview() {
  const { version, sessions, session, clash, troubles } = overview;
  $("#holds").textContent = version.number
    ? fill(t("Versi {number}, {who}, pukul {at}"), { number: version.number, who: version.by, at: clock(version.at) })
    : t("Buku kerja panitia, belum diubah");
  $("#day").hidden = sessions.length < 2;
  $("#day select").replaceChildren(...sessions.map((id) => el("option", { value: id, selected: id === session }, id)));
  const stands = new Map(overview.items.filter((item) => item.stand && !item.done).map((item) => [item.stand, item.stand_name]));
  const chosen = $("#late").stand.value;
  $("#late").stand.replaceChildren(...[...stands].sort(([a], [b]) => a - b).map(([number, name]) => el("option", { value: number, selected: String(number) === chosen }, `${number} ${name}`)));
  $("#late").hidden = !stands.size;
  $("#clash").hidden = !clash;
  if (clash) {
    $("#clash .why").textContent = said(clash.what);
    $("#clash ul").replaceChildren(...clash.differences.map(tellChange), ...clash.faults.map((one) => el("li", {}, el("b", {}, one.where), ` ${said(one.what)}`)));
    $("#clash button").hidden = clash.faults.length > 0 || !clash.differences.length;
  }
  if (troubles.length) tell(troubles.map(said).join(" "), "bad");
  $("#history").replaceChildren(...overview.history.map(entry));
}

const WHATS = { workbook: t("buku kerja panitia"), restore: t("versi lama dikembalikan"), edits: "" };

function entry(version, place) {
  const more = version.told.length > 3;
  const day = version.at.slice(0, 10).split("-").reverse().slice(0, 2).join("/");
  const what = version.what === "restore" ? `${WHATS.restore}: ${version.restored}` : WHATS[version.what];
  return el("li", {},
    el("p", {}, el("b", {}, `${version.number}`), ` ${day} ${clock(version.at)} · ${version.by}`, what ? ` · ${what}` : ""),
    version.told.length ? el("ul", { className: "told" }, ...version.told.slice(0, 3).map(tellChange), more ? el("li", {}, fill(t("dan {count} lagi"), { count: version.told.length - 3 })) : null) : null,
    place ? twice(t("Kembalikan"), fill(t("Kembalikan versi {number}"), { number: version.number }), () => act("/restore", { number: version.number })) : el("p", { className: "now" }, t("dipakai sekarang")),
  );
}

/** A button that does it at the second press. */
function twice(text, label, act) {
  const button = el("button", { type: "button", "aria-label": label, onclick: () => {
    if (button.dataset.sure) return act();
    button.dataset.sure = "1";
    button.textContent = t("Yakin? Tekan lagi");
    button.setAttribute("aria-label", label + ": " + t("Yakin? Tekan lagi"));
    setTimeout(() => {
      delete button.dataset.sure;
      button.textContent = text;
      button.setAttribute("aria-label", label);
    }, 4000);
  } }, text);
  return button;
}

// From outside

async function refresh(session = overview?.session ?? draft.session) {
  const found = await ask(session ? `?session=${encodeURIComponent(session)}` : "");
  if (found.status !== 200) return tell(said(found), "bad");
  overview = found;
  showOverview();
  show();
}

/** The board came: others may have saved, air may have gone on. */
async function hear(board, connected) {
  $("#cut").hidden = connected;
  if (!connected || !board || !overview || saving) return;
  const { version, by, reload } = board.rundown ?? {};
  showReload(reload);
  const item = board.on?.item ?? null;
  const other = version && version !== overview.version.name;
  if (!other && item === onAir) return;
  onAir = item;
  await refresh();
  if (other && by) tell(fill(t("{who} menyimpan versi {number}."), { who: by, number: version }));
  if (draft.edits.length) look();
}

function showReload(reload) {
  const text = {
    working: reload?.whole ? t("Siaran sedang mengikuti") + `: ${reload.done}/${reload.whole}` : t("Siaran sedang mengikuti"),
    done: t("Siaran memakai versi ini"),
    failed: t("Belum sampai ke siaran") + ": " + said(reload?.why),
  }[reload?.state] ?? "";
  let shown = $("#reload");
  if (!shown) $("#holds").after((shown = el("p", { id: "reload", className: "soft", role: "status" })));
  shown.hidden = !text;
  if (shown.textContent !== text) shown.textContent = text;
  shown.className = reload?.state === "failed" ? "bad" : "soft";
}

draggable($("#items"), (item, before) => {
  change({ do: "move", item, before });
  const place = items().findIndex((one) => one.item === before);
  speak(fill(t("{title}: tempat {place} dari {all}"), { title: named(item).title, place: place < 0 ? items().length : place + 1, all: items().length }));
});
$("#late").addEventListener("submit", (event) => {
  event.preventDefault();
  const { stand, minutes } = event.target;
  change({ do: "late", stand: Number(stand.value), minutes: Number(minutes.value) });
});
$("#day select").addEventListener("change", async (event) => {
  await forget();
  refresh(event.target.value);
});
$("#undo").addEventListener("click", () => { draft.edits.pop(); look(); });
$("#discard").addEventListener("click", forget);
$("#save").addEventListener("click", save);
$("#theirs").addEventListener("click", () => settle(false));
$("#mine").addEventListener("click", () => settle(true));
$("#clash button").addEventListener("click", () => act("/workbook", {}));

try {
  draft = JSON.parse(sessionStorage.getItem(KEPT)) ?? draft;
} catch {
  sessionStorage.removeItem(KEPT);
}
await refresh(draft.session);
if (overview) await look();
follow(hear);
