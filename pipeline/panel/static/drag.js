// A list whose items are dragged by their handles, with mouse, pen or finger. Calls back; moves nothing.

const EDGE = 80; // pixels from the window's edge within which it scrolls

/** `dropped(item, before)`: ids from `data-item`; `before` is null for the end. */
export function draggable(list, dropped) {
  let dragged = null;
  let target = null;
  let start = 0;
  let y = 0;

  const others = () => [...list.children].filter((line) => line !== dragged && !line.classList.contains("done"));

  function find() {
    target = others().find((line) => {
      const box = line.getBoundingClientRect();
      return y < box.top + box.height / 2;
    }) ?? null;
    for (const line of list.children) line.classList.toggle("drop", line === target);
    list.classList.toggle("drop-end", !target);
    dragged.style.setProperty("--moved", `${y + window.scrollY - start}px`);
  }

  function scroll() {
    if (!dragged) return;
    const down = y > window.innerHeight - EDGE;
    if (down || y < EDGE) {
      window.scrollBy(0, down ? 12 : -12);
      find();
    }
    requestAnimationFrame(scroll);
  }

  function end(drop) {
    if (!dragged) return;
    const item = dragged.dataset.item;
    const before = target?.dataset.item ?? null;
    const next = dragged.nextElementSibling?.dataset.item ?? null;
    dragged.classList.remove("dragged");
    dragged.style.removeProperty("--moved");
    for (const line of list.children) line.classList.remove("drop");
    list.classList.remove("drop-end");
    dragged = null;
    if (drop && before !== next) dropped(item, before);
  }

  list.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest("button.handle");
    if (!handle || event.button !== 0) return;
    handle.setPointerCapture(event.pointerId);
    dragged = handle.closest("[data-item]");
    y = event.clientY;
    start = y + window.scrollY;
    dragged.classList.add("dragged");
    find();
    requestAnimationFrame(scroll);
  });
  list.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    y = event.clientY;
    find();
  });
  list.addEventListener("pointerup", () => end(true));
  list.addEventListener("pointercancel", () => end(false));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") end(false);
  });
}
