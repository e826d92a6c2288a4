// A headless Chromium, driven over its debugging pipe with what Node brings along.
import {spawn} from "node:child_process";
import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";

const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
  "--remote-debugging-pipe",
];

export class Browser {
  constructor(program) {
    this.profile = mkdtempSync(join(tmpdir(), "check-pages-"));
    this.process = spawn(program, [...FLAGS, `--user-data-dir=${this.profile}`, "about:blank"],
                         {stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"]});
    this.waiting = new Map();
    this.listeners = new Set();
    this.last = 0;
    this.ended = new Promise(done => this.process.on("close", done));
    this.process.on("error", error => this.#refuse(error));
    this.process.on("exit", code => this.#refuse(new Error(`the browser ended with ${code}`)));
    this.process.stdio[3].on("error", () => {});
    let rest = "";
    this.process.stdio[4].setEncoding("utf8").on("data", chunk => {
      const parts = (rest + chunk).split("\0");
      rest = parts.pop();
      parts.forEach(part => this.#take(JSON.parse(part)));
    });
  }

  #refuse(error) {
    this.waiting.forEach(({reject}) => reject(error));
    this.waiting.clear();
  }

  #take(message) {
    if (message.id === undefined) return this.listeners.forEach(listener => listener(message));
    const {resolve, reject, method} = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (message.error) return reject(new Error(`${method}: ${message.error.message}`));
    return resolve(message.result);
  }

  send(method, params = {}, sessionId = undefined) {
    return new Promise((resolve, reject) => {
      const id = ++this.last;
      this.waiting.set(id, {resolve, reject, method});
      this.process.stdio[3].write(JSON.stringify({id, method, params, sessionId}) + "\0");
    });
  }

  async close() {
    await this.send("Browser.close").catch(() => {});
    await this.ended;
    rmSync(this.profile, {recursive: true, force: true});
  }
}

// One page, opened with every request but that for itself refused, and everything it complains
// about or asks for written down.
export class Tab {
  static async open(browser, url, {width = 1280, height = 800, dark = false, script = true} = {}) {
    const {targetId} = await browser.send("Target.createTarget", {url: "about:blank"});
    const {sessionId} =
        await browser.send("Target.attachToTarget", {targetId, flatten: true});
    const tab = new Tab(browser, targetId, sessionId, url);
    for (const domain of ["Page", "Runtime", "Log", "Network"]) await tab.send(`${domain}.enable`);
    await tab.send("Fetch.enable", {patterns: [{urlPattern: "*"}]});
    await tab.size(width, height);
    await tab.media({"prefers-color-scheme": dark ? "dark" : "light"});
    await tab.send("Emulation.setScriptExecutionDisabled", {value: !script});
    const loaded = tab.#once("Page.loadEventFired");
    const {errorText} = await tab.send("Page.navigate", {url});
    if (errorText) throw new Error(`${url}: ${errorText}`);
    await loaded;
    return tab;
  }

  constructor(browser, targetId, sessionId, url) {
    Object.assign(this, {browser, targetId, sessionId, url, complaints: [], requests: []});
    this.listener = message => message.sessionId === sessionId && this.#hear(message);
    browser.listeners.add(this.listener);
  }

  #hear({method, params}) {
    if (method === "Fetch.requestPaused") {
      const own = params.request.url === this.url;
      this.send(own ? "Fetch.continueRequest" : "Fetch.failRequest",
                {requestId: params.requestId, ...(own ? {} : {errorReason: "BlockedByClient"})})
          .catch(() => {});
    }
    if (method === "Network.requestWillBeSent") {
      const {url} = params.request;
      if (url !== this.url && !url.startsWith("data:")) this.requests.push(url);
    }
    if (method === "Runtime.consoleAPICalled") this.complaints.push(JSON.stringify(params.args));
    if (method === "Runtime.exceptionThrown") this.complaints.push(params.exceptionDetails.text);
    if (method === "Log.entryAdded") this.complaints.push(params.entry.text);
  }

  #once(method) {
    return new Promise(resolve => {
      const listener = message => {
        if (message.sessionId !== this.sessionId || message.method !== method) return;
        this.browser.listeners.delete(listener);
        resolve(message.params);
      };
      this.browser.listeners.add(listener);
    });
  }

  send(method, params = {}) { return this.browser.send(method, params, this.sessionId); }

  size(width, height) {
    return this.send("Emulation.setDeviceMetricsOverride",
                     {width, height, deviceScaleFactor: 1, mobile: false});
  }

  media(features, media = "") {
    const list = Object.entries(features).map(([name, value]) => ({name, value}));
    return this.send("Emulation.setEmulatedMedia", {media, features: list});
  }

  // The value of a function that runs in the page; it and its argument must be plain data.
  async run(code, argument = null) {
    const expression = `(${code})(${JSON.stringify(argument)})`;
    const {result, exceptionDetails} = await this.send(
        "Runtime.evaluate", {expression, returnByValue: true, awaitPromise: true});
    if (exceptionDetails) throw new Error(exceptionDetails.exception.description);
    return result.value;
  }

  async screenshot() {
    return Buffer.from((await this.send("Page.captureScreenshot")).data, "base64");
  }

  async close() {
    this.browser.listeners.delete(this.listener);
    await this.browser.send("Target.closeTarget", {targetId: this.targetId});
  }
}
