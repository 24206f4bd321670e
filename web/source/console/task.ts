import type { Json } from "../shared/wire";
import { parseJson } from "../shared/text";

/** What the playground's forms hold, and the submission that they make. */

export type Mode = "stdio" | "function" | "program" | "interactive";

export interface TestRow {
  input: string;
  output: string;
}

export interface Task {
  isAnswer: boolean;
  code: string;
  language: string;
  mode: Mode;
  checker: string;
  /** Options of the checker, as JSON; empty for none. */
  options: string;
  cpuS: number;
  memoryMb: number;
  all: boolean;
  tests: TestRow[];
  functionName: string;
  testCode: string;
  entryPoint: string;
  interactor: string;
  interactorLanguage: string;
}

export const CHECKERS: Record<Mode, string[]> = {
  stdio: ["tokens", "lines", "exact", "json", "float", "unordered", "any_of", "icpc_default", "lcb", "program"],
  function: ["json", "float", "unordered", "any_of", "lcb"],
  program: [],
  interactive: [],
};

/** The fields of a form that cannot be read. */
export class FormError extends Error {}

export function suiteOf(task: Task): Json {
  const suite: Record<string, Json> = { mode: task.mode, limits: { cpu_s: task.cpuS, memory_mb: task.memoryMb } };
  if (task.mode === "program") {
    const program: Record<string, Json> = { test_code: task.testCode };
    if (task.entryPoint.trim() !== "") program["entry_point"] = task.entryPoint.trim();
    return { ...suite, program };
  }
  suite["tests"] = task.tests.map((row, index) => testOf(task, row, index));
  if (task.mode === "function") suite["function"] = { name: task.functionName.trim() };
  if (task.mode === "interactive") suite["interactor"] = { language: task.interactorLanguage, code: task.interactor, protocol: "testlib" };
  if (CHECKERS[task.mode].length > 0 && task.checker !== "") suite["checker"] = { kind: task.checker, ...optionsOf(task) };
  return suite;
}

function optionsOf(task: Task): Record<string, Json> {
  if (task.options.trim() === "") return {};
  const value = readJson(task.options, "the checker's options");
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new FormError("The checker's options are an object of JSON, such as {\"abs\": 1e-6}.");
  }
  return value;
}

function testOf(task: Task, row: TestRow, index: number): Json {
  if (task.mode === "function") {
    return { input: readJson(row.input, `the arguments of test ${index + 1}`), output: readJson(row.output, `the result of test ${index + 1}`) };
  }
  if (task.mode === "interactive") return { input: row.input };
  if (task.checker === "any_of") return { input: row.input, output: readJson(row.output, `the outputs of test ${index + 1}`) };
  return { input: row.input, output: row.output };
}

function readJson(text: string, what: string): Json {
  try {
    return parseJson(text) as Json;
  } catch {
    throw new FormError(`Write ${what} as JSON.`);
  }
}

export function submissionOf(task: Task): Record<string, Json> {
  return {
    language: task.language,
    [task.isAnswer ? "response" : "code"]: task.code,
    suite: suiteOf(task),
    policy: task.all ? "all" : "first_failure",
    detail: "full",
  };
}
