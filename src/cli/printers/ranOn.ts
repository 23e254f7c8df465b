/** What a benchmark ran on, for a person. */
import { neutralise } from '../../base/neutralise.ts';
import type { RanOn } from '../bench/ranOn.ts';

export function ranOnLines({ lodestone, node, machine, model }: RanOn): string[] {
  const lines = [`Lodestone ${lodestone}, Node ${node}, ${machine}.`];
  if (model === null) return [...lines, 'No model.'];
  const said = [model.architecture, model.parameters, model.quantisation].filter((part) => part !== null);
  const about = said.length > 0 ? ` (${said.join(', ')})` : '';
  return [
    ...lines,
    neutralise(`${model.name}${about} at ${model.endpoint}, ${model.server ?? 'server unknown'}.`, { oneLine: true }),
  ];
}
