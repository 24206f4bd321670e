/** The parts of the wire contract (docs/report.md) that the pages read. */

export type Verdict =
  | "accepted"
  | "wrong_answer"
  | "time_limit_exceeded"
  | "memory_limit_exceeded"
  | "output_limit_exceeded"
  | "runtime_error"
  | "compile_error"
  | "no_code"
  | "judge_error"
  | "cancelled";

/** Bytes that are not UTF-8 travel as base64. */
export type Text = string | { base64: string };
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

export interface TestReport {
  index: number;
  name?: string | null;
  verdict: Verdict;
  cpu_s?: number | null;
  wall_s?: number | null;
  memory_bytes?: number | null;
  reason?: string | null;
  matched_by?: string | null;
  strict?: boolean | null;
  stdout?: Text | null;
  stderr?: Text | null;
  result?: string | null;
}

export interface FirstFailure {
  index: number;
  verdict: Verdict;
  reason?: string | null;
  input?: Json;
  expected?: Json;
  output?: Json;
  stderr?: Text | null;
}

export interface Report {
  id?: string | null;
  verdict: Verdict;
  score: number | null;
  passed: number;
  total: number;
  tests?: TestReport[];
  first_failure?: FirstFailure | null;
  compile?: { ok: boolean; log?: string; cpu_s?: number; stopped_by?: string | null } | null;
  reason?: string | null;
  isolation?: string | null;
  cached?: boolean;
  wall_only?: boolean;
  beside_others?: boolean;
  trust?: { level: string; bits: number; way: string } | null;
  queued_s?: number;
  run_s?: number;
  engine: string;
}

export interface Limits {
  cpu_s?: number;
  wall_s?: number | null;
  memory_mb?: number;
  output_mb?: number;
  processes?: number;
}

/** A piece of a model's answer, as extraction reads it. */
export interface AnswerPart {
  kind: "text" | "program" | "block" | "reasoning";
  text: string;
  why?: string | null;
}

export interface Extraction {
  program: string | null;
  parts: AnswerPart[];
  reason: string;
}

/** Verdicts that a program deserves; the others are no statement about it. */
export function isScore(verdict: Verdict): boolean {
  return verdict !== "judge_error" && verdict !== "cancelled";
}
