"use strict";
(() => {
  const $ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const root = document.documentElement;
  const search = document.getElementById("search");
  const hits = document.getElementById("hits");
  $(".tools, .keys").forEach((part) => { part.hidden = false; });

  // Light and dark: the reader's choice outlives the page where the browser lets it.
  const remember = (value) => { try { localStorage.setItem("culprit-theme", value); } catch { /* file:// may forbid it */ } };
  const remembered = () => { try { return localStorage.getItem("culprit-theme"); } catch { return null; } };
  const isDark = () => {
    const chosen = root.style.colorScheme;
    return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  };
  const setTheme = (value) => { root.style.colorScheme = value; };
  if (["light", "dark"].includes(remembered())) setTheme(remembered());
  const changeTheme = () => { setTheme(isDark() ? "light" : "dark"); remember(root.style.colorScheme); };
  document.getElementById("theme").addEventListener("click", changeTheme);

  // Deep links open what they point at.
  const openTarget = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let part = target; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", openTarget);
  openTarget();
  addEventListener("beforeprint", () => $("details.wf").forEach((part) => { part.open = true; }));

  // Commands can be copied.
  const copy = async (text) => {
    try { await navigator.clipboard.writeText(text); return true; } catch { return false; }
  };
  $("pre.command").forEach((pre) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      const code = pre.querySelector("code");
      const done = await copy(code.textContent);
      if (!done) getSelection().selectAllChildren(code);
      button.textContent = done ? "Copied" : "Marked";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
    pre.classList.add("copies");
    pre.append(button);
  });

  // Columns sort: numbers by their raw value, text as it stands; a second time the other way round.
  const key = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.k === undefined ? cell.textContent.trim() : Number(cell.dataset.k);
  };
  const sort = (table, column, heading) => {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const isNumber = rows.every((row) => typeof key(row, column) === "number");
    const first = isNumber ? "descending" : "ascending";
    const order = heading.getAttribute("aria-sort") === first ? (isNumber ? "ascending" : "descending") : first;
    $("th", table).forEach((other) => other.removeAttribute("aria-sort"));
    heading.setAttribute("aria-sort", order);
    const sign = order === "ascending" ? 1 : -1;
    rows.sort((a, b) => {
      const x = key(a, column), y = key(b, column);
      return sign * (isNumber ? x - y : String(x).localeCompare(String(y), "en"));
    });
    body.append(...rows);
  };
  $("table").forEach((table) => $("th", table).forEach((heading, column) => {
    if (heading.classList.contains("p")) return;
    heading.classList.add("sortable");
    heading.tabIndex = 0;
    heading.title = "Sort by this column";
    heading.addEventListener("click", () => sort(table, column, heading));
    heading.addEventListener("keydown", (event) => { if (event.key === "Enter") sort(table, column, heading); });
  }));

  // Search hides rows, cards and spans that lack the words.
  const things = $("tbody tr, .card, .rows > .sp");
  let timer = 0;
  const filter = () => {
    const wanted = search.value.trim().toLowerCase();
    let count = 0;
    for (const thing of things) {
      const has = wanted === "" || thing.textContent.toLowerCase().includes(wanted);
      if (has && wanted !== "") count += 1;
      thing.classList.toggle("miss", !has);
    }
    $("details.wf").forEach((part) => {
      if (wanted !== "" && part.querySelector(".sp:not(.miss)")) part.open = true;
    });
    hits.textContent = wanted === "" ? "" : `${count} found`;
  };
  search.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(filter, 120); });

  // The chapter in view is marked in the contents; j and k go from one to the next.
  const chapters = $("main > section");
  const links = $(".contents a");
  const current = () => {
    let place = 0;
    chapters.forEach((chapter, index) => { if (chapter.getBoundingClientRect().top < 120) place = index; });
    return place;
  };
  let waits = false;
  const mark = () => {
    waits = false;
    const place = current();
    links.forEach((link, index) => link.classList.toggle("here", index === place));
  };
  addEventListener("scroll", () => { if (!waits) { waits = true; requestAnimationFrame(mark); } }, { passive: true });
  mark();
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target === search) {
      if (event.key === "Escape") { search.value = ""; filter(); search.blur(); }
      return;
    }
    const go = (step) => chapters[Math.min(chapters.length - 1, Math.max(0, current() + step))].scrollIntoView();
    if (event.key === "j") go(1);
    else if (event.key === "k") go(-1);
    else if (event.key === "t") changeTheme();
    else if (event.key === "e") {
      const parts = $("details.wf");
      const open = parts.some((part) => !part.open);
      parts.forEach((part) => { part.open = open; });
    } else if (event.key === "/") { event.preventDefault(); search.focus(); }
  });
})();
