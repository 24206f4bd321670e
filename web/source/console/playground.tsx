import { useEffect, useRef, useState } from "preact/hooks";
import { Answer } from "../shared/answer";
import { Edit } from "../shared/code";
import { CopyButton } from "../shared/copy";
import { seconds } from "../shared/format";
import { CompilerLog, FirstFailureOf, Sentence, Tests } from "../shared/judged";
import { curl, pythonClient } from "../shared/snippets";
import { asciiJson, oneLine, plain, Untrusted, visible } from "../shared/text";
import type { Extraction, Report } from "../shared/wire";
import { extract, grade, key, type Language, Problem } from "./api";
import { EXAMPLES } from "./examples";
import { FormError, submissionOf, suiteOf, type Task } from "./task";
import { SuiteForm } from "./suite-form";

type Outcome = { report: Report } | { problem: string } | null;

/** Programs to try: a form for each part of a submission, and its report. */
export function Playground({ languages }: { languages: Language[] }) {
  const [task, setTask] = useState<Task>(Object.values(EXAMPLES)[0]!);
  const [choices, setChoices] = useState(0);
  const choose = (example: Task) => {
    setTask(example);
    setChoices(choices + 1);
  };
  const change = (part: Partial<Task>) => setTask((before) => ({ ...before, ...part }));
  return (
    <div class="two">
      <div class="column">
        <section aria-labelledby="program-head">
          <h2 id="program-head">Submission</h2>
          <ProgramForm key={choices} task={task} languages={languages} change={change} choose={choose} />
        </section>
        <section aria-labelledby="suite-head">
          <h2 id="suite-head">Suite</h2>
          <SuiteForm key={choices} task={task} languages={languages} change={change} />
        </section>
      </div>
      <Result task={task} />
    </div>
  );
}

interface Form {
  task: Task;
  languages: Language[];
  change: (part: Partial<Task>) => void;
}

function ProgramForm({ task, languages, change, choose }: Form & { choose: (task: Task) => void }) {
  return (
    <>
      <div class="row">
        <label>
          Example
          <select value="" onChange={(event) => { const task = EXAMPLES[event.currentTarget.value]; if (task) choose(task); event.currentTarget.value = ""; }}>
            <option value="">choose one</option>
            {Object.keys(EXAMPLES).map((name) => <option key={name} value={name}>{name}</option>)}
          </select>
        </label>
        <label>
          The text is
          <select value={task.isAnswer ? "answer" : "program"} onChange={(event) => change({ isAnswer: event.currentTarget.value === "answer" })}>
            <option value="program">a program</option>
            <option value="answer">a model's whole answer</option>
          </select>
        </label>
        <label>
          Language
          <select value={task.language} onChange={(event) => change({ language: event.currentTarget.value })}>
            {languages.filter((each) => each.modes.includes(task.mode)).map((each) => <option key={each.name} value={each.name}>{oneLine(each.name)}</option>)}
          </select>
        </label>
      </div>
      <Edit text={task.code} language={task.isAnswer ? undefined : task.language} label={task.isAnswer ? "Answer" : "Program"} onChange={(code) => change({ code })} />
      {task.isAnswer && <LiveExtraction task={task} />}
    </>
  );
}

const TYPING_MS = 300;

/** What is taken of the answer, as one types it. */
function LiveExtraction({ task }: { task: Task }) {
  const [extraction, setExtraction] = useState<Extraction | null>(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    const aborter = new AbortController();
    const timer = setTimeout(async () => {
      try {
        setExtraction(await extract(task.code, task.language, suiteOrNone(task), aborter.signal));
        setProblem("");
      } catch (error) {
        if (!aborter.signal.aborted) setProblem(sentence(error));
      }
    }, TYPING_MS);
    return () => {
      clearTimeout(timer);
      aborter.abort();
    };
  }, [task]);
  return (
    <details open>
      <summary>What is taken of it</summary>
      {problem !== "" && <p class="note bad">{visible(problem)}</p>}
      {extraction !== null && <Answer parts={extraction.parts} reason={extraction.program === null ? `No program: ${extraction.reason}.` : null} />}
    </details>
  );
}

