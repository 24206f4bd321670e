"use strict";
// Calls a function of the submission as call.json says and writes what it gave to result.json. The submission is a
// module of its own (solution.js): no name of it is ours. What it may replace for all, we take beforehand.
const fs = require("fs"), vm = require("vm"), {createRequire} = require("module"), {pathToFileURL} = require("url");
const {writeFileSync} = fs, {stringify} = JSON, {isArray} = Array, {exit} = process, {Map, Set, Object, ArrayBuffer} = globalThis;
const sourceOf = Function.prototype.call.bind(Function.prototype.toString);
const MAX_NODES = 10_000_000;
const call = JSON.parse(fs.readFileSync("call.json", "utf8"));
const SOLUTION = `${process.cwd()}/solution.js`, RESULT = `${process.cwd()}/result.json`;

class Missing extends Error {}
class NotPlain extends Error {}

// LeetCode's definitions: a submission finds them where it has none of its own. "Node" is what its arguments make of it.
const NODES = {
  ListNode: function ListNode(val, next) { this.val = val ?? 0; this.next = next ?? null; },
  TreeNode: function TreeNode(val, left, right) { this.val = val ?? 0; this.left = left ?? null; this.right = right ?? null; },
  Node: function Node(val, links, random) {
    this.val = val ?? 0;
    if (isArray(links)) this.children = this.neighbors = links;
    else Object.assign(this, {next: links ?? null, random: random ?? null, children: [], neighbors: []});
  },
};
NODES._Node = NODES.Node;
for (const name of Object.keys(NODES)) Object.defineProperty(globalThis, name, {value: NODES[name], writable: true, configurable: true});
const BEFORE = globalThis[call.name];

// What the submission's last statement tells: its names, those it has not being the globals'.
const NAMES = [...new Set([call.name, "Solution", ...Object.keys(NODES)])].filter(isName);
const TOLD = `{${NAMES.map((name) => `${name}: typeof ${name} === "undefined" ? undefined : ${name}`)}}`;
const OF_MODULE = /import statement|import\.meta|Unexpected token 'export'|await is only valid/;

function isName(name) {
  try {
    return Boolean(new vm.Script(`typeof ${name}`));
  } catch {
    return false;
  }
}

/** The submission's names, and what it exports. */
async function load() {
  const source = fs.readFileSync(SOLUTION, "utf8");
  const module = {exports: {}, id: SOLUTION, filename: SOLUTION, loaded: false, children: [], paths: []};
  let run;
  try {
    run = vm.compileFunction(`${source}\n;return ${TOLD};`, ["exports", "require", "module", "__filename", "__dirname"], {
      filename: SOLUTION,
      importModuleDynamically: vm.constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER ?? ((specifier) => import(specifier)),
    });
  } catch (error) {
    if (!OF_MODULE.test(error.message)) throw error;
    writeFileSync(`${SOLUTION.slice(0, -3)}.mjs`, `${source}\n;export const $microcoder = ${TOLD};`);
    const exported = await import(pathToFileURL(`${SOLUTION.slice(0, -3)}.mjs`));
    return {names: exported.$microcoder, exported};
  }
  const names = run.call(module.exports, module.exports, createRequire(SOLUTION), module, SOLUTION, process.cwd());
  return {names: names ?? {}, exported: module.exports ?? {}};
}

/** A class's method, be it of its objects or its own, or an object's function; none that all classes and objects have. */
function method(holder, name) {
  if (typeof holder === "function") {
    if (has(holder.prototype, name) || holder.prototype && !has(holder, name)) holder = new holder();
  }
  return has(holder, name) && typeof holder[name] === "function" ? (...given) => holder[name](...given) : null;
}

function has(holder, name) {
  for (let at = holder; at && at !== Object.prototype && at !== Function.prototype; at = Object.getPrototypeOf(at)) {
    if (Object.hasOwn(at, name)) return true;
  }
  return false;
}

const isClass = (value) => /^class\b/.test(sourceOf(value));
const named = ({names, exported}, name) => names[name] ?? (has(exported, name) ? exported[name] : globalThis[name]);

