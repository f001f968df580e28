/* The one queue for a phone that is offline: what somebody does is kept on the phone first, then sent, and forgotten only when the server
   has answered that very act. A form says data-keep="address"; it works as any form where there is no script. */
(function () {
  "use strict";

  var region = document.getElementById("kept");
  if (!window.indexedDB || !window.fetch || !region) { return; }
  var root = document.documentElement, shell = root.hasAttribute("data-shell"), word = region.dataset;
  var EVERY = 30000, WAIT_FOR_PLACE = 5000;

  // Whose phone it is, as a mark that tells nothing; and how the phone's clock differs from the server's.
  if (!shell) {
    if (root.dataset.who) { localStorage.setItem("doorstep:who", root.dataset.who); } else { localStorage.removeItem("doorstep:who"); }
    localStorage.setItem("doorstep:offset", String(Date.parse(document.getElementById("now").value) - Date.now()));
  }
  function who() { return localStorage.getItem("doorstep:who") || ""; }

  function database() {
    return new Promise(function (done, failed) {
      var asked = indexedDB.open("doorstep-queue", 1);
      asked.onupgradeneeded = function () {
        asked.result.createObjectStore("acts", { keyPath: "n", autoIncrement: true });
        asked.result.createObjectStore("answers", { keyPath: "n", autoIncrement: true });
      };
      asked.onsuccess = function () { done(asked.result); };
      asked.onerror = function () { failed(asked.error); };
    });
  }
  // One transaction; what `work` asked for last is the result.
  function inside(stores, mode, work) {
    return database().then(function (db) {
      return new Promise(function (done, failed) {
        var change = db.transaction(stores, mode), last = work(change);
        change.oncomplete = function () { db.close(); done(last && last.result); };
        change.onerror = change.onabort = function () { db.close(); failed(change.error); };
      });
    });
  }
  function all(store) {
    return inside([store], "readonly", function (change) { return change.objectStore(store).getAll(); });
  }
  function keep(act) {
    return inside(["acts"], "readwrite", function (change) { return change.objectStore("acts").add(act); });
  }
  // The act goes and its answer comes in one step: a phone that dies in between sends again, and gets the first answer.
  function settle(act, answer) {
    return inside(["acts", "answers"], "readwrite", function (change) {
      change.objectStore("acts").delete(act.n);
      return change.objectStore("answers").add({ who: act.who, title: act.title, state: answer.state, sentence: answer.sentence });
    });
  }

  function token() {
    var found = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie);
    return found ? decodeURIComponent(found[1]) : "";
  }
  function send(act) {
    var body = new URLSearchParams(act.fields);
    body.append("kept_at", String(act.at));
    if (act.offset !== null) { body.append("offset", String(act.offset)); }
    var headers = { "X-CSRFToken": token(), "X-Doorstep-Sent": String(Date.now()), Accept: "application/json" };
    return fetch(act.to, { method: "POST", body: body, credentials: "same-origin", redirect: "manual", headers: headers }).then(function (answer) {
      var json = (answer.headers.get("Content-Type") || "").indexOf("application/json") === 0;
      if (json) { return answer.json(); }
      // Signed out, a stale key, a server that is away: later. Anything else will not become better by waiting.
      var later = answer.type === "opaqueredirect" || answer.status === 403 || answer.status === 429 || answer.status >= 500;
      return later ? { state: "later" } : { state: "refused", sentence: word.lost };
    }).catch(function () { return { state: "later" }; });
  }

  var sending = null;
  function flush() {
    if (sending || navigator.onLine === false || shell || !root.dataset.who) { return sending || Promise.resolve(null); }
    sending = all("acts").then(function (acts) {
      var mine = acts.filter(function (act) { return act.who === who() || act.who === ""; });
      return mine.reduce(function (before, act) {
        return before.then(function (last) {
          if (last && last.state === "later") { return last; }
          return send(act).then(function (answer) {
            answer.once = act.once;
            return answer.state === "later" ? answer : settle(act, answer).then(function () { return answer; });
          });
        });
      }, Promise.resolve(null));
    }).then(function (last) { sending = null; return last; }, function () { sending = null; return null; });
    return sending;
  }

  function line(kind, mark, text) {
    var box = document.createElement("div"), words = document.createElement("p"), svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    var use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    box.className = "notice notice-" + kind;
    svg.setAttribute("class", "i"); svg.setAttribute("aria-hidden", "true"); use.setAttribute("href", "#i-" + mark);
    svg.appendChild(use); words.textContent = text; box.appendChild(svg); box.appendChild(words);
    return box;
  }
  // Says what was answered since, once, and what still waits on this phone.
  function show() {
    return Promise.all([all("answers"), all("acts")]).then(function (found) {
      var answers = found[0].filter(function (answer) { return answer.who === who() || answer.who === ""; });
      var acts = found[1].filter(function (act) { return act.who === who() || act.who === ""; });
      region.querySelectorAll("[data-waits]").forEach(function (old) { old.remove(); });
      answers.forEach(function (answer) {
        var good = answer.state === "done", text = (answer.title ? answer.title + word.colon : "") + answer.sentence;
        region.appendChild(line(good ? "ok" : "gap", good ? "ok" : "gap", text));
      });
      if (acts.length) {
        var box = line("wait", "wait", word.waits.replace("{n}", String(acts.length)) + (root.dataset.who || shell ? word.later : word.signin));
        box.setAttribute("data-waits", "");
        region.appendChild(box);
      }
      region.hidden = !region.childElementCount;
      if (!answers.length) { return null; }
      return inside(["answers"], "readwrite", function (change) {
        answers.forEach(function (answer) { change.objectStore("answers").delete(answer.n); });
        return null;
      });
    });
  }
  function deliver() { return flush().then(show, function () {}); }

  // Near or not is worked out here; where the phone is leaves it never.
  function metres(lat, lon, other) {
    var rad = Math.PI / 180, north = (other.latitude - lat) * rad, east = (other.longitude - lon) * rad * Math.cos(lat * rad);
    return 6371000 * Math.sqrt(north * north + east * east);
  }
  function near(form) {
    if (!form.dataset.nearLat || !navigator.geolocation) { return Promise.resolve(""); }
    return new Promise(function (done) {
      navigator.geolocation.getCurrentPosition(function (found) {
        var away = metres(Number(form.dataset.nearLat), Number(form.dataset.nearLon), found.coords);
        done(away - found.coords.accuracy <= Number(form.dataset.nearM) ? "true" : "false");
      }, function () { done(""); }, { timeout: WAIT_FOR_PLACE, maximumAge: 60000, enableHighAccuracy: false });
    });
  }

  function fieldsOf(form, button) {
    var found = [];
    new FormData(form).forEach(function (value, name) {
      if (name !== "csrfmiddlewaretoken" && typeof value === "string") { found.push([name, value]); }
    });
    if (button && button.name) { found.push([button.name, button.value]); }
    return found;
  }
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented || !form.dataset.keep) { return; }
    event.preventDefault();
    var pressed = Date.now(), button = event.submitter, once = form.querySelector("[name=once]"), known = localStorage.getItem("doorstep:offset");
    near(form).then(function (answer) {
      var box = form.querySelector("[name=near]");
      if (box) { box.value = answer; }
      return keep({
        once: once ? once.value : "", who: who(), to: form.dataset.keep, title: form.dataset.title || "", at: pressed,
        offset: known === null ? null : Number(known), fields: fieldsOf(form, button)
      });
    }).then(function () {
      form.hidden = true;
      // What is being sent at this moment was listed before this act: it goes out in a round of its own.
      return (sending || Promise.resolve(null)).then(flush);
    }).then(function (answer) {
      if (answer && answer.state !== "later" && answer.next) { location.assign(answer.next); return null; }
      // Refused: the sentence stands above, and the form can be used again with another key.
      if (answer && answer.state === "refused") { location.reload(); return null; }
      return show();
    }).catch(function () {
      // A phone that keeps nothing, in a private window, sends as any form does.
      form.hidden = false;
      form.submit();
    });
  });

  // A page from the phone's store learns from its address what was scanned, and makes a key of its own.
  document.querySelectorAll("form[data-from]").forEach(function (form) {
    var fits = JSON.parse(form.dataset.from).some(function (way) {
      var found = new RegExp(way[0]).exec(location.pathname);
      if (found) { way.slice(1).forEach(function (name, at) { form.elements[name].value = found[at + 1]; }); }
      return found;
    });
    var key = new Uint8Array(16);
    window.crypto.getRandomValues(key);
    form.elements.once.value = Array.prototype.map.call(key, function (byte) { return ("0" + byte.toString(16)).slice(-2); }).join("");
    form.hidden = !fits;
  });

  if ("serviceWorker" in navigator && document.querySelector("form[data-keep]") && !shell) {
    navigator.serviceWorker.register("/here/worker.js", { scope: "/here/" }).catch(function () {});
  }
  window.addEventListener("online", function () { if (shell) { location.reload(); } else { deliver(); } });
  document.addEventListener("visibilitychange", function () { if (!document.hidden) { deliver(); } });
  setInterval(deliver, EVERY);
  deliver();
})();
