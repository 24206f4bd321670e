import { Edit } from "../shared/code";
import { oneLine } from "../shared/text";
import type { Language } from "./api";
import { CHECKERS, type Mode, type Task, type TestRow } from "./task";

interface Form {
  task: Task;
  languages: Language[];
  change: (part: Partial<Task>) => void;
}

const MODES: Mode[] = ["stdio", "function", "program", "interactive"];

/** The parts of a suite, by its mode. */
export function SuiteForm({ task, languages, change }: Form) {
  return (
    <>
      <div class="row">
        <label>
          Mode
          <select value={task.mode} onChange={(event) => change(changedMode(event.currentTarget.value as Mode))}>
            {MODES.map((mode) => <option key={mode} value={mode}>{mode}</option>)}
          </select>
        </label>
        <Amount name="CPU seconds" value={task.cpuS} step={0.5} most={600} onChange={(cpuS) => change({ cpuS })} />
        <Amount name="Memory, MiB" value={task.memoryMb} step={64} most={65536} onChange={(memoryMb) => change({ memoryMb })} />
        <label class="check">
          <input type="checkbox" checked={task.all} onChange={(event) => change({ all: event.currentTarget.checked })} />
          all tests
        </label>
      </div>
      {CHECKERS[task.mode].length > 0 && <CheckerForm task={task} change={change} />}
      {task.mode === "function" && (
        <div class="row">
          <label>
            Function's name
            <input value={task.functionName} onInput={(event) => change({ functionName: event.currentTarget.value })} />
          </label>
        </div>
      )}
      {task.mode === "program" && <ProgramTests task={task} change={change} />}
      {task.mode === "interactive" && <InteractorForm task={task} languages={languages} change={change} />}
      {task.mode !== "program" && <Rows task={task} change={change} />}
    </>
  );
}

function changedMode(mode: Mode): Partial<Task> {
  return { mode, checker: CHECKERS[mode][0] ?? "", options: "" };
}

function Amount({ name, value, step, most, onChange }: { name: string; value: number; step: number; most: number; onChange: (value: number) => void }) {
  return (
    <label>
      {name}
      <input type="number" min={step} max={most} step={step} value={value}
        onInput={(event) => { const next = event.currentTarget.valueAsNumber; if (next > 0) onChange(next); }} />
    </label>
  );
}

function CheckerForm({ task, change }: Omit<Form, "languages">) {
  const withOptions = ["float", "unordered", "any_of", "icpc_default", "program"].includes(task.checker);
  const hint: Record<string, string> = {
    float: '{"abs": 1e-6, "rel": 1e-6}',
    unordered: '{"of": "lines"}',
    any_of: '{"checker": {"kind": "tokens"}}',
    icpc_default: '{"args": ["float_tolerance", "1e-6"]}',
    program: '{"language": "python", "code": "…", "protocol": "testlib"}',
  };
  return (
    <div class="row">
      <label>
        Checker
        <select value={task.checker} onChange={(event) => change({ checker: event.currentTarget.value, options: "" })}>
          {CHECKERS[task.mode].map((kind) => <option key={kind} value={kind}>{kind}</option>)}
        </select>
      </label>
      {withOptions && (
        <label>
          Its options, as JSON
          <input size={34} value={task.options} placeholder={hint[task.checker]} onInput={(event) => change({ options: event.currentTarget.value })} />
        </label>
      )}
    </div>
  );
}

function ProgramTests({ task, change }: Omit<Form, "languages">) {
  return (
    <>
      <div class="row">
        <label>
          Entry point, if the tests call `candidate`
          <input value={task.entryPoint} onInput={(event) => change({ entryPoint: event.currentTarget.value })} />
        </label>
      </div>
      <h3>Test code</h3>
      <Edit text={task.testCode} language={task.language} label="Test code" onChange={(testCode) => change({ testCode })} />
    </>
  );
}

function InteractorForm({ task, languages, change }: Form) {
  return (
    <>
      <div class="row">
        <label>
          Interactor's language
          <select value={task.interactorLanguage} onChange={(event) => change({ interactorLanguage: event.currentTarget.value })}>
            {languages.map((each) => <option key={each.name} value={each.name}>{oneLine(each.name)}</option>)}
          </select>
        </label>
      </div>
      <h3>Interactor, by testlib's protocol</h3>
      <Edit text={task.interactor} language={task.interactorLanguage} label="Interactor" onChange={(interactor) => change({ interactor })} />
    </>
  );
}

function labelsOf(task: Task): [string, string | null] {
  if (task.mode === "interactive") return ["File for the interactor", null];
  if (task.mode === "function") return ["Arguments, a list as JSON", "Result, as JSON"];
  return ["Input", task.checker === "any_of" ? "Outputs, a list as JSON" : "Expected output"];
}

function Rows({ task, change }: Omit<Form, "languages">) {
  const set = (index: number, row: TestRow) => change({ tests: task.tests.map((each, at) => (at === index ? row : each)) });
  const [left, right] = labelsOf(task);
  return (
    <fieldset>
      <legend>Tests</legend>
      <div class="tests">
        {task.tests.map((row, index) => (
          <div class="test" key={index}>
            <label>
              {left} {index + 1}
              <textarea spellcheck={false} value={row.input} onInput={(event) => set(index, { ...row, input: event.currentTarget.value })} />
            </label>
            {right !== null && (
              <label>
                {right} {index + 1}
                <textarea spellcheck={false} value={row.output} onInput={(event) => set(index, { ...row, output: event.currentTarget.value })} />
              </label>
            )}
            <button type="button" aria-label={`Remove test ${index + 1}`} disabled={task.tests.length < 2}
              onClick={() => change({ tests: task.tests.filter((_, at) => at !== index) })}>
              Remove
            </button>
          </div>
        ))}
      </div>
      <button type="button" onClick={() => change({ tests: [...task.tests, { input: "", output: "" }] })}>Add a test</button>
    </fieldset>
  );
}
