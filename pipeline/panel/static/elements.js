// Small aids for pages that are redrawn at each board: nothing is touched that looks the same.

export const $ = (id) => document.getElementById(id);

export function text(id, value) {
  if ($(id).textContent !== value) $(id).textContent = value;
}

export function make(name, className, content = "") {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = content;
  return element;
}

/** Replaces a list only when it looks different, so that focus and scrolling stay. */
export function replace(id, elements) {
  const list = $(id);
  const looks = (all) => all.map((one) => one.textContent + one.className).join("\n");
  if (looks([...list.children]) !== looks(elements)) list.replaceChildren(...elements);
}
