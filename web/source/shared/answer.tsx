import { visible } from "./text";
import type { AnswerPart } from "./wire";

const NAMES: Record<AnswerPart["kind"], string> = {
  program: "taken as the program",
  block: "not taken",
  reasoning: "reasoning",
  text: "text",
};
/** A model's reasoning may be megabytes; of a long part, its two ends are shown. */
const MOST = 20_000;

/** A model's answer, with what extraction took marked, and the reason for everything that it did not take. */
export function Answer({ parts, reason }: { parts: AnswerPart[]; reason?: string | null }) {
  return (
    <>
      {reason && <p class="note">{visible(reason)}</p>}
      <div class="answer untrusted" tabIndex={0} role="group" aria-label="Answer">
        {parts.map((part, index) => (
          <Part key={index} part={part} />
        ))}
      </div>
    </>
  );
}

function Part({ part }: { part: AnswerPart }) {
  const text = part.text.length > MOST ? `${part.text.slice(0, MOST / 2)}\n[…]\n${part.text.slice(-MOST / 2)}` : part.text;
  if (part.kind === "text") return <span>{visible(text)}</span>;
  return (
    <span class={`part ${part.kind}`}>
      <span class="part-name">
        {NAMES[part.kind]}
        {part.why ? `: ${visible(part.why)}` : ""}
      </span>
      <span>{visible(text)}</span>
    </span>
  );
}
