// Numbers, times and names as people read them.

const whole = new Intl.NumberFormat("en-US");

/** `1,234,567` @param {number} number @returns {string} */
export function grouped(number) {
  return whole.format(number);
}

/** `1 event`, `2 events` @param {number} number @param {string} noun @param {string} [nouns] @returns {string} */
export function counted(number, noun, nouns = `${noun}s`) {
  return `${grouped(number)} ${number === 1 ? noun : nouns}`;
}

/** @param {number} part @param {number} all @returns {string} */
export function percent(part, all) {
  const share = all === 0 ? 0 : (part / all) * 100;
  // What is not all is not told as 100.0%.
  return `${(part < all ? Math.min(share, 99.9) : share).toFixed(1)}%`;
}

/** `+46`, `−3`, or nothing @param {number} number @returns {string} */
export function signed(number) {
  return number === 0 ? "" : number > 0 ? `+${grouped(number)}` : `−${grouped(-number)}`;
}

/** Without ASCII case, as Sysmon and files of decisions compare. @param {string} text @returns {string} */
export function fold(text) {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Without blanks around it: with what Unicode calls white space, as the program does, which is not what `trim` of JavaScript does. @param {string} text @returns {string} */
export function trimmed(text) {
  return text.replace(/^\p{White_Space}+|\p{White_Space}+$/gu, "");
}

/** The UTC date of a time. @param {number | null} millis @returns {string} */
export function date(millis) {
  return millis === null ? "–" : instant(millis).slice(0, 10);
}

/** @param {number} millis @returns {string} */
export function instant(millis) {
  const time = new Date(millis);
  return Number.isNaN(time.getTime()) ? "–" : time.toISOString();
}

/** The date of a day, counted from 1970-01-01. @param {number} number @returns {string} */
export function day(number) {
  return date(number * 86_400_000);
}

const active =
  /[\p{Cc}\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}\u{10f800}-\u{10ffff}]/gu;

/**
 * A name with everything visible, on one line: what would turn the reading direction, or cannot be seen, is written as
 * `\u{202e}`. The last characters of plane 16 stand for lone surrogates (see src/utf16.rs).
 * @param {string} text @returns {string}
 */
export function visible(text) {
  return text.replace(active, (c) => {
    const code = c.codePointAt(0) ?? 0;
    return `\\u{${(code >= 0x10f800 ? 0xd800 + code - 0x10f800 : code).toString(16)}}`;
  });
}

/** No pipe of Windows has so long a name; a log may say that it had. */
const LONG = 2000;

/** The same, where a name that is too long to be read is cut: how much is missing is said. @param {string} text @returns {string} */
export function brief(text) {
  return text.length <= LONG ? visible(text) : `${visible(text.slice(0, LONG))}… and ${grouped(text.length - LONG)} characters more`;
}

/** The file's name of a path. @param {string} path @returns {string} */
export function fileName(path) {
  return path.slice(path.lastIndexOf("\\") + 1);
}
