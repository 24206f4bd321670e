import { useMemo, useState } from "preact/hooks";
import { Diff } from "../shared/diff";
import { count, percent, points } from "../shared/format";
import { oneLine } from "../shared/text";
import { Badge, ShareBar, tally } from "../shared/verdicts";
import { accepted, counts, type Problem, type Run, verdicts } from "./data";
import { rates } from "./score";
import { bootstrap } from "./statistics";

/** All runs, best first. */
export function Leaderboard({ runs, onChoose }: { runs: Run[]; onChoose: (run: number) => void }) {
  const rows = useMemo(
    () =>
      runs
        .map((run, index) => ({ run, index, values: [...rates(run).values()] }))
        .map((row) => ({ ...row, interval: row.values.length === 0 ? null : bootstrap(row.values) }))
        .sort((one, other) => (other.interval?.mean ?? -1) - (one.interval?.mean ?? -1)),
    [runs],
  );
  return (
    <section aria-labelledby="board-head">
      <h2 id="board-head">Leaderboard</h2>
      <div class="scroll" tabIndex={0} role="group" aria-label="Table of runs">
        <table>
          <thead>
            <tr>
              <th scope="col" class="number">place</th>
              <th scope="col">run</th>
              <th scope="col" class="number">pass@1</th>
              <th scope="col">95 % interval</th>
              <th scope="col" class="number">problems</th>
              <th scope="col">verdicts</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ run, index, interval, values }, place) => (
              <tr key={index}>
                <td class="number">{place + 1}</td>
                <th scope="row">
                  <button type="button" class="plain" onClick={() => onChoose(index)}>{nameOf(run)}</button>
                </th>
                <td class="number">{interval === null ? "–" : percent(interval.mean)}</td>
                <td><IntervalBar low={interval?.low ?? 0} high={interval?.high ?? 0} mean={interval?.mean ?? 0} /></td>
                <td class="number">{count(values.length)}</td>
                <td class="wide"><ShareBar counts={tally(run.problems.flatMap(verdicts))} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function IntervalBar({ low, high, mean }: { low: number; high: number; mean: number }) {
  const words = `between ${percent(low)} and ${percent(high)}`;
  return (
    <svg class="interval" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label={words}>
      <line class="axis" x1={0} x2={100} y1={5} y2={5} />
      <line class="range" x1={100 * low} x2={100 * high} y1={5} y2={5} />
      <line class="mean" x1={100 * mean} x2={100 * mean} y1={0} y2={10} />
    </svg>
  );
}

export function nameOf(run: Run): string {
  return oneLine([run.model, run.label, run.samples_file].filter(Boolean).join(" · "), 90);
}

type Group = "won" | "lost" | "both failed" | "both passed";
const GROUPS: Group[] = ["won", "lost", "both failed", "both passed"];

interface Pair {
  id: string;
  one: Problem;
  other: Problem;
  group: Group;
}

/** Two runs, problem by problem. */
export function Comparison({ runs }: { runs: Run[] }) {
  const [ours, setOurs] = useState(0);
  const [theirs, setTheirs] = useState(1);
  const [one, other] = [runs[ours]!, runs[theirs]!];
  const pairs = useMemo(() => pairsOf(one, other), [one, other]);
  const difference = useMemo(() => differenceOf(one, other), [one, other]);
  const [group, setGroup] = useState<Group>("won");
  return (
    <section aria-labelledby="compare-head">
      <h2 id="compare-head">Comparison</h2>
      <form class="filters no-print" onSubmit={(event) => event.preventDefault()}>
        <Chooser name="This run" runs={runs} value={ours} onChange={setOurs} />
        <Chooser name="against" runs={runs} value={theirs} onChange={setTheirs} />
      </form>
      {difference === null ? (
        <p>The two runs have no problem in common that both have judged.</p>
      ) : (
        <p class="figure">
          <strong>{points(difference.mean)}</strong> points of pass@1
          <span class="muted">
            {" "}95 % between {points(difference.low)} and {points(difference.high)}, paired over {count(pairs.length)} problems
          </span>
        </p>
      )}
      <div class="samples" role="group" aria-label="Groups of problems">
        {GROUPS.map((each) => (
          <button type="button" key={each} aria-pressed={each === group} onClick={() => setGroup(each)}>
            {each} {count(pairs.filter((pair) => pair.group === each).length)}
          </button>
        ))}
      </div>
      <Group key={`${ours} ${theirs} ${group}`} pairs={pairs.filter((pair) => pair.group === group)} names={[nameOf(one), nameOf(other)]} />
    </section>
  );
}

function Chooser({ name, runs, value, onChange }: { name: string; runs: Run[]; value: number; onChange: (run: number) => void }) {
  return (
    <label>
      {name}
      <select value={value} onChange={(event) => onChange(Number(event.currentTarget.value))}>
        {runs.map((run, index) => <option key={index} value={index}>{nameOf(run)}</option>)}
      </select>
    </label>
  );
}

function rate(problem: Problem): number {
  return accepted(problem) / problem.samples.length;
}

function pairsOf(one: Run, other: Run): Pair[] {
  const theirs = new Map(other.problems.filter(counts).map((each) => [each.task_id, each]));
  return one.problems.filter(counts).flatMap((problem) => {
    const twin = theirs.get(problem.task_id);
    return twin === undefined ? [] : [{ id: problem.task_id, one: problem, other: twin, group: groupOf(rate(problem), rate(twin)) }];
  });
}

/** Of several samples, the larger share of accepted ones wins. */
function groupOf(ours: number, theirs: number): Group {
  if (ours !== theirs) return ours > theirs ? "won" : "lost";
  return ours === 0 ? "both failed" : "both passed";
}

function differenceOf(one: Run, other: Run) {
  const differences = pairsOf(one, other).map((pair) => rate(pair.one) - rate(pair.other));
  return differences.length === 0 ? null : bootstrap(differences);
}

function Group({ pairs, names }: { pairs: Pair[]; names: [string, string] }) {
  const [open, setOpen] = useState<string | null>(null);
  const [shown, setShown] = useState(50);
  if (pairs.length === 0) return <p class="muted">None.</p>;
  return (
    <>
      <ul class="pairs">
        {pairs.slice(0, shown).map((pair) => (
          <li key={pair.id}>
            <button type="button" class="plain id" aria-expanded={open === pair.id} onClick={() => setOpen(open === pair.id ? null : pair.id)}>
              <span aria-hidden="true">{open === pair.id ? "▾" : "▸"}</span> {oneLine(pair.id, 120)}
            </button>{" "}
            <Verdicts problem={pair.one} /> <span class="muted">against</span> <Verdicts problem={pair.other} />
            {open === pair.id && <Programs pair={pair} names={names} />}
          </li>
        ))}
      </ul>
      {shown < pairs.length && (
        <button type="button" class="no-print" onClick={() => setShown(shown + 200)}>Show more</button>
      )}
    </>
  );
}

function Verdicts({ problem }: { problem: Problem }) {
  return <>{tally(verdicts(problem)).map(([verdict, number]) => <Badge key={verdict} verdict={verdict} count={number} short />)}</>;
}

/** A program of each, side by side: the one that tells most, accepted where there is one. */
function Programs({ pair, names }: { pair: Pair; names: [string, string] }) {
  const [left, right] = [telling(pair.one), telling(pair.other)];
  const text = (sample: typeof left) => sample?.program ?? "(no program)";
  return (
    <div class="card">
      <Diff left={text(left)} right={text(right)} leftName={names[0]} rightName={names[1]} language={left?.language} />
    </div>
  );
}

function telling(problem: Problem) {
  return problem.samples.find((each) => each.report.verdict === "accepted") ?? problem.samples[0];
}
