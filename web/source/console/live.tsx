import { useEffect, useState } from "preact/hooks";
import type uPlot from "uplot";
import { axis, Chart, colour } from "../shared/chart";
import { count, seconds } from "../shared/format";
import { oneLine, visible } from "../shared/text";
import { Badge, ORDER, ShareBar } from "../shared/verdicts";
import type { Verdict } from "../shared/wire";
import { cancelJob, type Job, type Language, live, type Live, type Minute, Problem } from "./api";

const PERIOD_MS = 3000;

/** How the service fares, anew every few seconds. */
export function LivePage({ languages }: { languages: Language[] }) {
  const [view, setView] = useState<Live | null>(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    let over = false;
    let timer: ReturnType<typeof setTimeout>;
    const look = async () => {
      try {
        const next = await live();
        if (over) return;
        setView(next);
        setProblem("");
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        setProblem(error.detail);
      } finally {
        if (!over) timer = setTimeout(look, PERIOD_MS);
      }
    };
    void look();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, []);
  return (
    <>
      {problem !== "" && <p class="note bad" role="alert">{visible(problem)}</p>}
      {view === null ? <p class="muted" role="status">Asking the service…</p> : <View view={view} languages={languages} />}
    </>
  );
}

function View({ view, languages }: { view: Live; languages: Language[] }) {
  return (
    <>
      {view.warnings.length > 0 && (
        <section aria-labelledby="warnings-head">
          <h2 id="warnings-head">Warnings</h2>
          {view.warnings.map((text) => <p class="note bad" key={text}>{visible(text)}</p>)}
        </section>
      )}
      <Now view={view} />
      <Recent view={view} />
      <Workers view={view} />
      <Jobs jobs={view.jobs} />
      <Errors view={view} />
      <Host view={view} languages={languages} />
    </>
  );
}

function Now({ view: { readiness, queue_limit, minutes } }: { view: Live }) {
  const last = minutes.slice(-2).reduce((sum, each) => sum + each.reports, 0);
  const tiles: [string, string][] = [
    [`${count(readiness.queued)}`, `wait or run, of at most ${count(queue_limit)}`],
    [seconds(readiness.oldest_s), "the oldest waits"],
    [`${readiness.workers_ready} of ${readiness.workers}`, "workers are up"],
    [count(last), "reports in the last two minutes"],
    [count(readiness.workers_lost), "workers lost"],
    [count(readiness.slots_discarded), "slots thrown away"],
  ];
  return (
    <section aria-labelledby="now-head">
      <h2 id="now-head">Now</h2>
      <div class="tiles">
        {tiles.map(([value, name]) => <div class="tile" key={name}><b>{value}</b><span class="muted">{name}</span></div>)}
      </div>
      <p class="muted">Isolation {oneLine(readiness.isolation)}, engine {oneLine(readiness.engine)}</p>
    </section>
  );
}

function sumOf(minutes: Minute[]): [Verdict, number][] {
  return ORDER.map((verdict): [Verdict, number] => [verdict, minutes.reduce((sum, each) => sum + (each.verdicts[verdict] ?? 0), 0)]).filter(
    ([, number]) => number > 0,
  );
}

function Recent({ view: { minutes, api_processes } }: { view: Live }) {
  const times = minutes.map((each) => Date.parse(each.start) / 1000);
  const verdicts = sumOf(minutes);
  const total = verdicts.reduce((sum, [, number]) => sum + number, 0);
  const known = minutes.filter((each) => each.p50_s !== null);
  const latest = known.at(-1);
  return (
    <section aria-labelledby="recent-head">
      <h2 id="recent-head">The last {minutes.length} minutes</h2>
      {api_processes > 1 && <p class="note">Of one of {api_processes} API processes, the one that answered.</p>}
      <h3>Reports a minute</h3>
      <Chart height={160} data={[times, minutes.map((each) => each.reports)]} options={bars} label={`${count(total)} reports in ${minutes.length} minutes.`} />
      <h3>From the queue to the answer, p50 and p95</h3>
      <Chart height={160} data={[times, minutes.map((each) => each.p50_s), minutes.map((each) => each.p95_s)]} options={lines}
        label={latest ? `Median ${seconds(latest.p50_s)}, 95 % within ${seconds(latest.p95_s)} in the last minute with reports.` : "No reports."} />
      <h3>Verdicts</h3>
      {total === 0 ? <p class="muted">None.</p> : <ShareBar counts={verdicts} />}
      <p class="legend">{verdicts.map(([verdict, number]) => <Badge key={verdict} verdict={verdict} count={number} />)}</p>
    </section>
  );
}

const CLOCK: uPlot.Axis.DynamicValues = (_, ticks) => ticks.map((tick) => new Date(1000 * tick).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false }));

function plot(series: uPlot.Series[], values: Partial<uPlot.Axis>): Omit<uPlot.Options, "width" | "height"> {
  return {
    cursor: { show: false },
    legend: { show: series.length > 1, live: false },
    scales: { y: { range: (_, __, most) => [0, most > 0 ? 1.1 * most : 1] } },
    axes: [axis({ values: CLOCK, space: 70 }), axis({ size: 64, ...values })],
    series: [{ label: "time" }, ...series],
  };
}

