const show = root => {
  for (const at of root.querySelectorAll("time"))
    at.textContent = new Date(at.dateTime).toLocaleString("id-ID", {dateStyle: "medium", timeStyle: "short"});
};
show(document);

addEventListener("click", event => {
  const link = event.target.closest("[data-t]"), player = document.getElementById("player");
  if (!link || !player) return;
  event.preventDefault();
  history.replaceState(null, "", link.href);
  player.currentTime = link.dataset.t;
  player.play();
  player.focus();
});

// When something has changed on the channel, the page becomes what it is now; not one with a player.
let known;
const look = async () => {
  if (document.querySelector("video")) return;
  const now = await (await fetch("/emulator/revision")).text();
  if (known !== undefined && known !== now) {
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    const [old, fresh] = [document.querySelector("main"), page.querySelector("main")];
    for (const [n, each] of old.querySelectorAll("details").entries())
      if (each.open && fresh.querySelectorAll("details")[n]) fresh.querySelectorAll("details")[n].open = true;
    if (!old.contains(document.activeElement)) { old.replaceWith(fresh); show(fresh); known = now; }
  } else known ??= now;
};
setInterval(() => look().catch(() => {}), 2000);
