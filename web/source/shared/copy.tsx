import { useState } from "preact/hooks";

/** A text with a button that copies it. */
export function Command({ text, label }: { text: string; label: string }) {
  return (
    <div class="command">
      <CopyButton text={text} label={`Copy ${label}`} />
      <pre class="untrusted" tabIndex={0} role="group" aria-label={label}>
        {text}
      </pre>
    </div>
  );
}

export function CopyButton({ text, label }: { text: string; label: string }) {
  const [done, setDone] = useState("");
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setDone("copied");
    } catch {
      setDone(copyBySelection(text) ? "copied" : "not allowed here: select the text");
    }
    setTimeout(() => setDone(""), 2500);
  }
  return (
    <span class="copy no-print">
      <button type="button" onClick={copy}>
        {label}
      </button>
      <span role="status">{done}</span>
    </span>
  );
}

/** The way for pages that were opened from a file, which the clipboard's API may refuse. */
function copyBySelection(text: string): boolean {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "off-screen";
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  return copied;
}
