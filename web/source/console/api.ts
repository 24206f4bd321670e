import { parseJson } from "../shared/text";
import { recall, remember } from "../shared/theme";
import type { Extraction, Json, Report, Verdict } from "../shared/wire";

/** The service's own API, at the address that this page came from. */

const KEY = "microcoder-key";

/** An answer that is no success; `detail` is the service's sentence. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly detail: string,
    readonly retryAfter: number | null = null,
  ) {
    super(detail);
  }
}

export function key(): string | null {
  return recall(KEY);
}

export function setKey(value: string | null): void {
  remember(KEY, value);
}

export async function ask<T>(path: string, body?: unknown, method?: string, signal?: AbortSignal): Promise<T> {
  const headers: Record<string, string> = {};
  const secret = key();
  if (secret !== null) headers["Authorization"] = `Bearer ${secret}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response: Response;
  try {
    response = await fetch(path, {
      method: method ?? (body === undefined ? "GET" : "POST"),
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
      cache: "no-store",
      credentials: "omit",
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(0, "The service does not answer.");
  }
  const text = await response.text();
  if (!response.ok) throw problemOf(response, text);
  return (text === "" ? null : parseJson(text)) as T;
}

function problemOf(response: Response, text: string): Problem {
  const after = Number(response.headers.get("Retry-After"));
  let detail = `The service answered ${response.status}.`;
  try {
    const { title, detail: more } = JSON.parse(text) as { title?: string; detail?: string };
    detail = [title, more].filter(Boolean).join(": ") || detail;
  } catch {
    // Not JSON: something in between has answered.
  }
  return new Problem(response.status, detail, after > 0 ? after : null);
}

export interface Language {
  name: string;
  aliases: string[];
  version: string;
  extension: string;
  modes: string[];
}

export interface Minute {
  start: string;
  reports: number;
  p50_s: number | null;
  p95_s: number | null;
  verdicts: Partial<Record<Verdict, number>>;
}

export interface Job {
  job_id: string;
  state: string;
  total: number;
  done: number;
  verdicts: Partial<Record<Verdict, number>>;
  created_at: string;
}

export interface Live {
  now: string;
  readiness: {
    workers_ready: number;
    workers: number;
    queued: number;
    slots_discarded: number;
    workers_lost: number;
    oldest_s: number;
    isolation: string;
    engine: string;
  };
  queue_limit: number;
  workers: { name: string; host: string; isolation: string; task: string | null; since_s: number | null; seen_s: number }[];
  minutes: Minute[];
  judge_errors: { at: string; request_id: string | null; reason: string }[];
  jobs: Job[];
  packages: Record<string, string>;
  warnings: string[];
  api_processes: number;
}

export interface Note {
  at: string;
  id: string | null;
  language: string;
  code: string;
  is_answer: boolean;
  relaxed: boolean;
  missing_module: boolean;
  report: Report;
}

export interface VerdictList {
  limit: number;
  count: number;
  verdicts: Partial<Record<Verdict, number>>;
  scores: number[];
  no_code: number;
  missing_module: number;
  relaxed: number;
  notes: Note[];
}

export const languages = () => ask<{ languages: Language[] }>("/v1/languages").then((answer) => answer.languages);
export const grade = (submission: Json, signal: AbortSignal) => ask<Report>("/v1/grade", submission, "POST", signal);
export const extract = (response: string, language: string, suite: Json | null, signal: AbortSignal) =>
  ask<Extraction>("/v1/extract", { response, language, ...(suite === null ? {} : { suite }) }, "POST", signal);
export const live = () => ask<Live>("/v1/live");
export const cancelJob = (id: string) => ask<Job>(`/v1/jobs/${encodeURIComponent(id)}`, undefined, "DELETE");
export const verdictList = (name: string, verdict: string) =>
  ask<VerdictList>(`/v1/verdicts?limit=50&name=${encodeURIComponent(name)}${verdict === "" ? "" : `&verdict=${verdict}`}`);
