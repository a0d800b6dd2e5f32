// Buttons with data-copy put that text on the clipboard and say so; without JavaScript they stay hidden.
for (const button of document.querySelectorAll("[data-copy]")) {
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = button.parentElement.querySelector("input");
    field.select();
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      // Over plain HTTP browsers keep the clipboard to themselves, but still know the old way.
      if (!document.execCommand("copy")) return;
    }
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = label; }, 2000);
  });
}
