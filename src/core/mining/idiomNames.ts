/** Names idioms as a person would: a verb from a closed list, and the APIs that set the sites apart. */
import type { BackgroundModel } from './background.ts';
import { parents } from './embedding.ts';
import { skeleton } from './skeleton.ts';

const STRONG = /^(?:(?:call|chain|new|macro|decorator|base) |jsx [^a-z])/;

/** A pattern with label names instead of numbers. */
export interface NamedPattern {
  readonly labels: readonly string[];
  readonly depths: Uint8Array;
  readonly family?: string;
}

/** How a label is written in a name: `Joi.object`, `<Button>`, `@Injectable`, `println!`. */
export function displayLabel(label: string): string {
  const [, head = '', name = ''] = /^(\S+) (.*)$/.exec(label) ?? [];
  if (head === 'jsx') return `<${name}>`;
  if (head === 'decorator') return `@${name}`;
  return name.replace(/^\./, '').replace(/^(?:this|self)\./, '');
}

/** Strong anchors of a pattern, the most telling first; ties in the pattern's order. */
export function anchorsBySpecificity(pattern: NamedPattern, model: BackgroundModel): string[] {
  const anchors = pattern.labels
    .map((label, order) => ({ label, order }))
    .filter(({ label }) => STRONG.test(label) && label !== 'call ()')
    .sort((a, b) => model.labelBits(b.label) - model.labelBits(a.label) || a.order - b.order)
    .map(({ label }) => displayLabel(label));
  return [...new Set(anchors)];
}

const WRAPPERS = new Set(['declare', 'await', 'return', 'propagate', 'yield', 'unary &', 'assign =', 'assign :=']);

/** Strips `x = await …?` down to what is done. */
function core(pattern: NamedPattern): { index: number; wrappers: Set<string> } {
  const above = parents(pattern.depths);
  const wrappers = new Set<string>();
  let index = 0;
  while (WRAPPERS.has(pattern.labels[index] as string)) {
    const only = [...above.keys()].filter((child) => above[child] === index);
    const strong = only.filter((child) =>
      /^(?:call|chain|new|await|propagate|macro|jsx|unary &)/.test(pattern.labels[child] as string),
    );
    if (strong.length !== 1) break;
    wrappers.add(pattern.labels[index] as string);
    index = strong[0] as number;
  }
  return { index, wrappers };
}

/** Names along a call chain, in the order of the calls: `request`, `post`, `expect`. */
function chainNames(pattern: NamedPattern, index: number): string[] {
  const names: string[] = [];
  let at = index;
  while (/^(?:chain|call|new) /.test(pattern.labels[at] as string)) {
    names.unshift(displayLabel(pattern.labels[at] as string));
    if (!(pattern.labels[at] as string).startsWith('chain ')) break;
    let next = at + 1;
    while (/^(?:await|propagate)$/.test(pattern.labels[next] ?? '')) next++;
    const depth = pattern.depths[next];
    if (depth === undefined || depth <= (pattern.depths[at] as number) || pattern.labels[next] === 'args') break;
    at = next;
  }
  return names;
}

function code(text: string): string {
  return `\`${text}\``;
}

function extra(pattern: NamedPattern, model: BackgroundModel, used: string): string {
  const words = pattern.labels
    .filter((label) => /^(?:key|kwarg|attr|ref|type) /.test(label) && !used.includes(displayLabel(label)))
    .sort((a, b) => model.labelBits(b) - model.labelBits(a));
  const best = words[0];
  return best !== undefined && model.labelBits(best) >= 5 ? ` with ${code(displayLabel(best))}` : '';
}

function pairOf(anchors: readonly string[], joint: string): string {
  return anchors.slice(0, 2).map(code).join(` ${joint} `);
}

