
;(() => {
  // Behind the submission, in its own scope: calls @name@ as call.json says and writes what it gave to result.json.
  const fs = require("fs");
  const write = fs.writeFileSync, stringify = JSON.stringify;
  const call = JSON.parse(fs.readFileSync("call.json", "utf8"));

  class Missing extends Error {}
  class NotPlain extends Error {}

  function target() {
    if (call.style === "operations") {
      if (typeof @name@ === "undefined") throw new Missing("@name@");
      return null;
    }
    if (typeof Solution !== "undefined" && typeof Solution.prototype?.@name@ === "function") {
      const solution = new Solution();
      return solution.@name@.bind(solution);
    }
    if (typeof @name@ === "function") return @name@;
    throw new Missing("@name@");
  }

  const listNode = (values) => (values ?? []).reduceRight((next, val) => {
    const node = typeof ListNode === "undefined" ? {val, next: null} : new ListNode(val);
    node.next = next;
    return node;
  }, null);

  function treeNode(values) {
    if (!values || values.length === 0 || values[0] === null) return null;
    const make = (val) => typeof TreeNode === "undefined" ? {val, left: null, right: null} : new TreeNode(val);
    const root = make(values[0]), waiting = [root];
    for (let at = 1; at < values.length;) {
      const parent = waiting.shift();
      for (const side of ["left", "right"]) {
        const val = at < values.length ? values[at] : null;
        at += 1;
        parent[side] = val === null ? null : make(val);
        if (parent[side] !== null) waiting.push(parent[side]);
      }
    }
    return root;
  }

  function node(val, links) {
    const made = typeof Node === "undefined" ? {val} : new Node(val);
    return Object.assign(made, links);
  }

  function randomNode(given) {
    const made = (given ?? []).map(([val]) => node(val, {next: null, random: null}));
    made.forEach((one, at) => {
      const target = given[at][1];
      one.next = made[at + 1] ?? null;
      one.random = target === null ? null : made[target];
    });
    return made[0] ?? null;
  }

  function naryNode(given) {
    if (!given || given.length === 0) return null;
    const root = node(given[0], {children: []}), waiting = [root];
    let read = 0;
    for (const val of given.slice(1)) {
      if (val === null) {
        read += 1;
        continue;
      }
      const child = node(val, {children: []});
      waiting[read - 1].children.push(child);
      waiting.push(child);
    }
    return root;
  }

  function graphNode(given) {
    const made = (given ?? []).map((_, at) => node(at + 1, {neighbors: []}));
    made.forEach((one, at) => one.neighbors.push(...given[at].map((number) => made[number - 1])));
    return made[0] ?? null;
  }

  const BUILD = {
    ListNode: listNode, TreeNode: treeNode, RandomNode: randomNode, NaryNode: naryNode, GraphNode: graphNode,
  };
  const KIND = /\b(ListNode|TreeNode|RandomNode|NaryNode|GraphNode)\b/;
  const several = (type) => /\blist\[/i.test(type);

  function build(value, type) {
    const found = KIND.exec(type ?? "");
    if (!found) return value;
    return several(type) ? value.map((one) => BUILD[found[1]](one)) : BUILD[found[1]](value);
  }

  function ofList(head) {
    const found = [], seen = new Set();
    for (let node = head; node; node = node.next) {
      if (seen.has(node)) throw new NotPlain("linked list with a cycle");
      seen.add(node);
      found.push(form(node.val));
    }
    return found;
  }

  function ofTree(root) {
    const found = [], waiting = [root], seen = new Set();
    for (let at = 0; at < waiting.length; at += 1) {
      const node = waiting[at] ?? null;
      found.push(node === null ? null : form(node.val));
      if (node === null) continue;
      if (seen.has(node)) throw new NotPlain("tree with a cycle");
      seen.add(node);
      waiting.push(node.left, node.right);
    }
    while (found.length && found[found.length - 1] === null) found.pop();
    return found;
  }

  function ofRandom(head) {
    const numbers = new Map();
    for (let node = head; node && !numbers.has(node); node = node.next) numbers.set(node, numbers.size);
    return Array.from(numbers.keys(), (node) => [form(node.val), node.random ? numbers.get(node.random) ?? -1 : null]);
  }

  function ofNary(root) {
    if (!root) return [];
    const found = [form(root.val)], waiting = [root], seen = new Set();
    for (const node of waiting) {
      if (seen.has(node)) throw new NotPlain("tree with a cycle");
      seen.add(node);
      found.push(null);
      for (const child of node.children ?? []) {
        found.push(form(child.val));
        waiting.push(child);
      }
    }
    while (found[found.length - 1] === null) found.pop();
    return found;
  }

  function ofGraph(start) {
    const found = new Map(), waiting = start ? [start] : [];
    while (waiting.length) {
      const node = waiting.pop();
      if (found.has(node.val)) continue;
      found.set(node.val, node);
      waiting.push(...node.neighbors);
    }
    const ordered = Array.from(found.values()).sort((one, other) => one.val - other.val);
    return ordered.map((node) => node.neighbors.map((neighbor) => form(neighbor.val)));
  }

  const FORM = {ListNode: ofList, TreeNode: ofTree, RandomNode: ofRandom, NaryNode: ofNary, GraphNode: ofGraph};

  function form(value, type) {
    const found = KIND.exec(type ?? "");
    if (found && several(type) && Array.isArray(value)) return value.map((one) => FORM[found[1]](one));
    if (found) return FORM[found[1]](value);
    if (value === null || value === undefined) return null;
    if (["boolean", "string", "number"].includes(typeof value)) {
      if (Number.isNaN(value) || value === Infinity || value === -Infinity) throw new NotPlain(`number ${value}`);
      return value;
    }
    if (typeof value === "bigint") {
      return {type: "int", value: (value < 0n ? "-0x" : "0x") + (value < 0n ? -value : value).toString(16)};
    }
    if (Array.isArray(value) || ArrayBuffer.isView(value)) return Array.from(value, (element) => form(element));
    if (value instanceof Set) return {type: "set", value: Array.from(value, (element) => form(element))};
    if (value instanceof Map) return {type: "dict", value: Array.from(value, ([key, one]) => [form(key), form(one)])};
    if (typeof value === "object" && "val" in value && "left" in value && "right" in value) return ofTree(value);
    if (typeof value === "object" && "val" in value && "next" in value) return ofList(value);
    if (typeof value === "object" && typeof value[Symbol.iterator] === "function") {
      return Array.from(value, (element) => form(element));
    }
    if (typeof value === "object") {
      return {type: "dict", value: Object.entries(value).map(([key, one]) => [key, form(one)])};
    }
    throw new NotPlain(typeof value);
  }

  async function answer() {
    const params = call.types?.params ?? [], returns = call.types?.returns;
    if (call.style === "operations") {
      target();
      const [names, given] = call.arguments;
      const made = new @name@(...given[0]);
      const answers = [null];
      for (let at = 1; at < names.length; at += 1) {
        if (typeof made[names[at]] !== "function") throw new Missing(`@name@.${names[at]}`);
        answers.push(form(await made[names[at]](...given[at])));
      }
      return answers;
    }
    const given = Array.isArray(call.arguments) ? call.arguments : [call.arguments];
    const built = given.map((value, at) => build(value, params[at]));
    const returned = await target()(...built);
    return call.answer === null ? form(returned, returns) : form(built[call.answer], params[call.answer]);
  }

  answer().then((value) => ({value}), (error) => {
    if (error instanceof Missing) return {missing: error.message};
    if (error instanceof NotPlain) return {not_plain: error.message};
    throw error;
  }).then((told) => write("result.json", stringify(told)));
})();
