import { count } from "../shared/format";
import { oneLine } from "../shared/text";
import type { Json } from "../shared/wire";
import type { Problem, Run } from "./data";

/** The facts of a run: what was judged, by what, and under which limits. */
export function Head({ run }: { run: Run }) {
  const facts: [string, string | null | undefined][] = [
    ["Model", run.model],
    ["Benchmark", run.benchmark],
    ["Problems", [count(run.problems.length), run.problems_file].filter(Boolean).join(", ")],
    ["Data set's SHA-256", run.problems_sha256],
    ["Samples", run.samples_file],
    ["Sampling", run.sampling ? wordsOf(run.sampling) : null],
    ["Limits", limitsOf(run.problems)],
    ["Checkers", checkersOf(run.problems)],
    ["Engine", run.engines.join(", ")],
    ["Isolation", run.isolation.join(", ")],
    ["Date", run.made_at],
    ["Read from", run.source],
  ];
  return (
    <section aria-labelledby="run-head">
      <h2 id="run-head">{oneLine(run.label)}</h2>
      {run.note && <p class="note">{oneLine(run.note, 400)}</p>}
      <dl class="facts">
        {facts.filter(([, value]) => value).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{oneLine(value, 300)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function wordsOf(values: Record<string, Json>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name.replaceAll("_", " ")} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");
}

function limitsOf(problems: Problem[]): string {
  const all = problems.flatMap((each) => (each.limits ? [each.limits] : []));
  const cpu = spread(all.map((limits) => limits.cpu_s));
  const memory = spread(all.map((limits) => limits.memory_mb));
  return [cpu && `${cpu} s of CPU time a test`, memory && `${memory} MiB`].filter(Boolean).join(", ");
}

function spread(values: (number | undefined)[]): string {
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0) return "";
  const [least, most] = [Math.min(...known), Math.max(...known)];
  return least === most ? String(least) : `${least} to ${most}`;
}

function checkersOf(problems: Problem[]): string {
  const kinds = problems.map((each) => each.checker).filter((checker) => checker !== null && typeof checker === "object");
  return [...new Set(kinds.map((checker) => String((checker as Record<string, Json>)["kind"])))].join(", ");
}
