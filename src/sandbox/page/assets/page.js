// What htmx does not do: the keyboard in lists, the dialog, and where the focus goes.
"use strict";

(() => {
  const root = document.documentElement;
  const at = (id) => document.getElementById(id);
  const isVisible = (element) => element.offsetParent !== null;

  /* Switches that change how the page looks take effect at once. */

  at("settings").addEventListener("change", (event) => {
    const { name, value } = event.target;
    if (["theme", "width", "locale"].includes(name)) root.dataset[name] = value;
    if (name === "locale") tellMoments(document);
  });

  /* Panels beside the chat are drawers where there is no room for them. */

  const toggles = [...document.querySelectorAll("[data-panel]")];

  function setPanel(name) {
    for (const toggle of toggles) {
      const isOpen = toggle.dataset.panel === name;
      toggle.setAttribute("aria-expanded", String(isOpen));
      at(toggle.dataset.panel).classList.toggle("open", isOpen);
    }
  }

  for (const toggle of toggles) {
    toggle.addEventListener("click", () => {
      const isOpen = toggle.getAttribute("aria-expanded") === "true";
      setPanel(isOpen ? null : toggle.dataset.panel);
    });
  }

  /* Lists to choose from: the commands, and suggestions for an option. The focus stays in the
     input; which entry is meant is told by its id. */

  const listOf = (input) => at(input.getAttribute("aria-controls"));
  const boxOf = (list) => list.closest(".picker") || list;
  const inputOf = (list) => document.querySelector(`[role=combobox][aria-controls="${list.id}"]`);
  const entriesOf = (list) => [...list.querySelectorAll(".entry")].filter((entry) => !entry.hidden);
  const isOpen = (input) => input.getAttribute("aria-expanded") === "true";

  function setActive(input, entry) {
    for (const other of listOf(input).querySelectorAll(".entry")) {
      other.setAttribute("aria-selected", String(other === entry));
    }
    if (entry) {
      input.setAttribute("aria-activedescendant", entry.id);
      entry.scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }

  function setOpen(input, open) {
    boxOf(listOf(input)).hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) setActive(input, null);
  }

  const activeOf = (input) => at(input.getAttribute("aria-activedescendant"));

  function step(input, by) {
    const entries = entriesOf(listOf(input));
    if (entries.length === 0) return;
    const now = entries.indexOf(activeOf(input));
    const next = now < 0 ? (by > 0 ? 0 : entries.length - 1) : now + by;
    setActive(input, entries[(next + entries.length) % entries.length]);
  }

  function take(input, entry) {
    if (input.id === "box") {
      typed = wordsAfter(input.value, entry.dataset.words);
      entry.click();
    } else {
      input.value = entry.dataset.value;
      setOpen(input, false);
    }
  }

  /* The list of commands opens with a slash and shows what fits what was typed. */

  function filter(input) {
    const isCommand = input.value.startsWith("/");
    setOpen(input, isCommand);
    if (!isCommand) return;
    const wanted = input.value.slice(1).trim().toLowerCase();
    const fits = (words) =>
      words.startsWith(wanted) ||
      words.split(" ").some((word) => word.startsWith(wanted)) ||
      `${wanted} `.startsWith(`${words} `);
    const list = listOf(input);
    for (const entry of list.querySelectorAll(".entry")) entry.hidden = !fits(entry.dataset.words);
    const first = entriesOf(list)[0];
    boxOf(list).querySelector(".none").hidden = Boolean(first);
    setActive(input, first || null);
  }

  /* Words typed after a command's name become its options: name:value, or else the first one. */

  let typed = "";

  function wordsAfter(text, words) {
    const rest = text.slice(1).trim();
    return rest.toLowerCase().startsWith(`${words} `) ? rest.slice(words.length + 1) : "";
  }

  function fillIn(form, words) {
    for (const word of words.match(/[\w-]+:"[^"]*"|\S+/g) || []) {
      const [, name, value] = word.match(/^([\w-]+):"?([^"]*)"?$/) || [];
      const option = name && form.querySelector(`[data-option="${CSS.escape(name)}"]`);
      const input = option
        ? showOption(form, name)
        : form.querySelector(".parameter:not([hidden]) input");
      if (input) input.value = option ? value : word;
    }
  }

  /* Options of a command that are not needed are added one by one. */

  const chipOf = (form, name) => form.querySelector(`[data-add="${CSS.escape(name)}"]`);

  function showOption(form, name) {
    const option = form.querySelector(`[data-option="${CSS.escape(name)}"]`);
    const chip = chipOf(form, name);
    option.hidden = false;
    if (chip) chip.hidden = true;
    return option.querySelector("input, select");
  }

  function dropOption(form, name) {
    const option = form.querySelector(`[data-option="${CSS.escape(name)}"]`);
    option.querySelector("input, select").value = "";
    option.hidden = true;
    const chip = chipOf(form, name);
    chip.hidden = false;
    chip.focus();
  }

  /* After the composer changed, the keyboard goes on where one would type. */

  const composer = at("composer");

  new MutationObserver(() => {
    const form = at("command");
    if (form) {
      fillIn(form, typed);
      typed = "";
      // What is chosen already needs no more keys; what is written may be wanted otherwise.
      const open = [...form.querySelectorAll(".parameter:not([hidden]) :is(input, select)")];
      const next = open.find((one) => !one.value) || open.find((one) => one.matches("input"));
      (next || at("send-command")).focus();
    } else if (!at("settings").contains(document.activeElement)) {
      // A switch that led to another box keeps the keyboard.
      at("box").focus();
    }
  }).observe(composer, { childList: true });

  // The focus was there before htmx knew of the input that suggestions are asked for.
  document.body.addEventListener("htmx:load", (event) => {
    const input = document.activeElement;
    if (event.target.id === "command" && event.target.contains(input)) htmx.trigger(input, "focus");
  });

  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    composer.querySelector("input:not([type=hidden]), select, button").focus();
  });

  composer.addEventListener("input", (event) => {
    if (event.target.matches("#box[role=combobox]")) filter(event.target);
  });

  composer.addEventListener("click", (event) => {
    const example = event.target.closest("[data-fill]");
    if (example) {
      at("box").value = example.dataset.fill;
      at("box").focus();
    }
    const button = event.target.closest("[data-add], [data-drop]");
    const form = at("command");
    if (button && button.dataset.add) showOption(form, button.dataset.add).focus();
    if (button && button.dataset.drop) dropOption(form, button.dataset.drop);
    const entry = event.target.closest(".suggestions .entry");
    if (entry) take(inputOf(entry.parentElement), entry);
  });

  // A press on an entry must not take the focus from the input.
  composer.addEventListener("mousedown", (event) => {
    if (event.target.closest(".entry")) event.preventDefault();
  });

  composer.addEventListener("focusout", (event) => {
    const input = event.target;
    if (input.matches("[role=combobox]") && input.isConnected && isOpen(input)) {
      setOpen(input, false);
    }
  });

  composer.addEventListener("focusin", (event) => {
    if (event.target.matches("#box[role=combobox]")) filter(event.target);
  });

  composer.addEventListener("keydown", (event) => {
    const input = event.target;
    if (input.matches("[role=combobox]") && isOpen(input)) {
      const active = activeOf(input);
      const steps = { ArrowDown: 1, ArrowUp: -1 };
      if (event.key in steps) {
        step(input, steps[event.key]);
      } else if ((event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) && active) {
        take(input, active);
      } else if (event.key === "Enter" && input.id === "box") {
        // A slash without a command is not sent as a message.
      } else if (event.key === "Escape") {
        setOpen(input, false);
      } else {
        return;
      }
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === "Escape" && composer.querySelector("#leave-command, #leave-reply")) {
      composer.querySelector("#leave-command, #leave-reply").click();
    }
  });

  document.body.addEventListener("htmx:afterSwap", (event) => {
    // A swap by an event has no target of its own.
    const target = event.detail.target || event.target;
    if (target.matches(".suggestions")) {
      const input = inputOf(target);
      setOpen(input, document.activeElement === input && target.childElementCount > 0);
    }
    if (target.id === "dialog") showDialog();
  });

  /* The dialog shows what was put into it, and gives the focus back to where it was. */

  const dialog = at("dialog");
  let opener = null;

  function showDialog() {
    if (dialog.childElementCount === 0) {
      if (dialog.open) dialog.close();
    } else if (!dialog.open) {
      opener = document.activeElement && document.activeElement.id;
      dialog.showModal();
      const first = dialog.querySelector(".fields :is(input, textarea, select)");
      if (first) first.focus();
    }
  }

  dialog.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]") || event.target === dialog) dialog.close();
  });

  dialog.addEventListener("close", () => {
    dialog.replaceChildren();
    if (document.activeElement === document.body) focusFirst(at(opener), at("box"));
  });

  function focusFirst(...elements) {
    for (const element of elements) {
      if (!element) continue;
      element.focus();
      if (document.activeElement === element) return;
    }
  }

  /* Menus are opened and closed like those of a chat client. */

  const openMenus = () => [...document.querySelectorAll("details.menu[open]")];

  document.addEventListener("click", (event) => {
    for (const menu of openMenus()) {
      const isChoice = event.target.closest("button.choice, .choices .button");
      if (!menu.contains(event.target) || isChoice) menu.open = false;
      if (menu.contains(event.target) && isChoice) menu.querySelector("summary").focus();
    }
  });

  document.addEventListener("toggle", (event) => {
    const menu = event.target;
    if (menu.matches("details.menu[open]") && menu.closest("#log")) {
      menu.querySelector(".choices").scrollIntoView({ block: "nearest" });
    }
  }, true);

  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest && event.target.closest("details.menu[open]");
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (menu && event.key in steps) {
      const stops = [menu.querySelector("summary"), ...menu.querySelectorAll(".choices :is(button, input)")];
      const now = stops.indexOf(document.activeElement);
      stops[(now + steps[event.key] + stops.length) % stops.length].focus();
      event.preventDefault();
    } else if (event.key === "Escape" && menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (event.key === "Escape" && !dialog.open) {
      const toggle = toggles.find((one) => one.getAttribute("aria-expanded") === "true");
      if (toggle && isVisible(toggle)) {
        setPanel(null);
        toggle.focus();
      }
    } else if (
      document.activeElement === document.body &&
      event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey && at("box")
    ) {
      at("box").focus();
    }
  });

  /* The log stays at its end while its reader is there, and the focus stays in a message that is
     replaced. */

  const log = at("log");
  let isAtEnd = true;
  let focused = null;

  const toEnd = () => {
    if (isAtEnd) log.scrollTop = log.scrollHeight;
  };

  log.addEventListener("scroll", () => {
    isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 120;
  });
  log.addEventListener("load", toEnd, true);
  log.addEventListener("focusin", (event) => {
    const message = event.target.closest("li.message");
    focused = message && message.id;
  });
  document.addEventListener("focusin", (event) => {
    if (!log.contains(event.target)) focused = null;
  });
  const sizes = new ResizeObserver(toEnd);
  sizes.observe(log);
  sizes.observe(at("messages"));
  new MutationObserver((changes) => {
    const isNew = changes.some((change) => [...change.addedNodes].some(
      (node) => node.nodeType === Node.ELEMENT_NODE && node.matches("li.message:last-child")));
    if (isNew) isAtEnd = true;
    toEnd();
    tellMoments(log);
    if (focused && document.activeElement === document.body) focusFirst(at(focused));
  }).observe(at("messages"), { childList: true });

  /* Moments are told in the chosen language, and kept true. */

  const STYLES = {
    t: { timeStyle: "short" },
    T: { timeStyle: "medium" },
    d: { dateStyle: "short" },
    D: { dateStyle: "long" },
    f: { dateStyle: "long", timeStyle: "short" },
    F: { dateStyle: "full", timeStyle: "short" },
    s: { dateStyle: "short", timeStyle: "short" },
    S: { dateStyle: "short", timeStyle: "medium" },
  };
  const UNITS = [["year", 31536000], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

  function told(when, style, locale) {
    if (style !== "R") return new Intl.DateTimeFormat(locale, STYLES[style]).format(when);
    const seconds = (when - Date.now()) / 1000;
    const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) || UNITS[4];
    const count = Math.trunc(seconds / size);
    return new Intl.RelativeTimeFormat(locale, { numeric: "always" }).format(count, unit);
  }

  function tellMoments(within) {
    const { locale } = root.dataset;
    for (const time of within.querySelectorAll("time.moment")) {
      const when = new Date(time.dateTime);
      const text = told(when, time.dataset.style, locale);
      if (time.textContent !== text) time.textContent = text;
      time.title = told(when, "F", locale);
    }
  }

  setInterval(() => tellMoments(document), 10000);
  tellMoments(document);
  toEnd();
})();
