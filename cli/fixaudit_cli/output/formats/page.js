"use strict";
const boxes = [...document.querySelectorAll("input[data-verdict]")];
const choice = document.querySelector("select[data-codemod]");

function refresh() {
  const verdicts = new Set(boxes.filter((box) => box.checked).map((box) => box.dataset.verdict));
  for (const section of document.querySelectorAll("section.file")) {
    let shown = 0;
    for (const row of section.querySelectorAll("li")) {
      const fits = verdicts.has(row.dataset.verdict) && (!choice.value || row.dataset.codemod === choice.value);
      row.classList.toggle("hidden", !fits);
      shown += fits ? 1 : 0;
    }
    section.classList.toggle("hidden", shown === 0);
  }
}

for (const control of [...boxes, choice]) control.addEventListener("change", refresh);
refresh();
