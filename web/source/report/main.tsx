import "uplot/dist/uPlot.min.css";
import "../shared/base.css";
import { render } from "preact";
import { useState } from "preact/hooks";
import { oneLine, parseJson } from "../shared/text";
import { ThemeChoice } from "../shared/theme";
import { Comparison, Leaderboard, nameOf } from "./compare";
import type { Page } from "./data";
import { Head } from "./head";
import { Score } from "./score";
import { Strip } from "./strip";
import { Problems } from "./table";
import { Time } from "./time";

function Report({ page }: { page: Page }) {
  const [chosen, setChosen] = useState(0);
  const [open, setOpen] = useState<string | null>(null);
  const run = page.runs[chosen]!;
  const choose = (index: number) => {
    setChosen(index);
    setOpen(null);
  };
  return (
    <>
      <a class="skip" href="#main">To the content</a>
      <header class="bar">
        <h1>Run report</h1>
        {page.runs.length > 1 && (
          <label class="choice no-print">
            Run
            <select value={chosen} onChange={(event) => choose(Number(event.currentTarget.value))}>
              {page.runs.map((each, index) => <option key={index} value={index}>{nameOf(each)}</option>)}
            </select>
          </label>
        )}
        <ThemeChoice />
      </header>
      <main id="main" tabIndex={-1}>
        {page.runs.length > 1 && <Leaderboard runs={page.runs} onChoose={choose} />}
        {page.runs.length > 1 && <Comparison runs={page.runs} />}
        <Head run={run} />
        <Score key={`score ${chosen}`} run={run} />
        <Strip key={`strip ${chosen}`} run={run} onOpen={setOpen} />
        <Time key={`time ${chosen}`} run={run} />
        <Problems key={`problems ${chosen}`} run={run} open={open} onOpen={setOpen} />
      </main>
      <footer>Made by {oneLine(page.made_by)}. This file needs nothing but itself.</footer>
    </>
  );
}

const data = document.getElementById("data")!.textContent!;
render(<Report page={parseJson(data) as Page} />, document.getElementById("app")!);
