/* Improves pages that work without it: one tap one act, painting a week by finger, keys for lists, focus on what is wrong. */
(function () {
  "use strict";

  // A second tap on the same button does nothing; the server would answer it with the first answer anyway.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented) { return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });

  // Larger print or another language in the middle of a form: what was typed is there again afterwards, and nowhere else.
  var draft = "doorstep:draft";
  function fields() {
    return Array.prototype.filter.call(document.querySelectorAll("main form input, main form textarea, main form select"), function (field) {
      return field.name && !/^(hidden|password|file|submit|button)$/.test(field.type);
    });
  }
  document.addEventListener("submit", function (event) {
    if (!event.target.classList.contains("switches")) { return; }
    var kept = fields().map(function (field) { return [field.name, field.value, field.checked === true]; });
    sessionStorage.setItem(draft, JSON.stringify({ page: location.pathname, kept: kept }));
  });
  var left = sessionStorage.getItem(draft);
  sessionStorage.removeItem(draft);
  if (left && JSON.parse(left).page === location.pathname) {
    var typed = JSON.parse(left).kept;
    fields().forEach(function (field, at) {
      if (!typed[at] || typed[at][0] !== field.name) { return; }
      if (/^(checkbox|radio)$/.test(field.type)) { field.checked = typed[at][2]; } else { field.value = typed[at][1]; }
    });
  }

  // Painting: press on a cell, drag over others; they all become what the first one became.
  var painting = null;
  function boxAt(event) {
    var element = document.elementFromPoint(event.clientX, event.clientY);
    var label = element && element.closest(".free label");
    var box = label && label.querySelector("input");
    return box && !box.disabled ? box : null;
  }
  document.addEventListener("pointerdown", function (event) {
    var label = event.target.closest && event.target.closest(".free label");
    var box = label && label.querySelector("input");
    painting = box && !box.disabled ? { to: !box.checked, first: box } : null;
  });
  document.addEventListener("pointermove", function (event) {
    if (!painting || !event.buttons) { return; }
    var box = boxAt(event);
    if (box && box !== painting.first && box.checked !== painting.to) { box.checked = painting.to; }
    if (box && box !== painting.first && painting.first.checked !== painting.to) { painting.first.checked = painting.to; painting.moved = true; }
  });
  document.addEventListener("click", function (event) {
    if (painting && painting.moved && event.target === painting.first) { event.preventDefault(); }
    painting = null;
  }, true);
  // Arrow keys walk through the cells, the space bar paints as on any box.
  document.addEventListener("keydown", function (event) {
    var box = event.target;
    var moves = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
    if (!box.closest || !box.closest(".free") || !moves[event.key]) { return; }
    var cell = box.closest("td"), row = cell.parentElement, rows = Array.prototype.slice.call(row.parentElement.children);
    var target = rows[rows.indexOf(row) + moves[event.key][0]];
    var next = target && target.children[cell.cellIndex + moves[event.key][1]];
    var input = next && next.querySelector("input");
    if (input) { event.preventDefault(); input.focus(); }
  });

  // j and k walk through a worklist, as in many desk programs; never while somebody types. Whoever comes back from a row goes on
  // from it, and if it is done and gone, from the one that has taken its place.
  var opened = "doorstep:opened:" + location.pathname;
  function lastOpened(rows) {
    var kept = sessionStorage.getItem(opened), last = kept && JSON.parse(kept);
    if (!last) { return -1; }
    var there = rows.findIndex(function (row) { return row.getAttribute("href") === last.href; });
    return there !== -1 ? there : Math.min(last.at, rows.length) - 1;
  }
  document.addEventListener("click", function (event) {
    var row = event.target.closest && event.target.closest("a.row");
    if (!row) { return; }
    var rows = Array.prototype.slice.call(document.querySelectorAll("a.row"));
    sessionStorage.setItem(opened, JSON.stringify({ href: row.getAttribute("href"), at: rows.indexOf(row) }));
  });
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) { return; }
    if (event.key !== "j" && event.key !== "k") { return; }
    var rows = Array.prototype.slice.call(document.querySelectorAll("a.row"));
    if (!rows.length) { return; }
    var at = rows.indexOf(document.activeElement);
    if (at === -1) { at = lastOpened(rows); }
    var next = rows[Math.max(0, Math.min(rows.length - 1, at + (event.key === "j" ? 1 : -1)))];
    if (next) { next.focus(); }
  });

  // Elder mode reads aloud what the page marks for it, with the voice that the device has.
  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-read]");
    if (!button || !window.speechSynthesis) { return; }
    var text = document.getElementById(button.dataset.read);
    if (!text) { return; }
    window.speechSynthesis.cancel();
    var words = new SpeechSynthesisUtterance(text.innerText);
    words.lang = document.documentElement.lang === "en" ? "en-GB" : "zh-CN";
    words.rate = 0.85;
    window.speechSynthesis.speak(words);
  });
  if (window.speechSynthesis) {
    document.querySelectorAll("[data-read]").forEach(function (button) { button.hidden = false; });
  }
  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });

  // A part of a form that only some answers call for opens with the answer; without script it is opened by hand.
  document.addEventListener("change", function (event) {
    document.querySelectorAll("details[data-open-for='" + event.target.name + "']").forEach(function (part) {
      part.open = part.dataset.openValues.split(" ").indexOf(event.target.value) !== -1;
    });
  });

  var wrong = document.getElementById("errors");
  if (wrong) { wrong.focus(); }
})();
