import { bytes, seconds } from "./format";
import { Diff } from "./diff";
import { oneLine, plain, shown, Untrusted, visible } from "./text";
import { Badge } from "./verdicts";
import type { Report, TestReport } from "./wire";

/** What a report says, in one line. */
export function Sentence({ report }: { report: Report }) {
  const reason = report.reason ?? report.first_failure?.reason;
  return (
    <p>
      <Badge verdict={report.verdict} /> {report.total > 0 && `${report.passed} of ${report.total} tests passed`}
      {reason && <span class="reason">{report.total > 0 ? ": " : " "}{visible(reason.slice(0, 2000))}</span>}
    </p>
  );
}

/** The first test that was not accepted: its input, and its output beside the expected one. */
export function FirstFailureOf({ report }: { report: Report }) {
  const failure = report.first_failure;
  if (!failure) return null;
  const [input, expected, output] = [shown(failure.input), shown(failure.expected), shown(failure.output)];
  return (
    <details open>
      <summary>First failure: test {failure.index + 1}</summary>
      {input !== "" && (
        <>
          <h3>Input</h3>
          <Untrusted text={input} label="Input of the first failure" />
        </>
      )}
      {(expected !== "" || output !== "") && <Diff left={expected} right={output} leftName="Expected" rightName="Output" />}
      {plain(failure.stderr) !== "" && (
        <>
          <h3>stderr</h3>
          <Untrusted text={plain(failure.stderr)} label="stderr of the first failure" />
        </>
      )}
    </details>
  );
}

/** The compiler's log, if it said anything. */
export function CompilerLog({ report }: { report: Report }) {
  if (!report.compile?.log) return null;
  return (
    <details open={!report.compile.ok}>
      <summary>Compiler's log{report.compile.stopped_by ? `, stopped by its limit of ${report.compile.stopped_by}` : ""}</summary>
      <Untrusted text={report.compile.log} label="Compiler's log" />
    </details>
  );
}

/** Every test that ran. */
export function Tests({ tests, limit, open = false }: { tests: TestReport[]; limit?: number; open?: boolean }) {
  if (tests.length === 0) return null;
  const some = tests.slice(0, 500);
  return (
    <details open={open}>
      <summary>Tests that ran: {tests.length}</summary>
      <div class="scroll" tabIndex={0} role="group" aria-label="Tests that ran">
        <table>
          <thead>
            <tr>
              <th scope="col">test</th>
              <th scope="col">verdict</th>
              <th scope="col" class="number">CPU</th>
              <th scope="col" class="number">memory</th>
              <th scope="col">accepted by</th>
              <th scope="col">reason</th>
            </tr>
          </thead>
          <tbody>
            {some.map((test) => (
              <tr key={test.index}>
                <th scope="row">{oneLine(test.name ?? test.index + 1, 60)}</th>
                <td><Badge verdict={test.verdict} short /></td>
                <td class={`number ${limit && (test.cpu_s ?? 0) > 0.8 * limit ? "close" : ""}`}>{seconds(test.cpu_s)}</td>
                <td class="number">{bytes(test.memory_bytes)}</td>
                <td>{oneLine(test.matched_by ?? "", 40)}{test.strict === false && test.verdict === "accepted" ? ", not strictly" : ""}</td>
                <td class="reason">{visible((test.reason ?? "").slice(0, 300))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {tests.length > some.length && <p class="note">The first {some.length} are shown.</p>}
    </details>
  );
}
