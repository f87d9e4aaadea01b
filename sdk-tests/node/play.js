"use strict";
// Plays a scenario through the core of the official Node SDK; sdk-tests/scenario/README.md says how.

const crypto = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");
const { isDeepStrictEqual } = require("node:util");
const { setTimeout } = require("node:timers/promises");
const { Sdk, refusal } = require("./sdk.js");

const PATIENCE_MILLIS = 60_000;
const VERSION = require("@huaweicloud/huaweicloud-sdk-core/package.json").version;
const RESULTS = process.env.UNLADE_SDK_RESULTS;

/** An outcome that is not the expected one. */
class Wrong extends Error {}
/** A name that nothing was kept under. */
class Unknown extends Error {}
/** The SDK has no such operation. */
class Absent extends Error {}

/** What lies at `a.0.b`. */
function at(answer, where) {
  return where.split(".").reduce((here, name) => here?.[name], answer);
}

class Play {
  constructor(files) {
    this.files = files;
    this.sdks = new Map();
    this.names = { run: crypto.randomBytes(4).toString("hex"), ...JSON.parse(process.env.UNLADE_SDK_NAMES ?? "{}") };
  }

  /** The value with the names in it replaced. */
  filled(value) {
    if (Array.isArray(value)) {
      return value.map((one) => this.filled(one));
    }
    if (value !== null && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.filled(one)]));
    }
    return typeof value === "string" ? value.replace(/\$\{(\w+)\}/g, (_, name) => this.name(name)) : value;
  }

  name(name) {
    if (!(name in this.names)) {
      throw new Unknown(name);
    }
    return this.names[name];
  }

  sdk(more) {
    const env = process.env;
    const root = { ak: env.CLOUD_SDK_AK, sk: env.CLOUD_SDK_SK, project_id: env.UNLADE_SDK_PROJECT_ID };
    const key = { ...root, ...this.filled(more) };
    const who = JSON.stringify(key);
    if (!this.sdks.has(who)) {
      this.sdks.set(who, new Sdk(key));
    }
    return this.sdks.get(who);
  }

  async step(step) {
    if (process.env.UNLADE_SDK_READ_ONLY === "1" && !/^(Show|List)/.test(step.call)) {
      throw new Unknown("it writes");
    }
    const sdk = this.sdk(step.as ?? {});
    if (!sdk.knows(step.call) || !sdk.knows(step.needs ?? step.call)) {
      throw new Absent();
    }
    const given = this.filled(step.with ?? {});
    if (given.file) {
      given.file = path.join(this.files, given.file);
    }
    if (step.error) {
      return this.refused(sdk, step, given);
    }
    if (step.pages) {
      return this.paged(sdk, step, given);
    }
    const answer = await this.awaited(sdk, step, given);
    if (step.download) {
      return this.saved(sdk, answer);
    }
    for (const [where, wanted] of Object.entries(this.filled(step.expect ?? {}))) {
      const found = at(answer, where);
      if (wanted === "*" ? found === undefined || found === "" : !isDeepStrictEqual(found, wanted)) {
        throw new Wrong(`${where} is ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
      }
    }
    for (const [name, where] of Object.entries(step.keep ?? {})) {
      this.names[name] = at(answer, where);
    }
    return null;
  }

  async call(sdk, step, given) {
    const { status, answer } = await sdk.call(step.call, given);
    if (status !== step.status) {
      throw new Wrong(`status ${status}`);
    }
    return answer;
  }

  async refused(sdk, step, given) {
    let answered;
    try {
      answered = await sdk.call(step.call, given);
    } catch (error) {
      const told = refusal(error);
      if (told === null) {
        throw error;
      }
      if (told.status !== step.status || told.code !== step.error) {
        throw new Wrong(`refused with ${told.status} ${told.code}: ${told.message}`);
      }
      if (!told.message || !told.requestId) {
        throw new Wrong("an error without a text or a request id");
      }
      return null;
    }
    throw new Wrong(`not refused: ${answered.status}`);
  }

  async awaited(sdk, step, given) {
    const end = Date.now() + PATIENCE_MILLIS;
    for (;;) {
      const answer = await this.call(sdk, step, given);
      const reached = ([where, wanted]) => wanted.includes(at(answer, where));
      if (Object.entries(step.until ?? {}).every(reached)) {
        return answer;
      }
      if (Date.now() > end) {
        throw new Wrong(`stays at ${JSON.stringify(answer)}`);
      }
      await setTimeout(200);
    }
  }

  async paged(sdk, step, given) {
    const seen = [];
    for (;;) {
      const answer = await this.call(sdk, step, { ...given });
      const page = at(answer, step.pages.of) ?? [];
      if (page.length === 0) {
        break;
      }
      seen.push(...page.map((one) => one[step.pages.key]));
      if (step.pages.by === "offset") {
        given.offset = seen.length;
      } else {
        given.marker = answer.page.marker;
      }
    }
    if (!isDeepStrictEqual([...seen].sort(), this.filled(step.pages.are).sort())) {
      throw new Wrong(`paged out ${seen}`);
    }
    return null;
  }

  saved(sdk, answer) {
    const file = path.join(RESULTS, "result.zip");
    const { etag, whole } = sdk.save(answer, file);
    const digest = crypto.createHash("sha256").update(fs.readFileSync(file)).digest("hex");
    if (etag !== digest) {
      throw new Wrong(`ETag ${etag}, but the file's SHA-256 is ${digest}`);
    }
    return whole ? "the text holds every byte" : "the bytes are whole, a text is damaged";
  }
}

async function main(file) {
  const play = new Play(path.join(path.dirname(file), "files"));
  const scenario = path.basename(file, ".json");
  const lines = [];
  for (const [number, step] of JSON.parse(fs.readFileSync(file, "utf8")).steps.entries()) {
    let outcome = "passed";
    let note = null;
    try {
      note = await play.step(step);
    } catch (error) {
      outcome = error instanceof Unknown ? "skipped" : error instanceof Absent ? "absent" : "failed";
      // Whatever the SDK stumbles over is what is to be told.
      note = `${error.constructor.name}: ${error.message}`;
    }
    const told = { sdk: "node", version: VERSION, scenario, step: number, operation: step.call };
    lines.push(JSON.stringify({ ...told, expected: step.error ?? step.status, outcome, note }));
  }
  fs.writeFileSync(path.join(RESULTS, `${scenario}.jsonl`), `${lines.join("\n")}\n`);
  return lines.some((line) => JSON.parse(line).outcome === "failed");
}

main(process.argv[2]).then((failed) => process.exit(failed ? 1 : 0));
