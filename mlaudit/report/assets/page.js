"use strict";
const form = document.querySelector("form.filter");
const findings = [...document.querySelectorAll("article[data-severity]")];
const shown = document.querySelector("#shown");
function apply() {
  const words = form.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean);
  const family = form.elements.family.value;
  let count = 0;
  for (const finding of findings) {
    const text = finding.textContent.toLowerCase();
    finding.hidden = !(
      form.elements[finding.dataset.severity].checked &&
      (!family || finding.dataset.family === family) &&
      words.every((word) => text.includes(word))
    );
    count += !finding.hidden;
  }
  shown.textContent = `${count} of ${findings.length} shown`;
}
if (form) {
  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  apply();
}
