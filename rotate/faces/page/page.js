"use strict";
(() => {
  const STATES = ["unknown", "incomplete", "expired", "due", "fresh"];
  const ROWS_AT_ONCE = 50;
  const FEW = 8; // Targets that nobody needs to search.
  const MOST_ROWS_PRINTED = 2000;
  const element = (id) => document.getElementById(id);
  const { now, until, rows: packed, names } = JSON.parse(element("data").textContent);

  const targets = packed.map((values) => {
    const [state, scope, login, owner, store, prefix, host, written, renewal, end, reason, advice] = values;
    const target = {
      state: names[state], scope: names[scope], owner: names[login], name: owner || names[scope],
      store: names[store], prefix: names[prefix], host: names[host], reason: names[reason],
      written, renewal, end, advice,
    };
    target.text = [target.name, target.scope, target.store, target.prefix, target.host].join("\n").toLowerCase();
    return target;
  });

  // Moments and lengths of time, in the words of the command line.
  const utc = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ") + " UTC";
  const soon = (seconds) => utc(seconds).replace(`${utc(now).slice(0, 10)} `, "");
  const length = (seconds) => {
    const minutes = Math.round(seconds / 60);
    if (minutes >= 48 * 60) return `${Math.round(minutes / 1440)} days`;
    const parts = [];
    if (minutes >= 60) parts.push(`${Math.floor(minutes / 60)} h`);
    if (minutes % 60 || !parts.length) parts.push(`${minutes % 60} min`);
    return parts.join(" ");
  };
  const counted = (number, noun) => `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;

  // The time line reaches as far back as ahead, so that the moment of the look is in its middle.
  const reach = Math.max(3600, ...new Set(targets.flatMap(({ written, end }) => (end ? [end - written] : []))));
  const place = (moment) => Math.min(100, Math.max(0, 50 + (50 * (moment - now)) / reach));
  element("before").textContent = `${length(reach)} before`;
  element("after").textContent = `${length(reach)} after`;

  const bar = (rect, from, to) => {
    rect.setAttribute("x", `${place(from)}%`);
    rect.setAttribute("width", `${Math.max(0, place(to) - place(from))}%`);
  };

  const draw = (svg, { written, renewal, end }) => {
    const [past, rest, mark] = svg.children;
    if (end === null) {
      svg.setAttribute("aria-label", "not known");
      for (const shape of [past, rest, mark]) shape.remove();
      return;
    }
    bar(past, written, Math.min(now, end));
    bar(rest, Math.max(now, written), Math.max(now, end));
    const told = [`written ${utc(written)}`, `valid until ${utc(end)}`];
    if (renewal === null || renewal < now - reach) {
      mark.remove();
    } else {
      mark.setAttribute("x", `${place(renewal)}%`);
      told.splice(1, 0, `renewed from ${utc(renewal)}`);
    }
    svg.setAttribute("aria-label", told.join(", "));
  };

  // What stands between backticks is code.
  const prose = (text) => text.split(/`([^`]+)`/).map((part, index) => {
    if (index % 2 === 0) return part;
    const code = document.createElement("code");
    code.textContent = part;
    return code;
  });

  const todo = (target) => {
    if (target.state === "fresh") {
      return [target.renewal === null ? "Nothing: every run renews it." : `Nothing: runs renew it from ${soon(target.renewal)} on.`];
    }
    if (target.advice === null) return prose(target.reason);
    const link = document.createElement("a");
    link.href = `#advice-${target.advice}`;
    link.textContent = "What to do";
    return [...prose(target.reason), " ", link];
  };

  const template = element("row").content.firstElementChild;
  const row = (target) => {
    const drawn = template.cloneNode(true);
    const [state, head, line, end, advice] = drawn.children;
    state.classList.add(target.state);
    state.querySelector("use").setAttribute("href", `#${target.state}`);
    state.querySelector("span").textContent = target.state[0].toUpperCase() + target.state.slice(1);
    line.classList.add(target.state);
    line.classList.toggle("blank", target.end === null);
    head.querySelector("strong").textContent = target.name;
    const [place, host] = head.querySelectorAll("small");
    place.textContent = [target.scope, target.store, target.prefix].join(" · ");
    host.textContent = target.host;
    draw(line.firstElementChild, target);
    if (target.end === null) {
      end.querySelector("small").textContent = "not known";
    } else {
      const left = target.end - now;
      end.querySelector("span").textContent = left > 0 ? `${length(left)} left` : `${length(-left)} ago`;
      end.querySelector("small").textContent = utc(target.end);
    }
    advice.append(...todo(target));
    return drawn;
  };

  const body = element("rows");
  const more = element("more");
  let found = targets;
  const show = (count) => {
    const from = body.childElementCount;
    body.append(...found.slice(from, from + count).map(row));
    const hidden = found.length - body.childElementCount;
    more.hidden = hidden === 0;
    more.textContent = `Show ${Math.min(hidden, ROWS_AT_ONCE)} more of ${counted(hidden, "target")}`;
  };

  const form = element("filters");
  const { search, owner, host, store } = form.elements;
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const state = form.elements.state.value;
    found = targets.filter((target) =>
      (!state || target.state === state)
      && (!owner.value || target.owner === owner.value)
      && (!host.value || target.host === host.value)
      && (!store.value || target.store === store.value)
      && words.every((word) => target.text.includes(word)));
    body.replaceChildren();
    show(ROWS_AT_ONCE);
    element("shown").textContent = found.length === targets.length
      ? counted(found.length, "target")
      : `${found.length.toLocaleString("en-US")} of ${counted(targets.length, "target")}`;
  };

  const tally = (key) => {
    const counts = new Map();
    for (const target of targets) counts.set(target[key], (counts.get(target[key]) ?? 0) + 1);
    return counts;
  };

  const choices = (select, key) => {
    const counts = [...tally(key)].filter(([name]) => name).sort(([one], [other]) => one.localeCompare(other));
    for (const [name, count] of counts) select.add(new Option(`${name} (${count.toLocaleString("en-US")})`, name));
    select.parentElement.hidden = counts.length < 2;
  };

  const choice = (state, text, count) => {
    const label = document.createElement("label");
    const input = Object.assign(document.createElement("input"), { type: "radio", name: "state", value: state, defaultChecked: !state });
    label.append(input);
    if (state) {
      label.insertAdjacentElement("beforeend", template.querySelector("svg").cloneNode(true)).classList.add(state);
      label.querySelector("use").setAttribute("href", `#${state}`);
    }
    const [word, number] = [document.createElement("span"), document.createElement("b")];
    word.textContent = text;
    number.textContent = count.toLocaleString("en-US");
    label.append(word, number);
    element("states").append(label);
  };

  const offer = () => {
    const counts = tally("state");
    choice("", "All", targets.length);
    for (const state of STATES) {
      if (counts.has(state)) choice(state, state[0].toUpperCase() + state.slice(1), counts.get(state));
    }
    choices(owner, "owner");
    choices(host, "host");
    choices(store, "store");
    form.hidden = targets.length < FEW;
    element("shown").hidden = form.hidden;
    for (const id of ["table", "legend"]) element(id).hidden = targets.length === 0;
  };

  // A page tells of one moment; whoever looks later must be able to see that.
  const age = () => {
    const seconds = Date.now() / 1000 - now;
    element("age").textContent = seconds < 60 ? "" : `That was ${length(seconds)} ago.`;
    if (until === null || now + seconds <= until) return;
    element("verdict").className = "verdict outdated";
    element("outdated").textContent = "This page is out of date: its targets were renewed since, or have expired.";
  };

  const unfold = () => {
    const target = /^#advice-\d+$/.test(location.hash) && document.querySelector(location.hash);
    if (target) target.open = true;
  };

  offer();
  filter();
  age();
  unfold();
  setInterval(age, 60_000);
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  more.addEventListener("click", () => show(ROWS_AT_ONCE));
  const nearEnd = new IntersectionObserver((changes) => {
    // Several may come at once; only the last one is how it stands.
    if (!changes.at(-1).isIntersecting) return;
    show(ROWS_AT_ONCE);
    // Who scrolls fast is at the new end before it looks again, and sees no change.
    nearEnd.unobserve(more);
    nearEnd.observe(more);
  }, { rootMargin: "800px" });
  nearEnd.observe(more);
  addEventListener("hashchange", unfold);
  addEventListener("beforeprint", () => {
    for (const part of document.querySelectorAll("details")) part.open = true;
    show(MOST_ROWS_PRINTED);
  });
})();
