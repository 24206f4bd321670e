import { useMemo } from "preact/hooks";
import type uPlot from "uplot";
import { axis, Chart, colour } from "../shared/chart";
import { seconds } from "../shared/format";
import { ORDER, VERDICTS } from "../shared/verdicts";
import type { Verdict } from "../shared/wire";
import { type Run, slowest } from "./data";

interface Point {
  time: number;
  limit: number | null;
  verdict: Verdict;
}

/** CPU time of each sample's slowest test, in order, on a logarithmic axis, with the limit. */
export function Time({ run }: { run: Run }) {
  const points = useMemo(() => pointsOf(run), [run]);
  if (points.length === 0) return null;
  const kinds = ORDER.filter((verdict) => points.some((point) => point.verdict === verdict));
  const data: uPlot.AlignedData = useMemo(
    () => [
      points.map((_, index) => index + 1),
      points.map((point) => point.limit),
      ...kinds.map((verdict) => points.map((point) => (point.verdict === verdict ? point.time : null))),
    ],
    [points],
  );
  const times = points.map((point) => point.time);
  const [median, most] = [times[Math.floor(times.length / 2)]!, times.at(-1)!];
  const words = `CPU time of the slowest test of ${points.length} samples: median ${seconds(median)}, most ${seconds(most)}`;
  return (
    <section aria-labelledby="time-head">
      <h2 id="time-head">CPU time</h2>
      <p class="muted">{words}. The dashed line is the limit.</p>
      <Chart options={() => options(kinds)} data={data} height={260} label={`${words}.`} />
    </section>
  );
}

function pointsOf(run: Run): Point[] {
  const points: Point[] = [];
  for (const problem of run.problems) {
    for (const sample of problem.samples) {
      const time = slowest(sample);
      if (time !== null) points.push({ time, limit: problem.limits?.cpu_s ?? null, verdict: sample.report.verdict });
    }
  }
  return points.sort((one, other) => one.time - other.time);
}

function options(kinds: Verdict[]): Omit<uPlot.Options, "width" | "height"> {
  const limit: uPlot.Series = { label: "limit", stroke: colour("--text"), width: 1.5, dash: [6, 4], points: { show: false }, spanGaps: true };
  const series = kinds.map((verdict): uPlot.Series => {
    const paint = colour(`--v-${verdict}`);
    return { label: VERDICTS[verdict].name, stroke: paint, paths: () => null, points: { show: true, size: 6, fill: paint, stroke: paint } };
  });
  return {
    legend: { live: false },
    cursor: { show: false },
    scales: { x: { time: false }, y: { distr: 3 } },
    axes: [
      axis({ label: "samples, by CPU time", labelSize: 22, labelFont: "12px system-ui, sans-serif" }),
      axis({ size: 70, values: (_, ticks) => ticks.map((tick) => (isPower(tick) ? seconds(tick) : "")) }),
    ],
    series: [{ label: "sample" }, limit, ...series],
  };
}

function isPower(value: number | null): boolean {
  return value !== null && Number.isInteger(Math.round(Math.log10(value) * 1e6) / 1e6);
}
