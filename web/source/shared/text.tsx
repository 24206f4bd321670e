import type { Json, Text } from "./wire";

/**
 * Control characters, terminal escapes, halves of surrogate pairs, and marks that hide, turn or join text.
 * What programs wrote is shown with all of them visible.
 */
const HIDDEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
/** Marks above and below a letter; more than four of them are there to paint over other lines. */
const STACKED = /(\p{M}{4})\p{M}+/gu;
const MAX_SHOWN = 200_000;

/** Untrusted text with everything that is hidden in it made visible. */
export function visible(text: string): string {
  return text.replace(HIDDEN, symbol).replace(STACKED, "$1…");
}

function symbol(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return "␡";
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}

/** One line of untrusted text, for names and titles. */
export function oneLine(text: unknown, most = 160): string {
  const line = visible(String(text)).replace(/[\n\t]+/g, " ");
  return line.length > most ? `${line.slice(0, most)}…` : line;
}

/** Text of the wire, of which some is bytes. */
export function plain(text: Text | null | undefined): string {
  if (text === null || text === undefined) return "";
  return typeof text === "string" ? text : ofBase64(text.base64);
}

/** A value of a report as text: strings and bytes as they are, other values as JSON. */
export function shown(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  if (typeof value === "object" && !Array.isArray(value) && typeof value["base64"] === "string") {
    return ofBase64(value["base64"]);
  }
  const line = JSON.stringify(value);
  return line.length > 120 ? JSON.stringify(value, null, 1) : line;
}

function ofBase64(base64: string): string {
  try {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    return new TextDecoder("utf-8").decode(bytes);
  } catch {
    return base64;
  }
}

interface WithSource {
  source?: string;
}

interface RawJson {
  rawJSON?: (text: string) => unknown;
}

/** Parse JSON without losing digits of long integers, where the browser can. */
export function parseJson(text: string): unknown {
  const raw = (JSON as RawJson).rawJSON;
  if (raw === undefined) return JSON.parse(text);
  const reviver = (_: string, value: unknown, context?: WithSource): unknown => {
    const exact = typeof value !== "number" || context?.source === undefined || String(value) === context.source;
    return exact || Number.isSafeInteger(value) || !/^-?\d+$/.test(context!.source!) ? value : raw(context!.source!);
  };
  return JSON.parse(text, reviver as (key: string, value: unknown) => unknown);
}

/** JSON of ASCII alone: it can be pasted into a terminal, whatever the values hold. */
export function asciiJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Untrusted text in a box of its own, which it cannot leave. */
export function Untrusted({ text, label }: { text: string; label: string }) {
  const cut = text.length > MAX_SHOWN;
  return (
    <>
      <pre class="untrusted" tabIndex={0} role="group" aria-label={label}>
        {visible(cut ? text.slice(0, MAX_SHOWN) : text)}
      </pre>
      {cut && <p class="note">Cut after {MAX_SHOWN.toLocaleString("en")} of {text.length.toLocaleString("en")} characters.</p>}
    </>
  );
}
