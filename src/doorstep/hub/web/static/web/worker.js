/* Keeps one page without anybody's data, so that a code can be scanned where there is no network; everything else comes from the server. */
"use strict";
var SHELL = "/here/offline/", STORE = "doorstep-here";
var PARTS = [
  SHELL, "/static/web/tokens.css", "/static/web/components.css", "/static/web/icon.svg", "/static/web/doorstep.js", "/static/web/queue.js",
  "/static/web/vendor/htmx.min.js"
];

self.addEventListener("install", function (event) {
  event.waitUntil(caches.open(STORE).then(function (store) {
    // Asked for as a stranger: what is kept on the phone names nobody.
    return Promise.all(PARTS.map(function (part) {
      return fetch(part, { credentials: "omit", cache: "reload" }).then(function (answer) {
        if (!answer.ok) { throw new Error(part); }
        return store.put(part, answer);
      });
    }));
  }).then(function () { return self.skipWaiting(); }));
});
self.addEventListener("activate", function (event) { event.waitUntil(self.clients.claim()); });
self.addEventListener("fetch", function (event) {
  var asked = event.request, path = new URL(asked.url).pathname;
  if (asked.method !== "GET") { return; }
  if (asked.mode === "navigate") {
    event.respondWith(fetch(asked).catch(function () { return caches.match(SHELL); }));
  } else if (PARTS.indexOf(path) !== -1) {
    event.respondWith(fetch(asked).catch(function () { return caches.match(path); }));
  }
});
