// What is decided, kept in this browser for this very page until it is in a file.

/** @typedef {{ text: string, isUnsaved: boolean }} Work What was decided, as a file, and whether it is in none yet. */

/** @param {string | null} stored @returns {Work | null} what another program stored under this name is not read */
function work(stored) {
  try {
    const { text, isUnsaved } = JSON.parse(stored ?? "");
    return typeof text === "string" ? { text, isUnsaved: isUnsaved !== false } : null;
  } catch {
    return null;
  }
}

export class Kept {
  /** @param {string} digest of what is on the page */
  constructor(digest) {
    this.place = `pipemine:${digest}`;
    /** Whether the browser keeps anything for the page. */
    this.can = true;
  }

  /** @returns {Work | null} */
  read() {
    try {
      const stored = localStorage.getItem(this.place);
      localStorage.setItem(`${this.place}:try`, "");
      localStorage.removeItem(`${this.place}:try`);
      return work(stored);
    } catch {
      this.can = false;
      return null;
    }
  }

  /** @param {Work} work */
  write(work) {
    try {
      localStorage.setItem(this.place, JSON.stringify(work));
      this.can = true;
    } catch {
      this.can = false;
    }
  }

  /** Tells what the same page, opened a second time, wrote. @param {(work: Work) => void} then */
  listen(then) {
    addEventListener("storage", (event) => {
      const written = event.key === this.place ? work(event.newValue) : null;
      if (written) {
        then(written);
      }
    });
  }
}
