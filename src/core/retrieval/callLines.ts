/** Writes the expected calls in one comment line: each as it is written, those that begin and end alike together. */
import type { RankedApi } from './apiForms.ts';
import { byLikelihood, density, type Packable, utf8Bytes } from './packing.ts';

interface Call extends Packable {
  /** What stands before the name, e.g. `res.`, `Arc::`, `new `, `<`; '' for a function. */
  readonly receiver: string;
  /** The same without the value or type that a member is called on: `.` or `::`. */
  readonly link: string;
  readonly name: string;
  /** `()`, `!()` or `>`; '' where a decorator has no arguments. */
  readonly suffix: string;
  /** Worth per byte of the name: what is called on it is paid for once a group. */
  readonly density: number;
  /** Calls with the same one are written together. */
  readonly written: string;
}

const CALL = /^((?:new |@|<)?(?:[^\s(<]*(\.|::))?)([\p{L}\p{N}_$#]+)(!?\(\)|>|)$/u;
/** A constructor, decorator or element keeps its first sign where it is called without its receiver. */
const SIGN = /^(new |@|<)/;

/**
 * A receiver is written out where the calls made on it, taken together, are expected at least this × its bytes ÷ those of the
 * block: the names that it takes the place of are less likely the larger the block is.
 */
const RECEIVER_WORTH = 80;

function callOf({ name, call, probability }: RankedApi): Call {
  const [, receiver = '', link = '', member = call, suffix = ''] = CALL.exec(call) ?? [];
  const sign = SIGN.exec(receiver)?.[0] ?? '';
  // What is made or marked is told by its name; a member is told to be one.
  const without = sign === '' ? link : sign;
  const item = { key: name, value: probability, bytes: utf8Bytes(member) };
  const written = `${receiver}|${suffix}`;
  return { ...item, receiver, link: without, name: member, suffix, density: density(item), written };
}

/** `res.json()`, `require.{NoError,Equal}()`, `{len,print}()`. */
function groupText(prefix: string, calls: readonly Call[]): string {
  const names = calls.map(({ name }) => name).join(',');
  return `${prefix}${calls.length === 1 ? names : `{${names}}`}${calls[0]?.suffix ?? ''}`;
}

/** Calls under one prefix and suffix. */
interface Group {
  readonly prefix: string;
  readonly calls: Call[];
}

/** The likeliest calls that fit, likeliest first; '' where none does. `block`: bytes of the whole block. */
export function callsLine(apis: readonly RankedApi[], comment: string, budget: number, block: number): string {
  const head = `${comment} calls:`;
  let left = budget - utf8Bytes(head);
  const groups = new Map<string, Group>();
  const ordered = apis
    .filter(({ call }) => call !== '')
    .map(callOf)
    .sort((a, b) => b.density - a.density || (a.key < b.key ? -1 : 1));
  const expected = new Map<string, number>();
  for (const { written, value } of ordered) expected.set(written, (expected.get(written) ?? 0) + value);
  for (const call of ordered) {
    const extra = call.receiver.length - call.link.length;
    const isWorth = (expected.get(call.written) as number) >= (RECEIVER_WORTH * extra) / block;
    const prefix = isWorth ? call.receiver : call.link;
    const key = isWorth ? call.written : `${prefix}|${call.suffix}`;
    const group = groups.get(key);
    // A separator; the second of a group brings the braces.
    const cost = call.bytes + (group ? (group.calls.length === 1 ? 3 : 1) : 1 + utf8Bytes(prefix) + call.suffix.length);
    if (cost > left) continue;
    left -= cost;
    if (group) group.calls.push(call);
    else groups.set(key, { prefix, calls: [call] });
  }
  const lists = [...groups.values()];
  for (const { calls } of lists) calls.sort(byLikelihood);
  lists.sort((a, b) => byLikelihood(a.calls[0] as Call, b.calls[0] as Call));
  return lists.length === 0 ? '' : `${head} ${lists.map(({ prefix, calls }) => groupText(prefix, calls)).join(' ')}`;
}
