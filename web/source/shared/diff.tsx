import { getChunks, MergeView, unifiedMergeView } from "@codemirror/merge";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView, highlightWhitespace, lineNumbers } from "@codemirror/view";
import { useEffect, useRef, useState } from "preact/hooks";
import { look, readOnly, shadowOf } from "./code";
import { useNarrow } from "./theme";

interface Sides {
  left: string;
  right: string;
  leftName: string;
  rightName: string;
  language?: string;
}

const COLLAPSE = { margin: 3, minSize: 8 };
/** Where texts differ everywhere, the finest comparison is not worth the time. */
const EFFORT = { scanLimit: 2000, timeout: 500 };
const MARKS = EditorView.theme({
  "&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText": { background: "var(--removed-text)" },
  "&.cm-merge-b .cm-changedText, .cm-changedText": { background: "var(--added-text)" },
  "&.cm-merge-a .cm-changedLine, .cm-deletedChunk": { backgroundColor: "var(--removed)" },
  "&.cm-merge-b .cm-changedLine, .cm-changedLine": { backgroundColor: "var(--added)" },
  ".cm-collapsedLines:before, .cm-collapsedLines:after": { content: "none" },
  ".cm-collapsedLines": { color: "var(--text)", background: "var(--raised)" },
});

/** Two texts side by side, or in one column where there is no room for two. */
export function Diff(sides: Sides) {
  const { left, right, leftName, rightName, language } = sides;
  const host = useRef<HTMLDivElement>(null);
  const jump = useRef<() => void>(() => {});
  const [differ, setDiffer] = useState(true);
  const narrow = useNarrow();
  useEffect(() => {
    const root = shadowOf(host.current!);
    const made = narrow ? unified(sides, root) : sideBySide(sides, root);
    const view = made instanceof MergeView ? made.b : made;
    setDiffer(getChunks(view.state)?.chunks.length !== 0);
    jump.current = () => toFirst(view);
    return () => made.destroy();
  }, [left, right, leftName, rightName, language, narrow]);
  return (
    <div class="diff">
      <div class="diff-head">
        <span>{narrow ? `${leftName} → ${rightName}` : leftName}</span>
        {!narrow && <span>{rightName}</span>}
        <button type="button" class="no-print" disabled={!differ} onClick={() => jump.current()}>
          First difference
        </button>
      </div>
      {!differ && <p class="note">No character differs in what is shown.</p>}
      <div class="editor" ref={host} />
    </div>
  );
}

function common(language: string | undefined, label: string): Extension[] {
  return [lineNumbers(), highlightWhitespace(), MARKS, EditorView.lineWrapping, ...look(language, label), ...readOnly()];
}

function sideBySide({ left, right, leftName, rightName, language }: Sides, root: ShadowRoot): MergeView {
  return new MergeView({
    a: { doc: left, extensions: common(language, leftName) },
    b: { doc: right, extensions: common(language, rightName) },
    parent: root,
    root,
    collapseUnchanged: COLLAPSE,
    diffConfig: EFFORT,
  });
}

function unified({ left, right, leftName, rightName, language }: Sides, root: ShadowRoot): EditorView {
  const extensions = [
    ...common(language, `${leftName} and ${rightName}`),
    unifiedMergeView({ original: left, mergeControls: false, collapseUnchanged: COLLAPSE, diffConfig: EFFORT }),
  ];
  return new EditorView({ state: EditorState.create({ doc: right, extensions }), parent: root, root });
}

function toFirst(view: EditorView): void {
  const chunk = getChunks(view.state)?.chunks[0];
  if (chunk === undefined) return;
  const inside = chunk.changes[0]?.fromB ?? 0;
  const at = Math.min(chunk.fromB + inside, view.state.doc.length);
  view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center", x: "center" }) });
  view.contentDOM.focus({ preventScroll: true });
  view.dom.scrollIntoView({ block: "nearest" });
}
