// What was decided, as the text file that `--decisions` reads (docs/decisions.md), and back.

import { fold, trimmed } from "./text.js";

/**
 * @typedef {"exclude" | "exclude-anyway" | "keep"} Verb
 * @typedef {{ verb: Verb, why: string }} Decision
 * @typedef {{ text: string, verb: Verb, kind: string, pipe: string, image: string, why: string }} Line A line of a file that decides.
 */

const HEAD = "# verdict\tkind\tpipe\timage\twhy";
const KINDS = ["created", "connected"];
/** The reason where none was given: a line must have one. */
export const NO_REASON = "decided in the review page";

/** What names a candidate in a file of decisions. @param {string} kind @param {string} pipe @param {string} image */
export function decisionKey(kind, pipe, image) {
  return `${kind}\t${fold(pipe)}\t${fold(image)}`;
}

/** The field of a line: one line, no tabs, no blanks around it. @param {string} text @returns {string} */
export function asField(text) {
  return trimmed(text.replace(/[\p{Cc}\u2028\u2029]+/gu, " "));
}

/**
 * Reads a file; a line that cannot be read is told, as the program does.
 * @param {string} text @returns {(Line | string)[]} lines that decide, and all others as they are
 */
export function parseDecisions(text) {
  const lines = text.replace(/^\ufeff/, "").split("\n");
  if (lines[lines.length - 1] === "") {
    lines.pop();
  }
  return lines.map((line, number) => {
    const bare = line.replace(/\r$/, "");
    if (trimmed(bare) === "" || bare.startsWith("#")) {
      return bare;
    }
    const fields = bare.split("\t").map(trimmed).filter((field) => field !== "");
    const [verb, kind, pipe, image, why] = fields;
    if (fields.length !== 5) {
      throw new Error(`line ${number + 1}: a decision is five fields with tabs between; here are ${fields.length}`);
    }
    if (verb !== "exclude" && verb !== "exclude-anyway" && verb !== "keep") {
      throw new Error(`line ${number + 1}: “${verb}” is no verdict: exclude, keep or exclude-anyway`);
    }
    if (kind !== "any" && !KINDS.includes(kind)) {
      throw new Error(`line ${number + 1}: “${kind}” is no kind: created, connected or any`);
    }
    return { text: bare, verb, kind, pipe, image, why };
  });
}

/** The keys that a line may decide. @param {Line} line @returns {string[]} */
function keysOf(line) {
  const kinds = line.kind === "any" ? KINDS : [line.kind];
  return kinds.map((kind) => decisionKey(kind, line.pipe, line.image));
}

/** What outranks what stands before it, in whatever order the lines stand: as in the draft. */
const RANKS = ["exclude", "exclude-anyway", "keep"];

/** All decisions, with the file that they came from and a way back. */
export class Decisions {
  /** @param {Map<string, { kind: string, pipe: string, image: string }>} candidates what can be decided, by its key */
  constructor(candidates) {
    this.candidates = candidates;
    /** @type {Map<string, Decision>} */
    this.decided = new Map();
    /** @type {(Line | string)[]} */
    this.lines = [];
    /** @type {{ decided: Map<string, Decision>, lines: (Line | string)[] }[]} */
    this.before = [];
  }

  /** Takes a file in place of all that was decided; of several lines on one candidate `keep` counts. @param {string} text */
  load(text) {
    const lines = parseDecisions(text);
    this.remember();
    this.lines = lines;
    this.decided = new Map();
    for (const line of lines) {
      if (typeof line !== "string") {
        for (const key of keysOf(line).filter((key) => this.candidates.has(key))) {
          const before = this.decided.get(key);
          if (!before || RANKS.indexOf(line.verb) >= RANKS.indexOf(before.verb)) {
            this.decided.set(key, { verb: line.verb, why: line.why });
          }
        }
      }
    }
  }

  /** Decides; `null` takes a decision back. @param {[string, Decision | null][]} changes */
  decide(changes) {
    this.remember();
    this.decided = new Map(this.decided);
    for (const [key, decision] of changes) {
      if (decision === null) {
        this.decided.delete(key);
      } else {
        this.decided.set(key, { verb: decision.verb, why: asField(decision.why) || NO_REASON });
      }
    }
  }

  remember() {
    this.before.push({ decided: this.decided, lines: this.lines });
  }

  /** @returns {boolean} whether there was anything to undo */
  undo() {
    const before = this.before.pop();
    if (before) {
      this.decided = before.decided;
      this.lines = before.lines;
    }
    return before !== undefined;
  }

  /** @param {string} key @returns {Decision | undefined} */
  of(key) {
    return this.decided.get(key);
  }

  /**
   * The file. Lines that still say what was decided stay as they are, and so do comments and lines about what is not in
   * these logs; then come the new ones.
   * @returns {string}
   */
  text() {
    /** @type {Map<string, number>} */
    const lines = new Map();
    for (const line of this.lines) {
      if (typeof line !== "string") {
        keysOf(line).forEach((key) => lines.set(key, (lines.get(key) ?? 0) + 1));
      }
    }
    const written = new Set();
    const text = [];
    for (const line of this.lines) {
      if (typeof line === "string") {
        text.push(line);
        continue;
      }
      const keys = keysOf(line).filter((key) => this.candidates.has(key));
      const stays = keys.every((key) => {
        const decision = this.decided.get(key);
        return decision?.verb === line.verb && decision.why === line.why && lines.get(key) === 1;
      });
      if (stays) {
        text.push(line.text);
        keys.forEach((key) => written.add(key));
      } else if (line.kind === "any" && keys.length === 1) {
        // What it says of the other kind, which these logs do not have, is still so.
        const other = KINDS.find((kind) => !this.candidates.has(decisionKey(kind, line.pipe, line.image)));
        text.push([line.verb, other, line.pipe, line.image, line.why].join("\t"));
      }
    }
    if (text.length === 0) {
      text.push(HEAD);
    }
    for (const [key, decision] of this.decided) {
      const candidate = this.candidates.get(key);
      if (candidate && !written.has(key)) {
        const { kind, pipe, image } = candidate;
        text.push([decision.verb, kind, pipe, image, decision.why].join("\t"));
      }
    }
    return `${text.join("\n")}\n`;
  }
}
