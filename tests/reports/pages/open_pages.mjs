// Opens the pages of make_check_pages in a browser and looks at what a reader sees.
// usage: node open_pages.mjs CHROMIUM FOLDER [SCREENSHOTS]
import assert from "node:assert/strict";
import {mkdirSync, statSync, writeFileSync} from "node:fs";
import {join, resolve} from "node:path";
import {pathToFileURL} from "node:url";
import {Browser, Tab} from "./browser.mjs";

const [program, folder, pictures] = process.argv.slice(2);
const VIEW = {width: 1280, height: 800};

// ---- what runs in the page ----

const boxOf = selector => {
  const element = document.querySelector(selector);
  if (!element) return null;
  const {left, top, right, bottom} = element.getBoundingClientRect();
  return {left, top, right, bottom, text: element.textContent.replace(/\s+/g, " ").trim()};
};

// Text whose contrast to what is behind it is below that of WCAG AA.
const faintText = () => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const rgba = color => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return Array.from(canvas.getImageData(0, 0, 1, 1).data);
  };
  const linear = part => part <= 10.31475 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const behind = element => {
    if (element.matches("svg .inside")) {
      return rgba(getComputedStyle(document.documentElement).getPropertyValue("--blue").trim());
    }
    for (let at = element; at; at = at.parentElement) {
      const color = rgba(getComputedStyle(at).backgroundColor);
      if (color[3] === 255) return color;
    }
    return [255, 255, 255, 255];
  };
  const faint = [];
  for (const element of document.body.querySelectorAll("*")) {
    const own = Array.from(element.childNodes)
                    .some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (!own || !element.checkVisibility() || element.closest("title,script,style")) continue;
    const style = getComputedStyle(element);
    const ink = rgba(element.closest("svg") ? style.fill : style.color);
    const [a, b] = [light(ink), light(behind(element))].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < (large ? 3 : 4.5)) {
      faint.push(`${ratio.toFixed(2)} ${element.tagName} ${element.textContent.slice(0, 40)}`);
    }
  }
  return faint;
};

const structure = () => {
  const headings = Array.from(document.querySelectorAll("h1,h2,h3,h4"), h => Number(h.tagName[1]));
  const ids = Array.from(document.querySelectorAll("[id]"), element => element.id);
  const broken = Array.from(document.querySelectorAll('a[href^="#"]'), a => a.hash.slice(1))
                     .filter(id => !document.getElementById(id));
  const unnamed = Array.from(document.querySelectorAll("svg:not([aria-hidden]),[role=region]"))
                      .filter(element => !element.getAttribute("aria-label"));
  const stuck = Array.from(document.querySelectorAll(".scroll"))
                    .filter(element => element.tabIndex !== 0);
  return {
    headings, broken, unnamed: unnamed.length, stuck: stuck.length,
    twice: ids.filter((id, i) => ids.indexOf(id) !== i),
    nodes: document.getElementsByTagName("*").length,
  };
};

const sideways = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
const shownForScript = () =>
    Array.from(document.querySelectorAll("[data-script]")).filter(e => e.checkVisibility()).length;

// ---- what is asked of every page ----

function assertQuiet(tab) {
  assert.deepEqual(tab.requests, [], "the page asked for something");
  assert.deepEqual(tab.complaints, [], "the console is not empty");
}

async function assertOnFirstScreen(tab, selector, ...texts) {
  const box = await tab.run(boxOf, selector);
  assert.ok(box, `there is no ${selector}`);
  const inside = box.left >= 0 && box.top >= 0 && box.right <= VIEW.width &&
                 box.bottom <= VIEW.height && box.right - box.left > 40;
  assert.ok(inside, `${selector} is not on the first screen: ${JSON.stringify(box)}`);
  for (const text of texts) assert.ok(box.text.includes(text), `${text} not in: ${box.text}`);
}

async function assertWellMade(tab) {
  const found = await tab.run(structure);
  assert.equal(found.headings[0], 1, "the first heading is the verdict");
  assert.equal(found.headings.filter(level => level === 1).length, 1);
  found.headings.forEach((level, i) => assert.ok(i === 0 || level <= found.headings[i - 1] + 1,
                                                 `heading ${i} skips a level`));
  assert.deepEqual(found.broken, [], "links that lead nowhere");
  assert.deepEqual(found.twice, [], "ids that come twice");
  assert.equal(found.unnamed, 0, "figures and regions have names");
  assert.equal(found.stuck, 0, "what scrolls can be reached by keyboard");
  assert.ok(found.nodes < 3000, `${found.nodes} elements`);
}

async function assertFits(tab) {
  // A zoom of 200 % of a window of 1280 pixels, and of 400 %.
  for (const width of [640, 320]) {
    await tab.size(width, 400);
    assert.ok(await tab.run(sideways) <= 0, `wider than a window of ${width} pixels`);
  }
  await tab.size(VIEW.width, VIEW.height);
}

