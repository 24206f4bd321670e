import { useEffect, useMemo, useState } from "preact/hooks";
import { count, percent } from "../shared/format";
import { oneLine } from "../shared/text";
import { Badge, tally, VERDICTS } from "../shared/verdicts";
import type { Verdict } from "../shared/wire";
import { accepted, type Problem, type Run, slowestOf, verdicts } from "./data";
import { Details } from "./details";

const PAGE = 200;
type Key = "id" | "kind" | "platform" | "pass" | "cpu" | "tests";

interface Filter {
  text: string;
  kind: string;
  platform: string;
  verdict: Verdict | "";
}

interface Column {
  key: Key;
  name: string;
  class: string;
  value: (problem: Problem) => string | number;
}

const COLUMNS: Column[] = [
  { key: "id", name: "problem", class: "", value: (each) => each.task_id },
  { key: "kind", name: "difficulty", class: "middling", value: (each) => rankOf(each.kind ?? "") },
  { key: "platform", name: "platform", class: "roomy", value: (each) => each.platform ?? "" },
  { key: "pass", name: "verdicts", class: "", value: (each) => accepted(each) / Math.max(each.samples.length, 1) },
  { key: "cpu", name: "CPU ÷ limit", class: "number middling", value: (each) => load(each) ?? -1 },
  { key: "tests", name: "tests passed", class: "number roomy", value: testsPassed },
];

function rankOf(kind: string): string {
  const rank = ["easy", "medium", "hard"].indexOf(kind);
  return rank < 0 ? `9${kind}` : `${rank}`;
}

function load(problem: Problem): number | null {
  const [time, limit] = [slowestOf(problem), problem.limits?.cpu_s];
  return time === null || !limit ? null : time / limit;
}

/** The largest share of tests that a sample passed. */
function testsPassed(problem: Problem): number {
  return Math.max(0, ...problem.samples.map((each) => each.report.passed / Math.max(each.report.total, 1)));
}

/** All problems of a run, to sort and filter; each opens. */
export function Problems({ run, open, onOpen }: { run: Run; open: string | null; onOpen: (id: string | null) => void }) {
  const [filter, setFilter] = useState<Filter>({ text: "", kind: "", platform: "", verdict: "" });
  const [sort, setSort] = useState<{ key: Key; down: boolean }>({ key: "id", down: false });
  const [pages, setPages] = useState(1);
  const rows = useMemo(() => sorted(run.problems.filter((each) => fits(each, filter)), sort), [run, filter, sort]);
  const place = open === null ? -1 : rows.findIndex((each) => each.task_id === open);
  const shown = rows.slice(0, Math.max(pages * PAGE, place + 1));
  useEffect(() => {
    if (open !== null) document.getElementById("open-problem")?.scrollIntoView({ block: "start" });
  }, [open]);
  return (
    <section aria-labelledby="problems-head">
      <h2 id="problems-head">All problems</h2>
      <Filters run={run} filter={filter} onChange={setFilter} />
      <p role="status" class="muted">{count(rows.length)} of {count(run.problems.length)} problems</p>
      <table class="problems">
        <thead>
          <tr>{COLUMNS.map((column) => <Heading key={column.key} column={column} sort={sort} onSort={setSort} />)}</tr>
        </thead>
        <tbody>
          {shown.map((problem) => (
            <Row key={problem.task_id} problem={problem} isOpen={problem.task_id === open} onOpen={onOpen} />
          ))}
        </tbody>
      </table>
      {shown.length < rows.length && (
        <button type="button" class="no-print" onClick={() => setPages(pages + 1)}>
          Show {count(Math.min(PAGE, rows.length - shown.length))} more
        </button>
      )}
    </section>
  );
}

function fits(problem: Problem, filter: Filter): boolean {
  return (
    problem.task_id.toLowerCase().includes(filter.text.toLowerCase()) &&
    (filter.kind === "" || problem.kind === filter.kind) &&
    (filter.platform === "" || problem.platform === filter.platform) &&
    (filter.verdict === "" || verdicts(problem).includes(filter.verdict))
  );
}