/** A short name, e.g. "Wrap a function in `catchAsync`"; every quoted word occurs at every site. */
export function idiomName(pattern: NamedPattern, model: BackgroundModel): string {
  const anchors = anchorsBySpecificity(pattern, model);
  const first = anchors[0] ?? '';
  const { index, wrappers } = core(pattern);
  const label = pattern.labels[index] as string;
  const has = (wanted: string) => pattern.labels.includes(wanted);
  const inOrder = [...new Set(pattern.labels.filter((text) => STRONG.test(text)).map(displayLabel))].filter((name) =>
    anchors.slice(0, 3).includes(name),
  );
  if (has('throw')) {
    const thrown = pattern.labels.slice(pattern.labels.indexOf('throw')).find((text) => /^(?:new|call) /.test(text));
    const name = thrown ? displayLabel(thrown) : first;
    const other = anchors.find((anchor) => anchor !== name);
    return `Throw ${code(name)}${other ? ` around ${code(other)}` : ''}`;
  }
  const head = label.split(' ')[0] as string;
  switch (head) {
    case 'try':
    case 'catch':
      return `Catch errors around ${pairOf(anchors, 'and')}`;
    case 'if':
      if (has('return')) return earlyReturn(pattern, inOrder);
      return `Guard ${pairOf(inOrder, 'and')}`;
    case 'for':
    case 'while':
      return `Loop with ${pairOf(inOrder, 'and')}`;
    case 'with':
      return `Open ${pairOf(inOrder, 'and')} in a with block`;
    case 'defer':
      return `Defer ${code(first)}`;
    case 'go':
      return `Start ${code(first)} in a goroutine`;
    case 'assert':
      return `Assert on ${pairOf(inOrder, 'and')}`;
    case 'class': {
      const base = pattern.labels.find((text) => text.startsWith('base '));
      const others = anchors.filter((name) => base === undefined || name !== displayLabel(base));
      if (base === undefined) return `Define a type with ${pairOf(inOrder, 'and')}`;
      const verb =
        base.includes('::') || has('returns fmt::Result') || pattern.family === 'rust' ? 'Implement' : 'Extend';
      return `${verb} ${pairOf([displayLabel(base), ...others], 'with')}`;
    }
    case 'jsx': {
      const own = displayLabel(label);
      const others = anchors.filter((name) => name !== own);
      return others.length > 0
        ? `Render ${pairOf([own, ...others], 'with')}`
        : `Render ${code(own)}${extra(pattern, model, label)}`;
    }
    case 'new':
      return `Build ${code(displayLabel(label))}${extra(pattern, model, label)}`;
    case 'macro':
      return `Use ${code(displayLabel(label))}`;
    case 'assign':
      return `Set from ${pairOf(inOrder, 'and')}`;
    case 'switch':
      return `Switch over ${pairOf(inOrder, 'and')}`;
    case 'block':
      if (first.startsWith('<')) return `Render ${pairOf(inOrder, 'with')}`;
      return inOrder.length > 1
        ? `Call ${inOrder.slice(0, 3).map(code).join(', then ')}`
        : `Call ${code(first)}${extra(pattern, model, first)}`;
    case 'function':
    case 'async': {
      const decorator = anchors.find((name) => name.startsWith('@'));
      if (decorator)
        return `Decorate with ${pairOf([decorator, ...anchors.filter((name) => name !== decorator)], 'and')}`;
      return inOrder.length > 1
        ? `Call ${pairOf(inOrder, 'then')}`
        : `Call ${code(first)}${extra(pattern, model, first)}`;
    }
    case 'chain': {
      const names = chainNames(pattern, index);
      const shown = names.length > 4 ? [...names.slice(0, 2), '…', ...names.slice(-1)] : names;
      if (names.length > 1) return `Chain ${code(shown.join('.'))}`;
      const other = anchors.find((anchor) => anchor !== names[0]);
      return `Call ${code(names[0] ?? first)}${other === undefined ? extra(pattern, model, label) : ` with ${code(other)}`}`;
    }
    default: {
      const callee = displayLabel(label);
      const wraps = /^(?:async )?function$/.test(pattern.labels[index + 1] ?? '');
      const verb = wraps ? 'Wrap a function in' : wrappers.has('await') || has('await') ? 'Await' : 'Call';
      const other = anchors.find((anchor) => anchor !== callee);
      const main = head === 'call' && callee !== '()' ? callee : first;
      if (other !== undefined && other !== main) return `${verb} ${code(main)} with ${code(other)}`;
      return `${verb} ${code(main)}${extra(pattern, model, main)}`;
    }
  }
}

/** `if (…) return x(…)`: what is returned, and what is looked at before. */
function earlyReturn(pattern: NamedPattern, inOrder: readonly string[]): string {
  const at = pattern.labels.lastIndexOf('return');
  const returned = pattern.labels
    .slice(at)
    .filter((label) => STRONG.test(label))
    .map(displayLabel);
  const before = inOrder.filter((name) => !returned.includes(name));
  if (returned.length === 0) return `Return early on ${pairOf(before, 'and')}`;
  const after = before[0] === undefined ? '' : ` after ${code(before[0])}`;
  return `Return ${code(returned[0] as string)} early${after}`;
}

/** One sentence: the code with its holes, how often, where. */
export function idiomSummary(pattern: NamedPattern, sites: readonly { path: string }[], files: number): string {
  const text = skeleton(pattern.labels, pattern.depths, 110);
  return `\`${text}\` in ${sites.length} places over ${files} files${place(sites)}.`;
}

/** ", mostly in src/services" where one folder holds at least 70 % of the sites. */
export function place(sites: readonly { path: string }[]): string {
  const counts = new Map<string, number>();
  for (const { path } of sites) {
    const parts = path.split('/').slice(0, -1);
    for (let depth = 1; depth <= parts.length; depth++) {
      const folder = parts.slice(0, depth).join('/');
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    }
  }
  const dense = [...counts.entries()]
    .filter(([, count]) => count >= sites.length * 0.7)
    .sort((a, b) => b[0].length - a[0].length || (a[0] < b[0] ? -1 : 1));
  const best = dense[0];
  if (best === undefined) return '';
  return best[1] === sites.length ? `, all in ${best[0]}` : `, mostly in ${best[0]}`;
}
