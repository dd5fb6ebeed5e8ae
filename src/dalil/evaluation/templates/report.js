// Opens the answers behind a figure and, where the figure is of a part, shows that part only.
(function () {
  "use strict";
  var page = document.documentElement, bar = document.getElementById("filter");
  page.classList.add("js");

  function show(dimension, label, text) {
    document.querySelectorAll("article.answer").forEach(function (card) {
      card.hidden = Boolean(dimension) && card.getAttribute("data-" + dimension) !== label;
    });
    document.querySelectorAll(".outcome").forEach(function (group) {
      var empty = group.querySelector(".empty");
      if (empty) { empty.hidden = Boolean(group.querySelector("article.answer:not([hidden])")); }
    });
    bar.hidden = !dimension;
    bar.querySelector("b").textContent = text || "";
  }

  function open() {
    var target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) { return; }
    for (var node = target; node; node = node.parentElement) {
      if (node.tagName === "DETAILS") { node.open = true; }
    }
    var first = target.classList.contains("approach") && target.querySelector("details.outcome");
    if (first) { first.open = true; }
    target.scrollIntoView();
  }

  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[data-answers]");
    if (link) {
      show(link.getAttribute("data-dimension"), link.getAttribute("data-label"), link.getAttribute("data-text"));
      if (link.hash === location.hash) { open(); }
    }
  });
  bar.querySelector("button").addEventListener("click", function () { show(); });
  window.addEventListener("hashchange", open);
  window.addEventListener("beforeprint", function () { show(); });
  open();
})();
