import { cpp } from "@codemirror/lang-cpp";
import { java } from "@codemirror/lang-java";
import { javascript } from "@codemirror/lang-javascript";
import { python } from "@codemirror/lang-python";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "preact/hooks";

const COLOURS = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.controlKeyword], color: "var(--syntax-keyword)" },
  { tag: [tags.string, tags.special(tags.string), tags.character], color: "var(--syntax-string)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--syntax-number)" },
  { tag: [tags.comment], color: "var(--syntax-comment)", fontStyle: "italic" },
  { tag: [tags.definition(tags.variableName), tags.function(tags.variableName)], color: "var(--syntax-name)" },
  { tag: [tags.typeName, tags.className, tags.namespace], color: "var(--syntax-type)" },
]);

const LOOK = EditorView.theme({
  "&": { color: "var(--text)", backgroundColor: "var(--code)", fontSize: "13px" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5" },
  ".cm-content": { caretColor: "var(--text)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": { backgroundColor: "var(--code)", color: "var(--muted)", borderRight: "1px solid var(--line)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--selection) !important" },
  ".cm-specialChar": { color: "var(--bad)" },
  ".cm-highlightSpace": {
    backgroundImage: "radial-gradient(circle at 50% 55%, var(--muted) 12%, transparent 14%)",
  },
  ".cm-highlightTab": { backgroundImage: "linear-gradient(var(--muted), var(--muted))", backgroundSize: "80% 1px", backgroundRepeat: "no-repeat", backgroundPosition: "left 55%" },
});

const ROOM = EditorView.theme({ ".cm-content, .cm-gutter": { minHeight: "9rem" } });

/** The extensions that all editors of the pages have. */
export function look(language: string | undefined, label: string): Extension[] {
  return [
    LOOK,
    syntaxHighlighting(COLOURS),
    highlightSpecialChars({ addSpecialChars: /[\u00ad\u061c\u115f\u1160\u2060-\u206f\u3164\ufe00-\ufe0f\uffa0]/ }),
    grammar(language),
    EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
  ];
}

export function readOnly(): Extension[] {
  return [EditorState.readOnly.of(true), EditorView.editable.of(false)];
}

function grammar(language: string | undefined): Extension {
  switch (language) {
    case "python":
    case "py":
    case "python3":
      return python();
    case "c":
    case "cpp":
    case "c++":
    case "cpp17":
      return cpp();
    case "java":
      return java();
    case "javascript":
    case "js":
      return javascript();
    case "typescript":
    case "ts":
      return javascript({ typescript: true });
    default:
      return [];
  }
}

/**
 * A shadow root for an editor: there it brings its styles as sheets, not as elements, which a strict policy refuses.
 */
export function shadowOf(host: HTMLElement): ShadowRoot {
  return host.shadowRoot ?? host.attachShadow({ mode: "open" });
}

interface Viewer {
  text: string;
  language?: string;
  label: string;
}

/** A program to read, with line numbers. */
export function Program({ text, language, label }: Viewer) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const root = shadowOf(host.current!);
    const extensions = [lineNumbers(), ...look(language, label), ...readOnly()];
    const view = new EditorView({ state: EditorState.create({ doc: text, extensions }), parent: root, root });
    return () => view.destroy();
  }, [text, language, label]);
  return (
    <>
      <div class="editor no-print" ref={host} />
      <pre class="only-print">{text}</pre>
    </>
  );
}

interface Editor extends Viewer {
  onChange: (text: string) => void;
}

/**
 * A program to write. Tab leaves it, as it leaves any field. `text` is what it begins with: for another text give it
 * another `key`, since whoever types is ahead of what is drawn.
 */
export function Edit({ text, language, label, onChange }: Editor) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const kind = useRef(new Compartment());
  const changed = useRef(onChange);
  changed.current = onChange;
  useEffect(() => {
    const root = shadowOf(host.current!);
    const listener = EditorView.updateListener.of((update) => {
      if (update.docChanged) changed.current(update.state.doc.toString());
    });
    const extensions = [
      ROOM, lineNumbers(), history(), drawSelection(), indentOnInput(), bracketMatching(),
      keymap.of([...defaultKeymap, ...historyKeymap]), kind.current.of(look(language, label)), listener,
    ];
    view.current = new EditorView({ state: EditorState.create({ doc: text, extensions }), parent: root, root });
    return () => view.current?.destroy();
  }, []);
  useEffect(() => {
    view.current?.dispatch({ effects: kind.current.reconfigure(look(language, label)) });
  }, [language, label]);
  return <div class="editor" ref={host} />;
}
