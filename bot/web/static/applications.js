// The table of applications: ticks all, and says how many are ticked.
export function start() {
  const form = () => document.getElementById("found"), boxes = () => [...form().querySelectorAll("input[name=id]")];
  const count = () => {
    const ticked = boxes().filter((box) => box.checked).length, decide = document.getElementById("decide");
    if (decide) decide.disabled = ticked === 0 || ticked > Number(form().dataset.most);
    if (decide) document.getElementById("marked").textContent = form().dataset.marked.replace("{n}", ticked);
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
