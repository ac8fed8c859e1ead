"use strict";
// Turns the heads of the table of VMs into buttons that sort it, and shows the search box; without this script it is a plain
// table, worst first.
(() => {
  const table = document.getElementById("vm-table");
  if (!table) return;
  const body = table.tBodies[0];
  const order = document.getElementById("vms-order");
  const heads = [...table.tHead.rows[0].cells];
  const names = new Intl.Collator(undefined, { numeric: true });

  const value = (row, column) => {
    const cell = row.cells[column];
    if (cell.dataset.value === undefined) return cell.textContent;
    return cell.dataset.value === "" ? null : Number(cell.dataset.value);
  };
  const compare = (a, b) => (typeof a === "string" ? names.compare(a, b) : a - b);

  const sort = (column, descending) => {
    const rows = [...body.rows].map((row) => [value(row, column), row]);
    // Rows without a value come last in either order; rows with equal values keep their order.
    rows.sort(([a], [b]) =>
      a === null || b === null ? (a === null) - (b === null) : descending ? compare(b, a) : compare(a, b));
    body.append(...rows.map(([, row]) => row));
    heads.forEach((head, index) =>
      head.setAttribute("aria-sort", index !== column ? "none" : descending ? "descending" : "ascending"));
    order.textContent = `Sorted by ${heads[column].textContent}, ${descending ? "descending" : "ascending"}`;
  };

  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    head.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => {
      const state = head.getAttribute("aria-sort");
      sort(column, state === "none" ? head.dataset.largestFirst !== undefined : state === "ascending");
    });
  });

  const form = document.getElementById("vm-search");
  const box = document.getElementById("vm-words");
  const found = document.getElementById("vm-found");
  const plain = (text) => text.normalize("NFKC").toLocaleLowerCase();
  const texts = new Map();
  const search = () => {
    const words = plain(box.value).split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of body.rows) {
      if (!texts.has(row)) texts.set(row, plain([...row.cells].map((cell) => cell.textContent).join(" ")));
      const text = texts.get(row);
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) count += 1;
    }
    found.textContent = words.length === 0 ? "" : `${count} of ${body.rows.length}`;
  };
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  box.addEventListener("input", search);
  // A browser that returns to the page may fill in the search box.
  window.addEventListener("pageshow", search);
})();
