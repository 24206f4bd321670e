import { useState } from "preact/hooks";
import { Answer } from "../shared/answer";
import { Program } from "../shared/code";
import { Command } from "../shared/copy";
import { CompilerLog, FirstFailureOf, Sentence, Tests } from "../shared/judged";
import { curl } from "../shared/snippets";
import { oneLine, shown, Untrusted } from "../shared/text";
import { Badge } from "../shared/verdicts";
import type { Json } from "../shared/wire";
import type { Problem, Sample } from "./data";

/** Everything about a problem's samples. */
export function Details({ problem }: { problem: Problem }) {
  const [chosen, setChosen] = useState(0);
  const sample = problem.samples[chosen] ?? problem.samples[0];
  return (
    <div class="card">
      {problem.prompt && (
        <details>
          <summary>Prompt</summary>
          <Untrusted text={problem.prompt} label="Prompt" />
        </details>
      )}
      {problem.samples.length > 1 && (
        <div class="samples no-print" role="group" aria-label="Samples">
          {problem.samples.map((each, index) => (
            <button type="button" key={index} aria-pressed={index === chosen} onClick={() => setChosen(index)}>
              {index + 1} <Badge verdict={each.report.verdict} short />
            </button>
          ))}
        </div>
      )}
      {sample === undefined ? <p>No samples are kept.</p> : <One key={chosen} problem={problem} sample={sample} />}
    </div>
  );
}

function One({ problem, sample }: { problem: Problem; sample: Sample }) {
  const { report } = sample;
  return (
    <>
      <Sentence report={report} />
      {sample.answer && (
        <details>
          <summary>Answer, and what was taken of it</summary>
          <Answer parts={sample.answer} reason={sample.why} />
        </details>
      )}
      <ProgramOf sample={sample} />
      <FirstFailureOf report={report} />
      <CompilerLog report={report} />
      <Tests tests={report.tests ?? []} limit={problem.limits?.cpu_s} />
      <Again problem={problem} sample={sample} />
    </>
  );
}

function ProgramOf({ sample }: { sample: Sample }) {
  if (sample.program === null || sample.program === undefined) return <p class="note">There is no program.</p>;
  return (
    <details open>
      <summary>Program{sample.language ? `, ${oneLine(sample.language, 30)}` : ""}</summary>
      {sample.cut && <p class="note">The program is longer; this is its beginning.</p>}
      <Program text={sample.program} language={sample.language} label="Program" />
    </details>
  );
}

/** The command that judges a sample again. */
function Again({ problem, sample }: { problem: Problem; sample: Sample }) {
  if (sample.program === null || sample.program === undefined || sample.cut) return null;
  const submission = { code: sample.program, language: sample.language ?? "python", detail: "full" };
  const suite = suiteOf(problem, sample);
  return (
    <details>
      <summary>Judge it again</summary>
      {suite && (
        <>
          <p class="muted">By its first failing test alone, at a service that runs (`microcoder serve`):</p>
          <Command text={curl("/v1/grade", { ...submission, suite })} label="command for the first failure" />
        </>
      )}
      {problem.suite_id && (
        <>
          <p class="muted">By all tests, at the service that has judged it, or one with its data directory:</p>
          <Command text={curl("/v1/grade", { ...submission, suite_id: problem.suite_id })} label="command for all tests" />
        </>
      )}
    </details>
  );
}

/** A suite of the first failing test, where the report has all of that test. */
function suiteOf(problem: Problem, sample: Sample): Json | null {
  const failure = sample.report.first_failure;
  const usual = problem.mode === "stdio" || (problem.mode === "function" && problem.function);
  if (!failure || !usual || failure.input === undefined || isCut(failure.input) || isCut(failure.expected)) return null;
  const test = { input: failure.input, output: failure.expected ?? null };
  const suite: Record<string, Json> = { mode: problem.mode!, tests: [test] };
  if (problem.checker) suite["checker"] = problem.checker;
  if (problem.limits) suite["limits"] = problem.limits as Json;
  if (problem.function) suite["function"] = { name: problem.function };
  return suite;
}

/** Long texts of a first failure are cut at this many bytes, on a character's border. */
const CUT = 2048 - 4;

function isCut(value: Json | undefined): boolean {
  return new TextEncoder().encode(shown(value)).length >= CUT;
}
