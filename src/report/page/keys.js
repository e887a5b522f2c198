// What keys do, and the dialog that tells.

import { byId, element } from "./element.js";

/** Keys with what they do, for the help and for the eye. */
const KEYS = [
  ["↑ ↓ or k j", "go from candidate to candidate"],
  ["Enter", "open the candidate; Escape closes it"],
  ["x", "exclude (a guard's “keep” asks first)"],
  ["e", "keep"],
  ["u", "undecided"],
  ["w", "say why"],
  ["Space, Shift+↑ ↓, a", "select, select several, select all that are shown; then x, e or u is for all of them"],
  ["/", "search"],
  ["z", "undo"],
  ["s", "save decisions"],
  ["?", "this help"],
];

/** Asks in a dialog. The Escape key answers nothing. @param {string} title @param {Node[]} body @param {string[]} answers the last is the default @param {(answer: string) => void} then */
export function ask(title, body, answers, then) {
  const dialog = byId("dialog", HTMLDialogElement);
  byId("dialog-title", HTMLElement).textContent = title;
  byId("dialog-body", HTMLElement).replaceChildren(...body);
  // The Enter key in a field presses the first button that submits: only the last one does.
  const button = (/** @type {string} */ answer, /** @type {number} */ at) =>
    at === answers.length - 1
      ? element("button", { value: answer, class: "main" }, answer)
      : element("button", { type: "button", class: "quiet", click: () => dialog.close(answer) }, answer);
  byId("dialog-buttons", HTMLElement).replaceChildren(...answers.map(button));
  dialog.returnValue = "";
  dialog.addEventListener("close", () => then(dialog.returnValue), { once: true });
  dialog.showModal();
}

export function help() {
  const row = (/** @type {string[]} */ [keys, words]) => element("tr", {}, element("td", {}, element("kbd", {}, keys)), element("td", {}, words));
  const words =
    "A decision overrides “review”. What a guard keeps stays logged unless you say “exclude anyway”, and a rule that would hide more of what attackers do than the pair you decided on is refused even then. Save your decisions, keep them beside your config, and make the draft with them:";
  ask(
    "Keys and help",
    [
      element("table", {}, element("tbody", {}, ...KEYS.map(row))),
      element("p", { class: "small" }, words),
      element("p", {}, element("code", {}, "pipemine draft logs/ --decisions decisions.txt -o exclude.xml")),
    ],
    ["Close"],
    () => {},
  );
}

/**
 * Listens to keys wherever nothing is typed.
 * @param {Record<string, (event: KeyboardEvent) => void>} actions by the key's name
 */
export function listen(actions) {
  addEventListener("keydown", (event) => {
    const { target } = event;
    const isTyping = target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
    const presses = target instanceof Element && target.matches("button, a, summary") && (event.key === "Enter" || event.key === " ");
    // A panel that has the focus itself is scrolled.
    const scrolls = target instanceof Element && target.id === "detail" && /^(Arrow|Page|Home|End| )/.test(event.key);
    const isBusy = byId("dialog", HTMLDialogElement).open || event.ctrlKey || event.metaKey || event.altKey;
    if (isBusy || presses || scrolls || (isTyping && event.key !== "Escape")) {
      return;
    }
    const action = actions[event.key];
    if (action) {
      event.preventDefault();
      action(event);
    }
  });
}
