import { useEffect, useState } from "preact/hooks";
import { Program } from "../shared/code";
import { count, percent } from "../shared/format";
import { CompilerLog, FirstFailureOf, Sentence, Tests } from "../shared/judged";
import { oneLine, visible } from "../shared/text";
import { Badge, ORDER, ShareBar, VERDICTS } from "../shared/verdicts";
import type { Verdict } from "../shared/wire";
import { type Note, Problem, type VerdictList, verdictList } from "./api";

const TYPING_MS = 300;

/** The reports that the service keeps, if it is told to. */
export function VerdictsPage() {
  const [name, setName] = useState("");
  const [verdict, setVerdict] = useState("");
  const [list, setList] = useState<VerdictList | null>(null);
  const [problem, setProblem] = useState("");
  const [looks, setLooks] = useState(0);
  useEffect(() => {
    const timer = setTimeout(async () => {
      try {
        setList(await verdictList(name, verdict));
        setProblem("");
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        setProblem(error.detail);
      }
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [name, verdict, looks]);
  return (
    <section aria-labelledby="verdicts-head">
      <h2 id="verdicts-head">Verdicts</h2>
      {problem !== "" && <p class="note">{visible(problem)}</p>}
      {list !== null && problem === "" && (
        <>
          <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
            <label>
              Submission's id has
              <input type="search" value={name} onInput={(event) => setName(event.currentTarget.value)} />
            </label>
            <label>
              Verdict
              <select value={verdict} onChange={(event) => setVerdict(event.currentTarget.value)}>
                <option value="">all</option>
                {ORDER.map((each) => <option key={each} value={each}>{VERDICTS[each].name}</option>)}
              </select>
            </label>
            <button type="button" onClick={() => setLooks(looks + 1)}>Look again</button>
          </form>
          <Summary list={list} />
          <h3>The newest {count(list.notes.length)}</h3>
          <ul class="pairs">
            {list.notes.map((note, index) => <Entry key={`${note.at} ${index}`} note={note} />)}
          </ul>
        </>
      )}
    </section>
  );
}

function Summary({ list }: { list: VerdictList }) {
  const verdicts = ORDER.filter((each) => list.verdicts[each]).map((each): [Verdict, number] => [each, list.verdicts[each]!]);
  const tiles: [string, string][] = [
    [count(list.count), `reports are kept, of at most ${count(list.limit)}`],
    [percent(list.no_code), "had no code"],
    [percent(list.missing_module), "lacked a module"],
    [percent(list.relaxed), "are accepted, but not by an exact comparison"],
  ];
  return (
    <>
      <div class="tiles">
        {tiles.map(([value, text]) => <div class="tile" key={text}><b>{value}</b><span class="muted">{text}</span></div>)}
      </div>
      <h3>Scores from 0 to 1</h3>
      <Histogram scores={list.scores} />
      <h3>Verdicts</h3>
      <ShareBar counts={verdicts} />
      <p class="legend">{verdicts.map(([verdict, number]) => <Badge key={verdict} verdict={verdict} count={number} />)}</p>
    </>
  );
}

function Histogram({ scores }: { scores: number[] }) {
  const most = Math.max(...scores, 1);
  const words = scores.map((number, index) => `${index / 10} to ${(index + 1) / 10}: ${number}`).join(", ");
  return (
    <>
      <svg class="histogram" viewBox={`0 0 ${scores.length} 1`} preserveAspectRatio="none" role="img" aria-label={words}>
        {scores.map((number, index) => <rect key={index} x={index + 0.05} width={0.9} y={1 - number / most} height={number / most} />)}
      </svg>
      <p class="axis muted" aria-hidden="true">
        <span>0</span>
        <span>the tallest bar: {count(Math.max(...scores))}</span>
        <span>1</span>
      </p>
    </>
  );
}

function Entry({ note }: { note: Note }) {
  const [open, setOpen] = useState(false);
  return (
    <li>
      <button type="button" class="plain id" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span aria-hidden="true">{open ? "▾" : "▸"}</span> {oneLine(note.id ?? "without an id", 100)}
      </button>{" "}
      <Badge verdict={note.report.verdict} short />
      {note.relaxed && <span class="muted">relaxed </span>}
      {note.missing_module && <span class="muted">lacks a module </span>}
      <span class="muted">{new Date(note.at).toLocaleTimeString()}</span>
      {open && (
        <div class="card">
          <Sentence report={note.report} />
          <Program text={note.code} language={note.is_answer ? undefined : note.language} label={note.is_answer ? "Answer" : "Program"} />
          <FirstFailureOf report={note.report} />
          <CompilerLog report={note.report} />
          <Tests tests={note.report.tests ?? []} />
        </div>
      )}
    </li>
  );
}
