import type { AnswerPart, Json, Limits, Report, Verdict } from "../shared/wire";
import { isScore } from "../shared/wire";

/** What evaluator/cli writes into a report's page: trainer_client/benchmarks/run_record.py has the same names. */
export interface Sample {
  program?: string | null;
  /** True if the program is longer than what is here. */
  cut?: boolean;
  language?: string;
  answer?: AnswerPart[] | null;
  why?: string | null;
  report: Report;
}

export interface Problem {
  task_id: string;
  kind?: string;
  platform?: string;
  prompt?: string;
  mode?: string;
  checker?: Json;
  limits?: Limits | null;
  suite_id?: string | null;
  function?: string | null;
  samples: Sample[];
}

export interface Run {
  label: string;
  benchmark: string;
  source: string;
  problems_file?: string | null;
  problems_sha256?: string | null;
  samples_file?: string | null;
  made_at?: string | null;
  model?: string | null;
  sampling?: Record<string, Json> | null;
  command?: string | null;
  engines: string[];
  isolation: string[];
  note?: string | null;
  problems: Problem[];
}

export interface Page {
  made_by: string;
  runs: Run[];
}

export function verdicts(problem: Problem): Verdict[] {
  return problem.samples.map((sample) => sample.report.verdict);
}

/** The verdict that a problem is coloured by: of one sample its own, of several "accepted" where all are, else the most frequent failure. */
export function leading(problem: Problem): Verdict {
  const all = verdicts(problem);
  const failures = all.filter((verdict) => verdict !== "accepted");
  if (failures.length === 0) return all.length === 0 ? "cancelled" : "accepted";
  const counts = new Map<Verdict, number>();
  for (const verdict of failures) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  return [...counts.entries()].sort((one, other) => other[1] - one[1])[0]![0];
}

export function accepted(problem: Problem): number {
  return verdicts(problem).filter((verdict) => verdict === "accepted").length;
}

/** A problem counts where all its samples were judged. */
export function counts(problem: Problem): boolean {
  return problem.samples.length > 0 && verdicts(problem).every(isScore);
}

/** CPU seconds of the slowest test of a sample. */
export function slowest(sample: Sample): number | null {
  const times = (sample.report.tests ?? []).map((test) => test.cpu_s ?? 0).filter((time) => time > 0);
  return times.length === 0 ? null : Math.max(...times);
}

export function slowestOf(problem: Problem): number | null {
  const times = problem.samples.map(slowest).filter((time) => time !== null);
  return times.length === 0 ? null : Math.max(...times);
}
