"use strict";
{
  const list = document.querySelector(".stands");
  const stands = [...list.children];
  const tools = document.querySelector(".tools");
  const search = tools.querySelector("input");
  const chips = [...tools.querySelectorAll("button")];
  const sort = document.querySelector(".sort select");
  const collator = new Intl.Collator("id", { numeric: true });
  const orders = {
    number: (a, b) => a.dataset.number - b.dataset.number,
    name: (a, b) => collator.compare(a.dataset.name, b.dataset.name),
    owed: (a, b) => b.dataset.owed - a.dataset.owed || a.dataset.number - b.dataset.number,
  };

  const show = () => {
    const words = search.value.toLowerCase().trim();
    const status = tools.querySelector("[aria-pressed=true]").dataset.status;
    let shown = 0;
    for (const stand of stands) {
      const { number, name } = stand.dataset;
      const found = number === words || name.includes(words);
      stand.hidden = !found || (status !== "" && stand.dataset.status !== status);
      shown += !stand.hidden;
    }
    document.querySelector(".nomatch").hidden = shown > 0;
  };
  search.addEventListener("input", show);
  for (const chip of chips) {
    chip.addEventListener("click", () => {
      for (const other of chips) other.setAttribute("aria-pressed", other === chip);
      show();
    });
  }
  sort.addEventListener("change", () => list.append(...stands.sort(orders[sort.value])));
  for (const tool of document.querySelectorAll(".tools, .sort")) tool.hidden = false;

  // On paper every account is open.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = stands.filter((stand) => !stand.open);
    for (const stand of closed) stand.open = true;
  });
  addEventListener("afterprint", () => closed.forEach((stand) => (stand.open = false)));

  // The browser's own titles come late, and never on a touch screen.
  const tip = document.querySelector("#tip");
  for (const title of document.querySelectorAll("[data-tip] > title")) title.remove();
  const place = (event) => {
    const block = event.target.closest?.("[data-tip]");
    tip.hidden = !block;
    if (!block) return;
    tip.textContent = block.dataset.tip;
    const { width, height } = tip.getBoundingClientRect();
    const above = event.clientY - height - 14;
    tip.style.left = `${Math.max(8, Math.min(event.clientX - width / 2, innerWidth - width - 8))}px`;
    tip.style.top = `${above > 8 ? above : event.clientY + 18}px`;
  };
  addEventListener("pointermove", place);
  addEventListener("pointerdown", place);
  addEventListener("scroll", () => (tip.hidden = true), { passive: true });
}
