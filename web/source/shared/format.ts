/** Numbers as people read them. */

export function percent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)} %`;
}

/** Percentage points with a sign. */
export function points(share: number): string {
  const text = (100 * share).toFixed(1);
  return `${share > 0 ? "+" : ""}${text.replace("-", "−")}`;
}

export function seconds(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  if (value === 0) return "0 s";
  if (value < 0.001) return `${(1e6 * value).toFixed(0)} µs`;
  if (value < 1) return `${Number((1e3 * value).toPrecision(3))} ms`;
  return `${Number(value.toPrecision(3))} s`;
}

export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  const mib = value / 1024 / 1024;
  return mib >= 1 ? `${Number(mib.toPrecision(3))} MiB` : `${Math.round(value / 1024)} KiB`;
}

export function count(value: number): string {
  return value.toLocaleString("en");
}
