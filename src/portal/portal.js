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
  // Passkeys: the bank says what to ask, the browser asks it, and the answer is sent as any form is.
  const asked = globalThis.PublicKeyCredential;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!asked?.parseCreationOptionsFromJSON) break;
    form.hidden = false;
    document.querySelector("[data-passkey-missing]")?.setAttribute("hidden", "");
    const { elements } = form;
    const failed = form.querySelector("[role=alert]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      failed.hidden = true;
      try {
        const body = new URLSearchParams({ form_token: elements.form_token.value });
        const options = await (await fetch(form.dataset.options, { method: "POST", body })).json();
        const isNew = form.dataset.passkey === "create";
        const publicKey = isNew ? asked.parseCreationOptionsFromJSON(options) : asked.parseRequestOptionsFromJSON(options);
        const shown = await navigator.credentials[form.dataset.passkey]({ publicKey });
        elements.answer.value = JSON.stringify(shown);
        form.submit();
      } catch {
        failed.hidden = false;
        delete form.dataset.sent;
      }
    });
  }
  // What is said of a line of a text leads to the line.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-line]");
    const text = link && document.getElementById(link.hash.slice(1));
    if (!text?.setSelectionRange) return;
    event.preventDefault();
    const lines = text.value.split("\n");
    const from = lines.slice(0, link.dataset.line - 1).reduce((length, line) => length + line.length + 1, 0);
    text.setSelectionRange(from, from + (lines[link.dataset.line - 1]?.length ?? 0));
    text.focus();
  });
  // Why something was refused is where the reader is.
  document.getElementById("refusal")?.focus();
  // What is under way is looked at again until it is over; then the page is read again as a whole.
  const follow = async () => {
    const shown = document.querySelector("[data-follow]");
    if (!shown) return;
    try {
      const answer = await fetch(shown.dataset.follow);
      const now = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(shown.id);
      if (!now?.dataset.follow) return location.replace(shown.dataset.follow);
      if (!shown.contains(document.activeElement)) shown.replaceWith(now);
    } catch {
      // The bank is away for a moment: asked again.
    }
    setTimeout(follow, 2000);
  };
  setTimeout(follow, 1000);
})();
