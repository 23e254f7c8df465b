/** Which exported signatures a change touches: what other files may depend on. */
import type { FileFacts } from '../syntax/facts.ts';

/**
 * Exported names whose signature differs or which vanished, sorted. Additions are not listed: nobody depends on them
 * yet. Methods are named `Class.method`; a method counts where its class is exported.
 */
export function changedExports(before: FileFacts, after: FileFacts): string[] {
  const old = exportedSignatures(before);
  const now = exportedSignatures(after);
  const changed = new Set<string>();
  for (const [name, signature] of old) if (now.get(name) !== signature) changed.add(name);
  return [...changed].sort();
}

function exportedSignatures(facts: FileFacts): Map<string, string> {
  const exported = new Set(facts.exports);
  for (const type of facts.types) if (type.exported) exported.add(type.name);
  const signatures = new Map<string, string>();
  for (const name of facts.exports) signatures.set(name, '');
  for (const type of facts.types) {
    if (!exported.has(type.name)) continue;
    const members = type.members.map((member) => `${member.name}:${member.type ?? ''}`).join(';');
    signatures.set(type.name, `${type.signature}{${members}}`);
  }
  for (const fact of facts.functions) {
    const visible = fact.container ? exported.has(fact.container) : fact.exported || exported.has(fact.name);
    if (!visible || fact.parent !== -1 || !fact.name) continue;
    const name = fact.container ? `${fact.container}.${fact.name}` : fact.name;
    // Overloads and getter/setter pairs share a name: their signatures stand together.
    signatures.set(name, [signatures.get(name), fact.signature].filter(Boolean).join('\n'));
  }
  return signatures;
}
