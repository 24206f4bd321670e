import { useState } from "preact/hooks";
import { setKey } from "./api";

/** Asks for a key, which is kept in this tab until it is closed. */
export function Login({ refused, onKey }: { refused: boolean; onKey: () => Promise<unknown> }) {
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  async function enter(event: Event) {
    event.preventDefault();
    setBusy(true);
    setKey(text.trim());
    await onKey();
    setBusy(false);
  }
  return (
    <section aria-labelledby="login-head" class="login">
      <h2 id="login-head">API key</h2>
      <p>This service asks for a key with each request. `microcoder keys new NAME` makes one.</p>
      {refused && <p class="note bad" role="alert">The service does not know this key.</p>}
      <form class="filters" onSubmit={enter}>
        <label>
          Key
          <input type="password" autocomplete="off" required value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </label>
        <button type="submit" class="main" disabled={busy}>Enter</button>
      </form>
    </section>
  );
}
