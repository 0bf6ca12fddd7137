// A table whose rows are ticked: ticks all, says how many are, and offers what is done with them.
export function start() {
  const form = () => document.getElementById("found"), boxes = () => [...form().querySelectorAll("input[name=id]")];
  const count = () => {
    const ticked = boxes().filter((box) => box.checked).length, marked = document.getElementById("marked");
    for (const act of form().querySelectorAll("[data-ticked]")) act.disabled = ticked === 0 || ticked > Number(form().dataset.most);
    if (marked) marked.textContent = form().dataset.marked.replace("{n}", ticked);
  };
  document.addEventListener("click", (event) => {
    if (event.target.id !== "all") return;
    const all = boxes().slice(0, Number(form().dataset.most)), on = all.some((box) => !box.checked);
    for (const box of all) box.checked = on;
    count();
  });
  document.addEventListener("change", count);
  document.addEventListener("htmx:afterSettle", count);
  count();
}
