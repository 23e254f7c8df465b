/** Writes the expected calls in one comment line: each as it is written, those that begin and end alike together. */
import type { RankedApi } from './apiForms.ts';
import { byLikelihood, density, type Packable, utf8Bytes } from './packing.ts';

interface Call extends Packable {
  /** What stands before the name, e.g. `res.`, `Arc::`, `@`, `<`; '' for a function. */
  readonly receiver: string;
  /** The same without the value or type that a member is called on: `.` or `::`. */
  readonly link: string;
  /** With the mark of a macro. */
  readonly text: string;
  /** Worth per byte of the name: what is called on it is paid for once a group. */
  readonly density: number;
}

const CALL = /^((?:new |@|<)?(?:[^\s(<]*(\.|::))?)([\p{L}\p{N}_$#]+)(!?\(\)|>|)$/u;
/** A constructor, decorator or element keeps its first sign where it is called without its receiver. */
const SIGN = /^(new |@|<)/;

/**
 * Size of a block in which a receiver is written out where the calls made on it, taken together, are expected once for each of its
 * bytes. In a smaller one the names that it takes the place of are likelier: its worth falls with the square of the size.
 */
const RECEIVER_ROOM = 400;

function callOf({ name, call, probability }: RankedApi): Call {
  const [, before = '', link = '', member = call, suffix = ''] = CALL.exec(call) ?? [];
  const receiver = /^[A-Z]/.test(member) ? before.replace(/^new /, '') : before;
  const sign = SIGN.exec(receiver)?.[0] ?? '';
  const text = suffix === '!()' ? `${member}!` : member;
  // What is made or marked is told by its name; a member is told to be one.
  const without = before.startsWith('new ') || sign !== '' ? sign : link;
  const item = { key: name, value: probability, bytes: utf8Bytes(text) };
  return { ...item, receiver, link: without, text, density: density(item) };
}

/** `res.json`, `require.NoError,Equal`, `<Button,Icon>`. */
function groupText(prefix: string, calls: readonly Call[]): string {
  return `${prefix}${calls.map(({ text }) => text).join(',')}${closing(prefix)}`;
}

const closing = (prefix: string): string => (prefix.startsWith('<') ? '>' : '');

/** The likeliest calls that fit, likeliest first; '' where none does. `block`: bytes of the whole block. */
export function callsLine(apis: readonly RankedApi[], comment: string, budget: number, block: number): string {
  const head = `${comment} calls:`;
  let left = budget - utf8Bytes(head);
  const groups = new Map<string, Call[]>();
  const ordered = apis
    .filter(({ call }) => call !== '')
    .map(callOf)
    .sort((a, b) => b.density - a.density || (a.key < b.key ? -1 : 1));
  const expected = new Map<string, number>();
  for (const { receiver, value } of ordered) expected.set(receiver, (expected.get(receiver) ?? 0) + value);
  for (const call of ordered) {
    const extra = call.receiver.length - call.link.length;
    const isWorth = (expected.get(call.receiver) as number) >= extra * (RECEIVER_ROOM / block) ** 2;
    const prefix = isWorth ? call.receiver : call.link;
    const group = groups.get(prefix);
    // A comma or a space, and what opens and closes a group.
    const cost = 1 + call.bytes + (group ? 0 : utf8Bytes(prefix) + closing(prefix).length);
    if (cost > left) continue;
    left -= cost;
    if (group) group.push(call);
    else groups.set(prefix, [call]);
  }
  const lists = [...groups];
  for (const [, calls] of lists) calls.sort(byLikelihood);
  lists.sort(([, [a]], [, [b]]) => byLikelihood(a as Call, b as Call));
  return lists.length === 0 ? '' : `${head} ${lists.map(([prefix, calls]) => groupText(prefix, calls)).join(' ')}`;
}
