import { useRef } from "preact/hooks";
import { oneLine } from "../shared/text";
import { Badge, classOf, ORDER, VERDICTS } from "../shared/verdicts";
import { accepted, leading, type Problem, type Run } from "./data";

/** One cell for each problem, coloured by its verdict. Arrow keys go from cell to cell. */
export function Strip({ run, onOpen }: { run: Run; onOpen: (id: string) => void }) {
  const box = useRef<HTMLDivElement>(null);
  const leads = run.problems.map(leading);
  function move(event: KeyboardEvent) {
    const steps: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    const step = steps[event.key];
    if (step === undefined) return;
    const cells = [...box.current!.querySelectorAll<HTMLButtonElement>("button")];
    const now = cells.indexOf(document.activeElement as HTMLButtonElement);
    const next = cells[Math.min(Math.max(now + step, 0), cells.length - 1)];
    cells.forEach((cell) => (cell.tabIndex = cell === next ? 0 : -1));
    next?.focus();
    event.preventDefault();
  }
  return (
    <section aria-labelledby="strip-head">
      <h2 id="strip-head">Problems</h2>
      <div class="strip" ref={box} role="toolbar" aria-label="One cell for each problem" onKeyDown={move}>
        {run.problems.map((problem, index) => (
          <Cell key={problem.task_id} problem={problem} first={index === 0} onOpen={onOpen} />
        ))}
      </div>
      <p class="legend">
        {ORDER.filter((verdict) => leads.includes(verdict)).map((verdict) => (
          <Badge key={verdict} verdict={verdict} count={leads.filter((each) => each === verdict).length} />
        ))}
      </p>
    </section>
  );
}

function Cell({ problem, first, onOpen }: { problem: Problem; first: boolean; onOpen: (id: string) => void }) {
  const [right, all, verdict] = [accepted(problem), problem.samples.length, leading(problem)];
  const words = `${oneLine(problem.task_id, 60)}: ${right} of ${all} accepted${verdict === "accepted" ? "" : `, ${VERDICTS[verdict].name}`}`;
  return (
    <button
      type="button"
      tabIndex={first ? 0 : -1}
      class={`cell ${classOf(verdict)} ${right > 0 && right < all ? "partly" : ""}`}
      title={words}
      aria-label={words}
      onClick={() => onOpen(problem.task_id)}
    />
  );
}
