import type { Verdict } from "./wire";

/** The names and the usual abbreviations of verdicts, in the order of legends. Colours are in base.css. */
export const VERDICTS: Record<Verdict, { name: string; short: string }> = {
  accepted: { name: "accepted", short: "AC" },
  wrong_answer: { name: "wrong answer", short: "WA" },
  time_limit_exceeded: { name: "time limit exceeded", short: "TLE" },
  memory_limit_exceeded: { name: "memory limit exceeded", short: "MLE" },
  output_limit_exceeded: { name: "output limit exceeded", short: "OLE" },
  runtime_error: { name: "runtime error", short: "RE" },
  compile_error: { name: "compile error", short: "CE" },
  no_code: { name: "no code", short: "NC" },
  judge_error: { name: "judge error", short: "JE" },
  cancelled: { name: "cancelled", short: "CX" },
};

export const ORDER = Object.keys(VERDICTS) as Verdict[];

/** A verdict as a coloured word. */
export function Badge({ verdict, count, short }: { verdict: Verdict; count?: number; short?: boolean }) {
  const { name, short: letters } = VERDICTS[verdict] ?? { name: String(verdict), short: "?" };
  return (
    <span class={`badge ${classOf(verdict)}`} title={name}>
      {short ? letters : name}
      {count !== undefined && count > 1 ? ` ×${count}` : ""}
    </span>
  );
}

export function classOf(verdict: Verdict): string {
  return verdict in VERDICTS ? `v-${verdict}` : "v-cancelled";
}

/** Count verdicts, in the order of legends. */
export function tally(verdicts: Iterable<Verdict>): [Verdict, number][] {
  const counts = new Map<Verdict, number>();
  for (const verdict of verdicts) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  return ORDER.filter((verdict) => counts.has(verdict)).map((verdict) => [verdict, counts.get(verdict)!]);
}

/** A bar whose pieces are the shares of verdicts. */
export function ShareBar({ counts }: { counts: [Verdict, number][] }) {
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  const words = counts.map(([verdict, count]) => `${VERDICTS[verdict].name} ${count}`).join(", ");
  let left = 0;
  return (
    <svg class="share-bar" viewBox="0 0 100 4" preserveAspectRatio="none" role="img" aria-label={words || "none"}>
      {counts.map(([verdict, count]) => {
        const width = (100 * count) / Math.max(total, 1);
        const x = left;
        left += width;
        return <rect key={verdict} class={`fill ${classOf(verdict)}`} x={x} y={0} width={width} height={4} />;
      })}
    </svg>
  );
}
