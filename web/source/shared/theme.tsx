import { useEffect, useState } from "preact/hooks";

type Theme = "auto" | "light" | "dark";
const KEY = "microcoder-theme";

/** Storage is refused to some pages, such as those opened from a file. */
export function remember(name: string, value: string | null): void {
  try {
    if (value === null) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, value);
  } catch {
    // The page works without; it only forgets.
  }
}

export function recall(name: string): string | null {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return null;
  }
}

function paint(dark: boolean): void {
  document.documentElement.dataset["theme"] = dark ? "dark" : "light";
  document.dispatchEvent(new Event("themechange"));
}

/** Dark, light, or as the system has it. */
export function ThemeChoice() {
  const [theme, setTheme] = useState<Theme>((recall(KEY) as Theme | null) ?? "auto");
  useEffect(() => {
    remember(KEY, theme);
    const system = matchMedia("(prefers-color-scheme: dark)");
    const apply = () => paint(theme === "dark" || (theme === "auto" && system.matches));
    const print = () => paint(false);
    apply();
    system.addEventListener("change", apply);
    addEventListener("beforeprint", print);
    addEventListener("afterprint", apply);
    return () => {
      system.removeEventListener("change", apply);
      removeEventListener("beforeprint", print);
      removeEventListener("afterprint", apply);
    };
  }, [theme]);
  return (
    <label class="choice no-print">
      Colours
      <select value={theme} onChange={(event) => setTheme(event.currentTarget.value as Theme)}>
        <option value="auto">as the system</option>
        <option value="light">light</option>
        <option value="dark">dark</option>
      </select>
    </label>
  );
}

/** Count the changes of the theme, for what draws with colours that it reads from the page. */
export function useThemeChanges(): number {
  const [changes, setChanges] = useState(0);
  useEffect(() => {
    const note = () => setChanges((before) => before + 1);
    document.addEventListener("themechange", note);
    return () => document.removeEventListener("themechange", note);
  }, []);
  return changes;
}

export function useNarrow(width = 760): boolean {
  const query = `(max-width: ${width}px)`;
  const [narrow, setNarrow] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const note = () => setNarrow(media.matches);
    media.addEventListener("change", note);
    return () => media.removeEventListener("change", note);
  }, [query]);
  return narrow;
}