const bars = () =>
  plot([{ label: "reports", stroke: colour("--accent"), fill: colour("--selection"), width: 2, points: { show: true } }], {
    values: (_, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? count(tick) : "")),
  });
const lines = () =>
  plot(
    [
      { label: "p50", stroke: colour("--accent"), width: 2, points: { show: true } },
      { label: "p95", stroke: colour("--v-time_limit_exceeded"), width: 2, points: { show: true } },
    ],
    { values: (_, ticks) => ticks.map((tick) => seconds(tick)) },
  );

function Workers({ view: { workers } }: { view: Live }) {
  return (
    <section aria-labelledby="workers-head">
      <h2 id="workers-head">Workers</h2>
      {workers.length === 0 ? (
        <p class="muted">None is up.</p>
      ) : (
        <div class="scroll" tabIndex={0} role="group" aria-label="Table of workers">
          <table>
            <thead>
              <tr>
                <th scope="col">worker</th>
                <th scope="col">host</th>
                <th scope="col">isolation</th>
                <th scope="col">does</th>
                <th scope="col" class="number">since</th>
                <th scope="col" class="number">last seen</th>
              </tr>
            </thead>
            <tbody>
              {workers.map((worker) => (
                <tr key={worker.name}>
                  <th scope="row">{oneLine(worker.name, 60)}</th>
                  <td>{oneLine(worker.host, 60)}</td>
                  <td>{oneLine(worker.isolation)}</td>
                  <td>{worker.task ?? "–"}</td>
                  <td class="number">{seconds(worker.since_s)}</td>
                  <td class="number">{worker.seen_s < 1 ? "now" : `${seconds(worker.seen_s)} ago`}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Jobs({ jobs }: { jobs: Job[] }) {
  const [said, setSaid] = useState("");
  const cancel = (id: string) => cancelJob(id).then(() => setSaid(`Job ${id} is cancelled.`), (error: Problem) => setSaid(error.detail));
  return (
    <section aria-labelledby="jobs-head">
      <h2 id="jobs-head">Jobs</h2>
      <p role="status" class="muted">{visible(said)}</p>
      {jobs.length === 0 ? (
        <p class="muted">None.</p>
      ) : (
        <div class="scroll" tabIndex={0} role="group" aria-label="Table of jobs">
          <table>
            <thead>
              <tr>
                <th scope="col">job</th>
                <th scope="col">state</th>
                <th scope="col">progress</th>
                <th scope="col">verdicts</th>
                <th scope="col"><span class="muted">action</span></th>
              </tr>
            </thead>
            <tbody>
              {jobs.map((job) => (
                <tr key={job.job_id}>
                  <th scope="row">{oneLine(job.job_id, 40)}</th>
                  <td>{job.state}</td>
                  <td>
                    <progress max={Math.max(job.total, 1)} value={job.done} aria-label={`${job.done} of ${job.total}`} />
                    {" "}{count(job.done)} / {count(job.total)}
                  </td>
                  <td>{ORDER.filter((verdict) => job.verdicts[verdict]).map((verdict) => <Badge key={verdict} verdict={verdict} count={job.verdicts[verdict]} short />)}</td>
                  <td>
                    {(job.state === "queued" || job.state === "running") && (
                      <button type="button" aria-label={`Cancel job ${job.job_id}`} onClick={() => cancel(job.job_id)}>Cancel</button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Errors({ view: { judge_errors } }: { view: Live }) {
  return (
    <section aria-labelledby="errors-head">
      <h2 id="errors-head">Judge errors</h2>
      {judge_errors.length === 0 ? (
        <p class="muted">None that this process remembers.</p>
      ) : (
        <ul class="pairs">
          {judge_errors.map((each, index) => (
            <li key={index}>
              {new Date(each.at).toLocaleTimeString()} <span class="muted">request {oneLine(each.request_id ?? "unknown", 130)}</span>{" "}
              <span class="reason">{visible(each.reason)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Host({ view: { packages }, languages }: { view: Live; languages: Language[] }) {
  return (
    <section aria-labelledby="host-head">
      <h2 id="host-head">Languages and packages</h2>
      <div class="scroll" tabIndex={0} role="group" aria-label="Table of languages">
        <table>
          <thead>
            <tr>
              <th scope="col">language</th>
              <th scope="col">version</th>
              <th scope="col">modes</th>
            </tr>
          </thead>
          <tbody>
            {languages.map((each) => (
              <tr key={each.name}>
                <th scope="row">{oneLine(each.name, 40)}</th>
                <td class="version">{oneLine(each.version, 120)}</td>
                <td class="modes">{each.modes.join(", ")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <h3>Packages of Python submissions on this host</h3>
      {Object.keys(packages).length === 0 ? (
        <p class="muted">None are known.</p>
      ) : (
        <ul class="packages">{Object.entries(packages).map(([name, version]) => <li key={name}>{oneLine(name, 60)} <span class="muted">{oneLine(version, 30)}</span></li>)}</ul>
      )}
    </section>
  );
}