function sorted(problems: Problem[], { key, down }: { key: Key; down: boolean }): Problem[] {
  const { value } = COLUMNS.find((column) => column.key === key)!;
  const compare = (one: Problem, other: Problem) => {
    const [a, b] = [value(one), value(other)];
    const order = typeof a === "number" ? a - (b as number) : a.localeCompare(String(b), "en", { numeric: true });
    return down ? -order : order;
  };
  return [...problems].sort(compare);
}

function Heading({ column, sort, onSort }: { column: Column; sort: { key: Key; down: boolean }; onSort: (sort: { key: Key; down: boolean }) => void }) {
  const active = sort.key === column.key;
  const direction = active ? (sort.down ? "descending" : "ascending") : "none";
  return (
    <th scope="col" class={column.class} aria-sort={direction}>
      <button type="button" class="plain" onClick={() => onSort({ key: column.key, down: active && !sort.down })}>
        {column.name}
        <span aria-hidden="true">{active ? (sort.down ? " ▾" : " ▴") : ""}</span>
      </button>
    </th>
  );
}

function Filters({ run, filter, onChange }: { run: Run; filter: Filter; onChange: (filter: Filter) => void }) {
  const choices = (name: "kind" | "platform") =>
    [...new Set(run.problems.map((each) => each[name] ?? ""))].filter((value) => value !== "").sort();
  const found = tally(run.problems.flatMap(verdicts)).map(([verdict]) => verdict);
  return (
    <form class="filters no-print" role="search" onSubmit={(event) => event.preventDefault()}>
      <label>
        Problem
        <input type="search" value={filter.text} onInput={(event) => onChange({ ...filter, text: event.currentTarget.value })} />
      </label>
      {(["kind", "platform"] as const).map((name) =>
        choices(name).length < 2 ? null : (
          <label key={name}>
            {name === "kind" ? "Difficulty" : "Platform"}
            <select value={filter[name]} onChange={(event) => onChange({ ...filter, [name]: event.currentTarget.value })}>
              <option value="">all</option>
              {choices(name).map((value) => <option key={value} value={value}>{oneLine(value, 40)}</option>)}
            </select>
          </label>
        ),
      )}
      <label>
        Verdict
        <select value={filter.verdict} onChange={(event) => onChange({ ...filter, verdict: event.currentTarget.value as Verdict | "" })}>
          <option value="">all</option>
          {found.map((verdict) => <option key={verdict} value={verdict}>{VERDICTS[verdict].name}</option>)}
        </select>
      </label>
    </form>
  );
}

function Row({ problem, isOpen, onOpen }: { problem: Problem; isOpen: boolean; onOpen: (id: string | null) => void }) {
  const share = load(problem);
  const best = problem.samples.reduce<Problem["samples"][number] | null>(
    (best, each) => (best === null || each.report.passed > best.report.passed ? each : best), null);
  return (
    <>
      <tr id={isOpen ? "open-problem" : undefined} class={isOpen ? "open" : ""}>
        <th scope="row">
          <button type="button" class="plain id" aria-expanded={isOpen} onClick={() => onOpen(isOpen ? null : problem.task_id)}>
            <span aria-hidden="true">{isOpen ? "▾" : "▸"}</span> {oneLine(problem.task_id, 120)}
          </button>
        </th>
        <td class="middling">{oneLine(problem.kind ?? "", 30)}</td>
        <td class="roomy">{oneLine(problem.platform ?? "", 30)}</td>
        <td>{tally(verdicts(problem)).map(([verdict, number]) => <Badge key={verdict} verdict={verdict} count={number} short />)}</td>
        <td class="number middling">{share === null ? "–" : percent(share, 0)}</td>
        <td class="number roomy">{best === null || best.report.total === 0 ? "–" : `${best.report.passed} / ${best.report.total}`}</td>
      </tr>
      {isOpen && (
        <tr>
          <td colSpan={COLUMNS.length} class="details">
            <Details problem={problem} />
          </td>
        </tr>
      )}
    </>
  );
}
