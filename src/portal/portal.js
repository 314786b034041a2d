// Nothing here is needed: every form and link works without it.
(() => {
  "use strict";
  // A second press while the first one is under way is not sent. The bank would not do it twice either.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 5000);
  });
  addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
  });
  // Why something was refused is where the reader is.
  document.getElementById("refusal")?.focus();
})();
