// Opens lists and single conversations on demand. Text from conversations only ever becomes text nodes, so nothing in
// it is taken for markup. Rows of the index: see ROW; the blocks are base64 of gzip of JSON.
"use strict";
(() => {
  const labels = JSON.parse(document.getElementById("labels").textContent);
  const summary = document.getElementById("summary");
  const browser = document.getElementById("browser");
  const numbers = new Intl.NumberFormat(labels.language);
  const percents = new Intl.NumberFormat(labels.language, { style: "percent" });
  const ROW = { id: 0, agent: 1, date: 2, dated: 3, week: 4, rubric: 5, score: 6, passed: 7, judge: 8, findings: 9, reasons: 10 };
  const CLAUSE = { rubric: 0, id: 1, scenario: 2, severity: 3, kind: 4, title: 5, where: 6, quote: 7 };
  const VERDICTS = ["met", "violated", "not_assessed"];
  const PAGE = 100;
  let index = null, lastList = "#/list", shown = [], opened = new Map(), left = null;

  const say = (name, values = {}) =>
    Object.entries(values).reduce((text, [key, value]) => text.split(`{${key}}`).join(value), labels[name]);

  // make("td", {class: "x"}, child, ...): strings become text nodes.
  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return element;
  }
  const link = (address, ...children) => make("a", { href: address }, ...children);
  const plain = (text) => text.replace(/[\u202a-\u202e\u2066-\u2069\u200e\u200f]/g, "");
  const name = (text) => make("bdi", {}, plain(text));

  async function unpack(id) {
    const text = document.getElementById(id).textContent;
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(stream).text());
  }

  async function conversation(number) {
    const block = Math.floor(number / index.chunk);
    if (!opened.has(block)) {
      if (opened.size > 20) opened.clear();
      opened.set(block, await unpack(`block-${block}`));
    }
    return opened.get(block)[number % index.chunk];
  }

  // --- lists

  function test(filters) {
    const tests = [];
    const has = (key) => filters.has(key);
    const get = (key) => filters.get(key);
    if (has("rubric")) tests.push((row) => row[ROW.rubric] === get("rubric"));
    if (has("agent")) tests.push((row) => (index.agents[row[ROW.agent]] ?? "") === get("agent"));
    if (has("week")) tests.push((row) => row[ROW.week] === get("week"));
    if (has("find")) tests.push((row) => row[ROW.id].toLowerCase().includes(get("find").toLowerCase()));
    if (has("result")) {
      const wanted = { pass: true, fail: false }[get("result")] ?? null;
      tests.push((row) => row[ROW.passed] === wanted);
    }
    if (has("judge")) {
      const wanted = [get("model"), get("judge"), get("rubric"), get("version")];
      tests.push((row) => index.judges[row[ROW.judge]].slice(1).every((part, n) => part === wanted[n]));
    }
    if (has("reason")) {
      const wanted = index.reasons.indexOf(get("reason"));
      tests.push((row) => row[ROW.reasons].includes(wanted));
    }
    if (has("class")) tests.push(critical(get("class"), get("error")));
    if (has("clause") || has("verdict") || has("scenario")) tests.push(finding(get("clause"), get("verdict"), get("scenario")));
    return (row) => tests.every((each) => each(row));
  }

  function finding(clause, verdict, scenario) {
    const fits = index.clauses.map(
      (each) => (!clause || each[CLAUSE.id] === clause) && (!scenario || `${each[CLAUSE.rubric]}/${each[CLAUSE.scenario]}` === scenario));
    const wanted = verdict ? VERDICTS.indexOf(verdict) : null;
    return (row) => row[ROW.findings].some((code) => fits[code >> 2] && (wanted === null || (code & 3) === wanted));
  }

  function critical(kind, error) {
    const fits = index.clauses.map((each) => each[CLAUSE.severity] === "critical" && each[CLAUSE.kind] === kind);
    return (row) => {
      const settled = row[ROW.findings].filter((code) => fits[code >> 2] && (code & 3) < 2);
      const broken = settled.some((code) => (code & 3) === 1);
      return settled.length > 0 && (error === null || broken === (error === "yes"));
    };
  }

  function describe(filters) {
    const parts = [];
    const clause = filters.get("clause");
    const titles = { rubric: (v) => index.rubrics[v]?.[0] ?? v, week: (v) => say("js_week", { value: v }), agent: (v) => v || labels.no_agent,
      verdict: (v) => labels[v] ?? v, reason: (v) => say("js_reason", { value: v }), find: (v) => `“${v}”`,
      result: (v) => ({ pass: labels.js_pass, fail: labels.js_fail })[v] ?? labels.js_unscored,
      class: (v) => (filters.has("error") ? say(filters.get("error") === "yes" ? "js_error_yes" : "js_error_no", { value: labels[v] ?? v })
        : `${labels.critical} (${labels[v] ?? v})`),
      clause: (v) => { const known = index.clauses.find((each) => each[CLAUSE.id] === v); return known ? `${v} ${known[CLAUSE.title]}` : v; },
      scenario: (v) => { const [rubric, id] = v.split("/"); return id === "always" ? labels.always : index.scenarios[rubric]?.[id] ?? id; },
      judge: () => filters.get("model") ?? "", version: (v) => v };
    for (const [key, value] of filters) if (titles[key]) parts.push(titles[key](value));
    return clause ? [...new Set(parts)] : parts;
  }

  function choice(filters, key, title, values) {
    const select = make("select", { name: key }, make("option", { value: "*" }, `${title}: ${labels.js_any}`),
      values.map(([value, text]) => make("option", { value, selected: filters.get(key) === value }, plain(text))));
    return make("label", {}, make("span", { class: "unseen" }, title), select);
  }

  function controls(filters) {
    const agents = index.agents.map((agent) => [agent ?? "", agent ?? labels.no_agent]).sort((a, b) => a[1].localeCompare(b[1], labels.language));
    const used = new Set(index.rows.map((row) => row[ROW.rubric]));
    const rubrics = [...used].map((id) => [id, index.rubrics[id][0]]);
    const results = [["pass", labels.js_pass], ["fail", labels.js_fail], ["none", labels.js_unscored]];
    const find = make("input", { type: "search", name: "find", value: filters.get("find") ?? "", placeholder: labels.js_find, "aria-label": labels.js_find });
    const form = make("form", { class: "controls" }, find, choice(filters, "agent", labels.js_agent, agents),
      rubrics.length > 1 ? choice(filters, "rubric", labels.js_rubric, rubrics) : null, choice(filters, "result", labels.js_result, results));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("change", (event) => {
      const { name: key, value } = event.target;
      const next = new URLSearchParams(filters);
      if (value === "*" || (key === "find" && !value)) next.delete(key); else next.set(key, value);
      location.hash = `#/list${[...next].length ? `?${next}` : ""}`;
    });
    return form;
  }

  const result = (row) => row[ROW.passed] === null ? make("span", { class: "tag" }, labels.js_unscored)
    : row[ROW.passed] ? make("span", { class: "tag good" }, labels.js_pass) : make("span", { class: "tag critical" }, labels.js_fail);
  const score = (row) => row[ROW.score] === null ? "–" : numbers.format(Math.round(10 * row[ROW.score]) / 10);
  const agentOf = (row) => index.agents[row[ROW.agent]] ?? labels.no_agent;

  function listRow(number, query) {
    const row = index.rows[number];
    const broken = row[ROW.findings].filter((code) => (code & 3) === 1).length;
    const date = row[ROW.dated] ? row[ROW.date] : say("js_graded", { value: row[ROW.date] });
    return make("tr", {}, make("th", { scope: "row" }, link(`#/c/${number}${query}`, name(row[ROW.id]))), make("td", {}, score(row)), make("td", {}, result(row)),
      make("td", {}, numbers.format(broken)), make("td", {}, name(agentOf(row))), make("td", { class: "day" }, date));
  }

  function showList(filters) {
    const fits = test(filters);
    shown = index.rows.map((row, number) => number).filter((number) => fits(index.rows[number]));
    if (filters.get("sort") === "score") shown.sort((a, b) => (index.rows[a][ROW.score] ?? 101) - (index.rows[b][ROW.score] ?? 101));
    const about = describe(filters);
    const query = filters.has("clause") ? `?clause=${encodeURIComponent(filters.get("clause"))}` : "";
    const heads = ["js_conversation", "js_score", "js_result", "js_broken", "js_agent", "js_date"];
    const body = make("tbody");
    const more = make("button", { type: "button" });
    const add = () => {
      const first = body.rows.length;
      body.append(...shown.slice(first, first + PAGE).map((number) => listRow(number, query)));
      const rest = shown.length - body.rows.length;
      more.hidden = rest === 0;
      more.textContent = say("js_more", { count: numbers.format(Math.min(PAGE, rest)) });
      if (first) body.rows[first].querySelector("a").focus();
    };
    more.addEventListener("click", add);
    add();
    const table = make("table", {}, make("caption", {}, labels.js_list_title), make("thead", {}, make("tr", {}, heads.map((head) => make("th", { scope: "col" }, labels[head])))), body);
    fill(labels.js_list_title, [link("#glance", labels.js_back)], controls(filters),
      about.length ? make("p", { class: "note" }, `${labels.js_filters}: `, about.flatMap((part, n) => [n ? " · " : null, make("strong", {}, name(part))]), ". ", link("#/list", labels.js_clear)) : null,
      make("p", { role: "status" }, say("js_count", { count: numbers.format(shown.length), of: numbers.format(index.rows.length) })),
      shown.length ? make("div", { class: "scroll", role: "group", tabindex: "0", "aria-label": labels.js_list_title }, table) : make("p", {}, labels.js_none), more);
  }

  // --- one conversation

  // The turn's text with what is quoted marked; where quotes overlap, a broken clause wins over a kept one.
  function marked(text, quotes) {
    const spans = [];
    for (const [quote, verdict] of quotes) {
      const start = quote ? text.indexOf(quote) : -1;
      if (start >= 0) spans.push([start, start + quote.length, verdict]);
    }
    const edges = [...new Set([0, text.length, ...spans.flatMap(([start, end]) => [start, end])])].sort((a, b) => a - b);
    return edges.slice(1).map((end, n) => {
      const over = spans.filter(([from, to]) => from <= edges[n] && to >= end);
      const piece = text.slice(edges[n], end);
      if (!over.length) return piece;
      const verdict = over.some((span) => span[2] === 1) ? 1 : over[0][2];
      return make("mark", { class: VERDICTS[verdict] }, piece);
    });
  }

  function verdictCard(found, rubricLanguage, language, chosen) {
    const clause = index.clauses[found.c];
    const verdict = VERDICTS[found.v];
    const facts = [make("span", { class: `tag ${found.v === 1 ? clause[CLAUSE.severity] : verdict}` }, found.v === 1 ? `${labels.violated} · ${labels[clause[CLAUSE.severity]]}` : labels[verdict])];
    if (found.sure !== undefined) facts.push(make("span", { class: "where" }, ` ${say("js_sure", { value: percents.format(found.sure) })}`));
    const quote = clause[CLAUSE.quote] ? make("details", {}, make("summary", {}, `${labels.js_manual_says} (${say("js_clause", { value: plain(clause[CLAUSE.where]) })})`),
      make("blockquote", { class: "manual", lang: rubricLanguage, dir: "auto" }, clause[CLAUSE.quote])) : null;
    return make("li", { class: `finding ${verdict}${chosen === clause[CLAUSE.id] ? " chosen" : ""}` }, make("p", { class: "facts" }, facts),
      make("p", { class: "title" }, make("span", { class: "id" }, clause[CLAUSE.id]), " ", clause[CLAUSE.title]),
      found.why ? make("p", { class: "why", dir: "auto" }, `${labels.js_why}: ${plain(found.why)}`) : null,
      found.withheld ? make("p", { class: "why" }, say("js_withheld", { value: plain(found.withheld) })) : null, quote);
  }

  // Findings that cite the same kept turn stand as one line: what went well is not hidden, nor does it crowd the rest.
  function beside(findings, rubricLanguage, language, chosen) {
    const broken = findings.filter((found) => found.v !== 0 || index.clauses[found.c][CLAUSE.id] === chosen);
    const kept = findings.filter((found) => !broken.includes(found));
    return make("div", { class: "beside" },
      broken.length ? make("ul", { class: "findings" }, broken.map((found) => verdictCard(found, rubricLanguage, language, chosen))) : null,
      kept.length ? make("details", { class: "kept" }, make("summary", {}, `${labels.js_kept}: ${numbers.format(kept.length)}`),
        make("ul", { class: "findings" }, kept.map((found) => verdictCard(found, rubricLanguage, language, chosen)))) : null);
  }

  function rewritesOf(findings, turn, language) {
    const seen = new Set();
    return findings.filter((found) => found.better && found.better[0] === turn).map((found) => found.better)
      .filter(([, place, text]) => { const key = place + text; const fresh = !seen.has(key); seen.add(key); return fresh; })
      .map(([, place, text]) => make("div", { class: "rewrite" }, make("p", { class: "said-by" }, labels[`js_${place}`]), make("blockquote", { class: "better", lang: language, dir: "auto" }, text)));
  }

  function clock(seconds) {
    if (seconds === null) return null;
    const whole = Math.floor(seconds);
    return make("span", { class: "where" }, ` · ${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`);
  }

  async function showConversation(number, filters) {
    const row = index.rows[number], chosen = filters.get("clause");
    const whole = await conversation(number);
    const rubricLanguage = index.rubrics[row[ROW.rubric]][1];
    const atTurn = whole.turns.map(() => []), elsewhere = [];
    for (const found of whole.findings) {
      const turns = found.v === 2 && !found.e ? [] : [...new Set((found.e ?? []).map(([turn]) => turn))];
      if (turns.length) atTurn[turns[0]].push(found); else elsewhere.push(found);
    }
    const turns = whole.turns.map(([byAgent, text, start], turn) => {
      const quotes = whole.findings.flatMap((found) => (found.e ?? []).filter((each) => each[0] === turn).map((each) => [each[1], found.v]));
      return make("li", { class: `turn ${byAgent ? "agent" : "customer"}`, id: `turn-${turn}`, tabindex: "-1" },
        make("div", { class: "words" },
          make("p", { class: "said-by" }, byAgent ? labels.js_agent_says : labels.js_customer_says, make("span", { class: "where" }, ` · ${say("js_turn", { value: turn })}`), clock(start)),
          make("p", { class: "text", lang: whole.language, dir: "auto" }, marked(text, quotes)), rewritesOf(whole.findings, turn, whole.language)),
        atTurn[turn].length ? beside(atTurn[turn], rubricLanguage, whole.language, chosen) : null);
    });
    const judge = index.judges[row[ROW.judge]];
    const situations = whole.arose.map(([id]) => index.scenarios[row[ROW.rubric]]?.[id] ?? id);
    const facts = [[labels.js_agent, name(agentOf(row))], [labels.js_date, row[ROW.dated] ? row[ROW.date] : say("js_graded", { value: row[ROW.date] })],
      [labels.js_rubric, `${index.rubrics[row[ROW.rubric]][0]} ${judge[4]}`], [labels.js_score, score(row)], [labels.js_result, result(row)],
      [labels.js_judge, plain(judge[1])], [labels.js_arose, situations.length ? situations.join(" · ") : "–"]];
    fill(plain(row[ROW.id]), around(number), make("dl", { class: "scope" }, facts.map(([term, value]) => make("div", {}, make("dt", {}, term), make("dd", {}, value)))),
      make("h2", { class: "unseen" }, labels.js_turns), make("ol", { class: "turns", start: "0" }, turns),
      elsewhere.length ? [make("h2", {}, labels.js_elsewhere), make("ul", { class: "findings" }, elsewhere.map((found) => verdictCard(found, rubricLanguage, whole.language, chosen)))] : null);
    const asked = filters.has("turn") ? filters.get("turn") : (whole.findings.find((found) => index.clauses[found.c][CLAUSE.id] === chosen && found.e)?.e[0][0]);
    const target = asked !== undefined ? document.getElementById(`turn-${asked}`) : null;
    if (target) { target.classList.add("asked"); target.focus({ preventScroll: true }); target.scrollIntoView({ block: "center" }); }
  }

  function around(number) {
    const place = shown.indexOf(number);
    const step = (to, label) => (place >= 0 && shown[to] !== undefined ? link(`#/c/${shown[to]}`, label) : null);
    return [link(lastList, labels.js_back_list), link("#glance", labels.js_back), step(place - 1, labels.js_previous), step(place + 1, labels.js_next)];
  }

  // --- routes

  function fill(title, links, ...parts) {
    const heading = make("h1", { tabindex: "-1" }, name(title));
    browser.replaceChildren(make("nav", { class: "back", "aria-label": labels.js_back }, make("ul", {}, links.filter(Boolean).map((each) => make("li", {}, each)))), heading, ...parts.flat().filter(Boolean));
    document.title = say("js_page_title", { title, report: labels.title });
    show(true);
    heading.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }

  function show(other) {
    if (other && !summary.hidden) left = window.scrollY;
    summary.hidden = other;
    browser.hidden = !other;
    document.querySelector("header.page").hidden = other;
  }

  async function route() {
    const hash = location.hash;
    if (!hash.startsWith("#/")) {
      if (browser.hidden) return;
      show(false);
      document.title = labels.title;
      const target = hash.length > 1 ? document.getElementById(hash.slice(1)) : null;
      if (hash === "#glance" && left !== null) window.scrollTo(0, left); else if (target) target.scrollIntoView();
      summary.focus({ preventScroll: true });
      return;
    }
    const [path, query] = hash.slice(2).split(/\?(.*)/s);
    const filters = new URLSearchParams(query ?? "");
    try {
      index ??= await unpack("index");
      const number = path.startsWith("c/") ? Number(path.slice(2)) : null;
      if (number === null || !index.rows[number]) { lastList = hash; showList(filters); } else await showConversation(number, filters);
    } catch (error) {
      fill(labels.js_list_title, [link("#glance", labels.js_back)], make("p", { role: "alert" }, labels.js_failed));
    }
  }

  window.addEventListener("hashchange", route);
  // A closed table would be missing on paper.
  window.addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((each) => { each.dataset.was = each.open; each.open = true; }));
  window.addEventListener("afterprint", () => document.querySelectorAll("details").forEach((each) => { each.open = each.dataset.was === "true"; }));
  document.addEventListener("DOMContentLoaded", () => { if (location.hash.startsWith("#/")) route(); });
})();