/** The function that was asked for; what there was before the submission is none of it. */
function target(loaded) {
  const byDefault = typeof loaded.exported === "function" ? loaded.exported : loaded.exported.default;
  const found = method(named(loaded, "Solution"), call.name);
  if (found) return found;
  const free = named(loaded, call.name);
  if (typeof free === "function" && free !== BEFORE) return free;
  if (typeof byDefault === "function" && !isClass(byDefault)) return byDefault;
  const last = method(byDefault, call.name);
  if (last) return last;
  throw new Missing(call.name);
}

function classOf(loaded) {
  const found = named(loaded, call.name);
  if (typeof found === "function" && found !== BEFORE) return found;
  const byDefault = typeof loaded.exported === "function" ? loaded.exported : loaded.exported.default;
  if (typeof byDefault === "function") return byDefault;
  throw new Missing(call.name);
}

/** A node of the submission's own class, or of LeetCode's. */
function made(loaded, name, val, links) {
  const own = loaded.names[name] ?? NODES[name];
  return Object.assign(new (own === NODES.Node && loaded.names._Node || own)(val), links);
}

const BUILD = {
  ListNode(loaded, values) {
    let head = null;
    for (let at = (values ?? []).length - 1; at >= 0; at -= 1) head = made(loaded, "ListNode", values[at], {next: head});
    return head;
  },
  TreeNode(loaded, values) {
    if (!values || values.length === 0 || values[0] === null) return null;
    const waiting = [made(loaded, "TreeNode", values[0], {})];
    for (let at = 1, parent = 0; at < values.length; parent += 1) {
      for (const side of ["left", "right"]) {
        const val = values[at] ?? null;
        at += 1;
        waiting[parent][side] = val === null ? null : made(loaded, "TreeNode", val, {});
        if (val !== null) waiting[waiting.length] = waiting[parent][side];
      }
    }
    return waiting[0];
  },
  RandomNode(loaded, given) {
    const nodes = each(given, ([val]) => made(loaded, "Node", val, {next: null, random: null}));
    for (let at = 0; at < nodes.length; at += 1) {
      nodes[at].next = nodes[at + 1] ?? null;
      nodes[at].random = given[at][1] === null ? null : nodes[given[at][1]];
    }
    return nodes[0] ?? null;
  },
  NaryNode(loaded, given) {
    if (!given || given.length === 0) return null;
    const waiting = [made(loaded, "Node", given[0], {children: []})];
    for (let at = 1, parent = -1; at < given.length; at += 1) {
      if (given[at] === null) {
        parent += 1;
        continue;
      }
      const child = made(loaded, "Node", given[at], {children: []}), {children} = waiting[parent];
      children[children.length] = waiting[waiting.length] = child;
    }
    return waiting[0];
  },
  GraphNode(loaded, given) {
    const nodes = each(given, (_, at) => made(loaded, "Node", at + 1, {neighbors: []}));
    for (let at = 0; at < nodes.length; at += 1) nodes[at].neighbors = each(given[at], (number) => nodes[number - 1]);
    return nodes[0] ?? null;
  },
};

function each(values, make) {
  const results = [];
  for (let at = 0; at < (values ?? []).length; at += 1) results[at] = make(values[at], at);
  return results;
}

