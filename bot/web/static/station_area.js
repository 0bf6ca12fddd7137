// The stations of an area: ticks all, and says how many are ticked.
export function start(form) {
  const boxes = [...form.querySelectorAll("input[name=key]")], marked = form.querySelector("#marked");
  const count = () => { marked.textContent = form.dataset.marked.replace("{n}", boxes.filter((box) => box.checked).length); };
  form.querySelector("#all").addEventListener("click", () => {
    const on = boxes.some((box) => !box.checked);
    for (const box of boxes) box.checked = on;
    count();
  });
  form.addEventListener("change", count);
  count();
}
