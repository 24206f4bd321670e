import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { useThemeChanges } from "./theme";

/** The value of a colour of base.css: a canvas knows no variables. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

export function axis(extra: Partial<uPlot.Axis> = {}): uPlot.Axis {
  const line = { stroke: colour("--line"), width: 1 };
  return { stroke: colour("--text"), grid: line, ticks: line, font: "12px system-ui, sans-serif", ...extra };
}

interface Plot {
  /** Called anew where colours change. */
  options: () => Omit<uPlot.Options, "width" | "height">;
  data: uPlot.AlignedData;
  height: number;
  /** What the drawing says, in words: for those who cannot see it. */
  label: string;
}

/** A drawing as wide as there is room. */
export function Chart({ options, data, height, label }: Plot) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const theme = useThemeChanges();
  useEffect(() => {
    const box = host.current!;
    const size = () => ({ width: Math.max(box.clientWidth, 200), height });
    plot.current = new uPlot({ ...options(), ...size() }, data, box);
    const watch = new ResizeObserver(() => {
      if (box.clientWidth !== plot.current?.width) plot.current?.setSize(size());
    });
    watch.observe(box);
    return () => {
      watch.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [theme, height, data.length]);
  useEffect(() => plot.current?.setData(data), [data]);
  return <div class="chart" ref={host} role="img" aria-label={label} />;
}
