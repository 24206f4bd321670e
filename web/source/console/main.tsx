import "uplot/dist/uPlot.min.css";
import "../shared/base.css";
import "./console.css";
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { visible } from "../shared/text";
import { ThemeChoice } from "../shared/theme";
import { key, languages, type Language, Problem, setKey } from "./api";
import { LivePage } from "./live";
import { Login } from "./login";
import { Playground } from "./playground";
import { VerdictsPage } from "./verdicts";

const PAGES = { playground: "Playground", live: "Live", verdicts: "Verdicts" } as const;
type PageName = keyof typeof PAGES;

function pageOf(hash: string): PageName {
  const name = hash.replace(/^#\/?/, "");
  return name in PAGES ? (name as PageName) : "playground";
}

function Console() {
  const [page, setPage] = useState<PageName>(pageOf(location.hash));
  const [known, setKnown] = useState<Language[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    const note = () => setPage(pageOf(location.hash));
    addEventListener("hashchange", note);
    return () => removeEventListener("hashchange", note);
  }, []);
  const start = () =>
    languages().then(
      (list) => {
        setKnown(list);
        setProblem(null);
      },
      (error: Problem) => setProblem(error),
    );
  useEffect(() => void start(), []);
  const leave = () => {
    setKey(null);
    location.reload();
  };
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); document.getElementById("main")?.focus(); }}>To the content</a>
      <header class="bar">
        <h1>MicroCoder-Evaluator</h1>
        <nav aria-label="Pages">
          {(Object.keys(PAGES) as PageName[]).map((name) => (
            <a key={name} href={`#/${name}`} aria-current={name === page ? "page" : undefined}>{PAGES[name]}</a>
          ))}
          <a href="/docs">API</a>
        </nav>
        <ThemeChoice />
        {key() !== null && <button type="button" onClick={leave}>Log out</button>}
      </header>
      <main id="main" tabIndex={-1}>
        {problem?.status === 401 && <Login refused={key() !== null} onKey={start} />}
        {problem !== null && problem.status !== 401 && (
          <section>
            <h2>The service is not ready</h2>
            <p class="note bad">{visible(problem.detail)}</p>
            <button type="button" class="main" onClick={start}>Try again</button>
          </section>
        )}
        {known !== null && problem === null && page === "playground" && <Playground languages={known} />}
        {known !== null && problem === null && page === "live" && <LivePage languages={known} />}
        {known !== null && problem === null && page === "verdicts" && <VerdictsPage />}
      </main>
    </>
  );
}

render(<Console />, document.getElementById("app")!);
