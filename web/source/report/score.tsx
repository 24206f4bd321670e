import { useMemo } from "preact/hooks";
import { count, percent } from "../shared/format";
import { oneLine } from "../shared/text";
import { Badge, ShareBar, tally } from "../shared/verdicts";
import { accepted, counts, type Problem, type Run, verdicts } from "./data";
import { bootstrap, mean, passAtK } from "./statistics";

const KS = [1, 2, 5, 10, 20, 50, 100];
const KINDS = ["easy", "medium", "hard"];

/** pass@1 of each problem that counts. */
export function rates(run: Run): Map<string, number> {
  return new Map(run.problems.filter(counts).map((each) => [each.task_id, accepted(each) / each.samples.length]));
}

export function passAt(problems: Problem[], k: number): number {
  return mean(problems.map((each) => passAtK(each.samples.length, accepted(each), k)));
}

function kindsOf(problems: Problem[]): string[] {
  const rank = (kind: string) => (KINDS.includes(kind) ? KINDS.indexOf(kind) : KINDS.length);
  const kinds = [...new Set(problems.map((each) => each.kind ?? ""))].filter((kind) => kind !== "");
  return kinds.sort((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1));
}

/** The score of a run: pass@1 with its interval, pass@k by kind, shares of verdicts. */
export function Score({ run }: { run: Run }) {
  const judged = run.problems.filter(counts);
  const interval = useMemo(() => (judged.length === 0 ? null : bootstrap([...rates(run).values()])), [run]);
  const fewest = Math.min(...judged.map((each) => each.samples.length));
  const ks = KS.filter((k) => k <= fewest);
  const unjudged = run.problems.length - judged.length;
  const weak = run.problems.filter((each) => each.samples.some((sample) => sample.report.trust?.level === "weak"));
  return (
    <section aria-labelledby="score-head">
      <h2 id="score-head">Score</h2>
      {interval === null ? (
        <p>No problem was judged.</p>
      ) : (
        <p class="figure">
          <strong>{percent(interval.mean)}</strong> pass@1
          <span class="muted">
            {" "}
            95 % between {percent(interval.low)} and {percent(interval.high)}, over {count(judged.length)} problems
          </span>
        </p>
      )}
      <div class="scroll" tabIndex={0} role="group" aria-label="pass@k">
        <table>
          <thead>
            <tr>
              <th scope="col">problems</th>
              <th scope="col" class="number">number</th>
              {ks.map((k) => <th scope="col" class="number" key={k}>{`pass@${k}`}</th>)}
              <th scope="col">verdicts of samples</th>
            </tr>
          </thead>
          <tbody>
            {kindsOf(run.problems).map((kind) => (
              <Row key={kind} name={oneLine(kind, 40)} problems={run.problems.filter((each) => each.kind === kind)} ks={ks} />
            ))}
            <Row name="all" problems={run.problems} ks={ks} />
          </tbody>
        </table>
      </div>
      <p class="legend">
        {tally(run.problems.flatMap(verdicts)).map(([verdict, number]) => (
          <Badge key={verdict} verdict={verdict} count={number} />
        ))}
      </p>
      {unjudged > 0 && <p class="note">{count(unjudged)} problems have a sample that was not judged. They do not count.</p>}
      {weak.length > 0 && <p class="note">{count(weak.length)} problems have weak tests: few values, or easily guessed ones.</p>}
    </section>
  );
}

function Row({ name, problems, ks }: { name: string; problems: Problem[]; ks: number[] }) {
  const judged = problems.filter(counts);
  return (
    <tr>
      <th scope="row">{name}</th>
      <td class="number">{count(judged.length)}</td>
      {ks.map((k) => (
        <td class="number" key={k}>{judged.length === 0 ? "–" : percent(passAt(judged, k))}</td>
      ))}
      <td class="wide">
        <ShareBar counts={tally(problems.flatMap(verdicts))} />
      </td>
    </tr>
  );
}