function suiteOrNone(task: Task) {
  try {
    return suiteOf(task);
  } catch {
    return null; // The forms are not complete: extraction works without.
  }
}

function sentence(error: unknown): string {
  if (error instanceof FormError) return error.message;
  if (!(error instanceof Problem)) throw error;
  const wait = error.retryAfter === null ? "" : ` Try again in ${error.retryAfter} s.`;
  return error.detail + wait;
}

function Result({ task }: { task: Task }) {
  const [outcome, setOutcome] = useState<Outcome>(null);
  const [busy, setBusy] = useState(false);
  const aborter = useRef<AbortController | null>(null);
  async function run() {
    setBusy(true);
    aborter.current = new AbortController();
    try {
      setOutcome({ report: await grade(submissionOf(task), aborter.current.signal) });
    } catch (error) {
      setOutcome(aborter.current.signal.aborted ? null : { problem: sentence(error) });
    } finally {
      setBusy(false);
    }
  }
  useEffect(() => () => aborter.current?.abort(), []);
  return (
    <section aria-labelledby="result-head" aria-busy={busy}>
      <h2 id="result-head">Report</h2>
      <div class="row">
        <button type="button" class="main" disabled={busy} onClick={run}>Grade</button>
        {busy && <button type="button" onClick={() => aborter.current?.abort()}>Cancel</button>}
        <Copies task={task} />
      </div>
      <div role="status">
        {busy && <p class="muted">Judging…</p>}
        {!busy && outcome !== null && "problem" in outcome && <p class="note bad">{visible(outcome.problem)}</p>}
        {!busy && outcome !== null && "report" in outcome && <Sentence report={outcome.report} />}
      </div>
      {!busy && outcome !== null && "report" in outcome && <ReportOf report={outcome.report} limit={task.cpuS} />}
    </section>
  );
}

function ReportOf({ report, limit }: { report: Report; limit: number }) {
  return (
    <>
      <p class="muted">
        {seconds(report.run_s)} of running, {seconds(report.queued_s)} in the queue, {oneLine(report.isolation ?? "")}
        {report.cached ? ", from the cache" : ""}, engine {oneLine(report.engine)}
      </p>
      <FirstFailureOf report={report} />
      <CompilerLog report={report} />
      <Tests tests={report.tests ?? []} limit={limit} open />
      <Outputs report={report} />
    </>
  );
}

const OUTPUTS_SHOWN = 20;

/** What each test wrote. */
function Outputs({ report }: { report: Report }) {
  const wrote = (report.tests ?? []).filter((test) => plain(test.stdout) !== "" || plain(test.stderr) !== "");
  return (
    <>
      {wrote.slice(0, OUTPUTS_SHOWN).map((test) => (
        <details key={test.index}>
          <summary>Output of test {test.index + 1}</summary>
          {plain(test.stdout) !== "" && <Untrusted text={plain(test.stdout)} label={`stdout of test ${test.index + 1}`} />}
          {plain(test.stderr) !== "" && <Untrusted text={plain(test.stderr)} label={`stderr of test ${test.index + 1}`} />}
        </details>
      ))}
    </>
  );
}

/** The same submission for a terminal, for Python, and its suite as a file. */
function Copies({ task }: { task: Task }) {
  let texts: [string, string][];
  try {
    const submission = submissionOf(task);
    texts = [
      ["Copy as curl", curl("/v1/grade", submission, location.origin, key() !== null)],
      ["Copy as Python", pythonClient(submission, location.origin)],
      ["Copy suite.json", `${asciiJson(suiteOf(task), 2)}\n`],
    ];
  } catch (error) {
    return <span class="muted">{sentence(error)}</span>;
  }
  return <>{texts.map(([name, text]) => <CopyButton key={name} text={text} label={name} />)}</>;
}