const KIND = /\b(ListNode|TreeNode|RandomNode|NaryNode|GraphNode)\b/;
/** A type's structure, if it names one, and whether it is a list of them. */
function structure(type) {
  const found = KIND.exec(type ?? "");
  return found && {kind: found[1], several: /\blist\[/i.test(type)};
}

function build(loaded, value, type) {
  const found = structure(type);
  if (!found) return value;
  return found.several ? each(value, (one) => BUILD[found.kind](loaded, one)) : BUILD[found.kind](loaded, value);
}

const withoutLast = (values) => {
  while (values.length && values[values.length - 1] === null) values.length -= 1;
  return values;
};

const FORM = {
  ListNode(head) {
    const found = [], seen = new Set();
    for (let node = head; node; node = node.next) {
      if (seen.has(node)) throw new NotPlain("linked list with a cycle");
      seen.add(node);
      found[found.length] = form(node.val);
    }
    return found;
  },
  TreeNode(root) {
    const found = [], waiting = [root];
    for (let at = 0; at < waiting.length; at += 1) {
      const node = waiting[at] ?? null;
      found[at] = node === null ? null : form(node.val);
      if (node !== null) waiting[waiting.length] = node.left, waiting[waiting.length] = node.right;
      if (at > MAX_NODES) throw new NotPlain("tree with a cycle");
    }
    return withoutLast(found);
  },
  RandomNode(head) {
    const numbers = new Map(), nodes = [];
    for (let node = head; node && !numbers.has(node); node = node.next) {
      numbers.set(node, nodes.length);
      nodes[nodes.length] = node;
    }
    return each(nodes, ({val, random}) => [form(val), random ? numbers.get(random) ?? -1 : null]);
  },
  NaryNode(root) {
    if (!root) return [];
    const found = [form(root.val)], waiting = [root];
    for (let at = 0; at < waiting.length; at += 1) {
      found[found.length] = null;
      each(waiting[at].children, (child) => {
        found[found.length] = form(child.val);
        waiting[waiting.length] = child;
      });
      if (found.length > MAX_NODES) throw new NotPlain("tree with a cycle");
    }
    return withoutLast(found);
  },
  GraphNode(start) {
    const found = new Map(), waiting = start ? [start] : [];
    for (let at = 0; at < waiting.length; at += 1) {
      if (found.has(waiting[at].val)) continue;
      found.set(waiting[at].val, waiting[at]);
      each(waiting[at].neighbors, (neighbor) => { waiting[waiting.length] = neighbor; });
    }
    const ordered = [...found.values()].sort((one, other) => one.val - other.val);
    return each(ordered, (node) => each(node.neighbors, (neighbor) => form(neighbor.val)));
  },
};

/** A result as it crosses the wall. */
function form(value, type) {
  const found = structure(type);
  if (found && found.several && isArray(value)) return each(value, FORM[found.kind]);
  if (found) return FORM[found.kind](value);
  if (value === null || value === undefined) return null;
  switch (typeof value) {
    case "boolean": case "string": return value;
    case "number":
      if (value !== value || value === Infinity || value === -Infinity) throw new NotPlain(`number ${value}`);
      return value;
    case "bigint": return {type: "int", value: (value < 0n ? "-0x" : "0x") + (value < 0n ? -value : value).toString(16)};
    case "object": return ofObject(value);
    default: throw new NotPlain(typeof value);
  }
}

function ofObject(value) {
  const all = (values) => each(values, (element) => form(element));
  if (isArray(value) || ArrayBuffer.isView(value)) return all(value);
  if (value instanceof Set) return {type: "set", value: all([...value])};
  if (value instanceof Map) return {type: "dict", value: each([...value], all)};
  if ("val" in value && "left" in value && "right" in value) return FORM.TreeNode(value);
  if ("val" in value && "next" in value) return FORM.ListNode(value);
  if (typeof value[Symbol.iterator] === "function") return all([...value]);
  return {type: "dict", value: each(Object.entries(value), all)};
}

async function operations(loaded) {
  const [names, given] = call.arguments, kind = classOf(loaded), {params = []} = call.types ?? {};
  const object = new kind(...each(given[0], (value, at) => build(loaded, value, params[at])));
  const answers = [null];
  for (let at = 1; at < names.length; at += 1) {
    if (typeof object[names[at]] !== "function") throw new Missing(`${call.name}.${names[at]}`);
    const returned = await object[names[at]](...given[at]);
    answers[at] = returned === object ? null : form(returned);  // for calls in a chain: no value of it is meant
  }
  return answers;
}

async function once(loaded) {
  const {params = [], returns} = call.types ?? {};
  const given = isArray(call.arguments) ? call.arguments : [call.arguments];
  const built = each(given, (value, at) => build(loaded, value, params[at]));
  const returned = await target(loaded)(...built);
  return call.answer === null ? form(returned, returns) : form(built[call.answer], params[call.answer]);
}

async function answer() {
  try {
    const loaded = await load();
    return {value: await (call.style === "operations" ? operations : once)(loaded)};
  } catch (error) {
    if (error instanceof Missing) return {missing: error.message};
    if (error instanceof NotPlain) return {not_plain: error.message};
    throw error;
  }
}

answer().then((told) => {
  writeFileSync(RESULT, stringify(told));
  exit(0);  // whatever timers it has left
});