async function assertReadableInAllLights(tab) {
  assert.deepEqual(await tab.run(faintText), [], "light");
  await tab.run(() => document.getElementById("theme").click());
  assert.equal(await tab.run(() => document.documentElement.dataset.theme), "dark");
  assert.deepEqual(await tab.run(faintText), [], "dark by its button");
  await tab.media({}, "print");
  const paper = await tab.run(() => getComputedStyle(document.body).backgroundColor);
  assert.equal(paper, "rgb(255, 255, 255)", "printed on white though dark was chosen");
  assert.deepEqual(await tab.run(faintText), [], "print");
  await tab.media({"prefers-color-scheme": "light"});
}

const FIRST_SCREENS = {
  stale: async tab => {
    await assertOnFirstScreen(tab, "#verdict h1", "✖INVALID linearizability of key orders/42");
    await assertOnFirstScreen(tab, "#sentence", "c3 read 5 from n3 at 12.050 s, although write 7");
    await assertOnFirstScreen(tab, ".hero svg", "#4 write(orders/42, 7)", "#5", "unknown",
                              "✖ #6 read(orders/42) = 5", "12.044 s");
    await assertOnFirstScreen(tab, "#why table", "#2 → #4 → ✖ #6", "expected 7, got 5");
  },
  large: async tab => {
    await assertOnFirstScreen(tab, "#verdict h1", "INVALID linearizability of key orders/");
    await assertOnFirstScreen(tab, "#verdict", "1,000,000: ");
    await assertOnFirstScreen(tab, "#sentence", "a read returned -5, which write -7 had replaced");
    await assertOnFirstScreen(tab, ".hero svg", "✖ #500", "= -5");
    await assertOnFirstScreen(tab, ".proof", "a contradiction");
  },
  many: async tab => {
    await assertOnFirstScreen(tab, "#verdict h1", "INVALID linearizability of key k0");
    await assertOnFirstScreen(tab, ".hero svg", "read(k0) = 5");
  },
  unknown: async tab => {
    await assertOnFirstScreen(tab, "#verdict h1", "?UNKNOWN linearizability of key orders/42");
    await assertOnFirstScreen(tab, "#sentence", "spent its 2000000 steps");
    await assertOnFirstScreen(tab, "#why", "plumbline check history.jsonl --budget 100000000",
                              "Undecided: 3 of 3 operations");
  },
  valid: async tab => {
    await assertOnFirstScreen(tab, "#verdict h1", "✔VALID every check that applies");
    await assertOnFirstScreen(tab, "#sentence", "no check found anything wrong");
  },
};

async function keepPicture(tab, name) {
  if (pictures) writeFileSync(join(pictures, `${name}.png`), await tab.screenshot());
}

async function look(browser, name, assertFirstScreen) {
  const file = resolve(folder, `${name}.html`);
  assert.ok(statSync(file).size <= 2_000_000, `${statSync(file).size} bytes`);
  const url = pathToFileURL(file).href;
  for (const options of [{}, {dark: true}, {script: false}]) {
    const tab = await Tab.open(browser, url, {...VIEW, ...options});
    const light = Object.keys(options)[0] ?? "light";
    await keepPicture(tab, `${name}-${light}`);
    await assertFirstScreen(tab);
    if (options.dark) assert.deepEqual(await tab.run(faintText), [], "dark");
    if (options.script === false) assert.equal(await tab.run(shownForScript), 0);
    if (light === "light") {
      assert.ok(await tab.run(shownForScript) > 0, "the script runs");
      await assertWellMade(tab);
      await assertFits(tab);
      await assertReadableInAllLights(tab);
    }
    assertQuiet(tab);
    await tab.close();
  }
}

// The tests of this file would pass if the browser refused nothing and heard nothing.
async function assertThatTheBrowserHears(browser) {
  const html = "<script>console.log(1)</script><img src='http://example.invalid/x.png'><p>a b";
  const tab = await Tab.open(browser, "data:text/html," + encodeURIComponent(html), VIEW);
  assert.deepEqual(tab.requests, ["http://example.invalid/x.png"]);
  assert.ok(tab.complaints.length >= 1);
  const faint = await tab.run(() => { document.body.style.color = "#aaa"; }).then(
      () => tab.run(faintText));
  assert.equal(faint.length, 1);
  await tab.close();
}

if (pictures) mkdirSync(pictures, {recursive: true});
const browser = new Browser(program);
let failed = 0;
const step = async (name, body) => {
  try {
    await body();
    console.log(`ok ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${name}: ${error.message}`);
  }
};
await step("the browser hears requests and complaints", () => assertThatTheBrowserHears(browser));
for (const [name, first] of Object.entries(FIRST_SCREENS)) {
  await step(`${name}.html`, () => look(browser, name, first));
}
await browser.close();
process.exitCode = failed ? 1 : 0;
