/** Writes the expected calls in one comment line: each with its parentheses, those of one receiver together. */
import type { RankedApi } from './apiForms.ts';
import { byLikelihood, density, type Packable, utf8Bytes } from './packing.ts';

interface Call extends Packable {
  /** Receiver with its separator, e.g. `res.` or `Arc::`; '' where the call stands alone. */
  readonly receiver: string;
  /** What follows the receiver, without `suffix`. */
  readonly name: string;
  /** `()` or `!()`; what stands alone has it in its name. */
  readonly suffix: string;
}

const MEMBER = /^((?:@|new )?[^\s(<]*(?:\.|::))([\p{L}\p{N}_$#]+)(!?\(\))$/u;

function callOf({ name, call: long, brief, probability }: RankedApi, isBrief: boolean): Call {
  const call = isBrief ? brief : long;
  const [, receiver = '', member = call, suffix = ''] = MEMBER.exec(call) ?? [];
  return { receiver, name: member, suffix, key: name, value: probability, bytes: utf8Bytes(call) };
}

/** `res.json()`, `require.{NoError,Equal}()`. */
function groupText(calls: readonly Call[]): string {
  const [{ receiver, suffix }] = calls as [Call];
  const names = calls.map(({ name }) => name).join(',');
  return `${receiver}${calls.length === 1 ? names : `{${names}}`}${suffix}`;
}

/** The likeliest calls that fit, likeliest first; '' where none does. */
export function callsLine(apis: readonly RankedApi[], comment: string, budget: number, isBrief: boolean): string {
  const head = `${comment} calls:`;
  let left = budget - utf8Bytes(head);
  const groups = new Map<string, Call[]>();
  const ordered = apis
    .filter(({ call }) => call !== '')
    .map((api) => callOf(api, isBrief))
    .sort((a, b) => density(b) - density(a) || (a.key < b.key ? -1 : 1));
  for (const call of ordered) {
    const key = call.receiver === '' ? `=${call.name}` : `${call.receiver}${call.suffix}`;
    const group = groups.get(key) ?? [];
    // A separator; the second of a group brings the braces.
    const cost = group.length === 0 ? call.bytes + 1 : utf8Bytes(call.name) + (group.length === 1 ? 3 : 1);
    if (cost > left) continue;
    left -= cost;
    groups.set(key, [...group, call]);
  }
  const lists = [...groups.values()].map((calls) => calls.sort(byLikelihood));
  lists.sort(([a], [b]) => byLikelihood(a as Call, b as Call));
  return lists.length === 0 ? '' : `${head} ${lists.map(groupText).join(' ')}`;
}
