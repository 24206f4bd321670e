// Builds both pages into evaluator/web/built, and notes of which sources they were made.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import preact from "@preact/preset-vite";
import { build } from "vite";

const root = fileURLToPath(new URL(".", import.meta.url));
const target = join(root, "..", "evaluator", "web", "built");
// What is bundled asks to be named where it is copied.
const license = { fileName: "licenses.md" };
const common = { root, logLevel: "error", configFile: false, plugins: [preact()] };

rmSync(target, { recursive: true, force: true });

// The report is one file: its script and style are put into report.html where a report is written.
await build({
  ...common,
  build: {
    license,
    outDir: join(target, "report"),
    lib: { entry: join(root, "source/report/main.tsx"), formats: ["iife"], name: "report", fileName: () => "report.js", cssFileName: "report" },
  },
  define: { "process.env.NODE_ENV": '"production"' },
});
writeFileSync(join(target, "report", "report.html"), readFileSync(join(root, "source/report/report.html")));

await build({
  ...common,
  base: "/console/",
  build: { license, outDir: join(target, "console"), modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
});

writeFileSync(join(target, "sources.sha256"), `${digest()}\n`);

/** The hash of all that the build reads, in the order of the files' names; tests/house/test_web.py computes it too. */
function digest() {
  const hash = createHash("sha256");
  const files = readdirSync(join(root, "source"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"));
  const all = [...files, "build.mjs", "index.html", "package.json", "package-lock.json", "tsconfig.json"];
  for (const name of all.sort((one, other) => (one < other ? -1 : 1))) {
    hash.update(`${name}\0`).update(readFileSync(join(root, name))).update("\0");
  }
  return hash.digest("hex");
}
