/** Reads the packed normalised trees of one file (written by encodeMiningTrees in the syntax worker). */
import { LodestoneError } from '../../base/errors.ts';
import { MINING_TREES_VERSION } from './treeWriter.ts';

/**
 * A forest in preorder: node i's descendants are i+1 … i+size[i]-1. Lines count from 1; `span` is endLine − line.
 * Labels are file-local numbers into `labels`.
 */
export interface MiningTrees {
  readonly labels: readonly string[];
  readonly label: Int32Array;
  readonly size: Int32Array;
  readonly line: Int32Array;
  readonly span: Int32Array;
  /** Function nodes in ascending order, and the index of each in `FileFacts.functions`. */
  readonly functionNodes: Int32Array;
  readonly functionFacts: Int32Array;
  /** Statement nodes in ascending order; statement k mentions variables[variableStart[k] … variableStart[k+1]-1]. */
  readonly statementNodes: Int32Array;
  readonly variableStart: Int32Array;
  readonly variables: Uint16Array;
  /** Arguments whose place among their call's arguments (from 0; -1 for a receiver) is not that among their siblings, ascending. */
  readonly slotNodes: Int32Array;
  readonly slots: Int32Array;
}

/** Throws LodestoneError badData where the bytes are not of this version or end early. */
export function decodeMiningTrees(bytes: Uint8Array): MiningTrees {
  let at = 0;
  const unsigned = (): number => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) throw new LodestoneError('badData', 'Mining trees end early.');
      value |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    return value >>> 0;
  };
  const version = bytes.length === 0 ? -1 : unsigned();
  if (version !== MINING_TREES_VERSION)
    throw new LodestoneError('badData', `Mining trees have version ${version}, not ${MINING_TREES_VERSION}.`, {
      advice: 'Rebuild the store: the file is analysed again.',
    });
  const labelCount = unsigned();
  const textLength = unsigned();
  const text = new TextDecoder().decode(bytes.subarray(at, at + textLength));
  at += textLength;
  const labels = labelCount === 0 ? [] : text.split('\n');
  const count = unsigned();
  if (labels.length !== labelCount || count > bytes.length)
    throw new LodestoneError('badData', 'Mining trees are damaged.');
  const column = (): Int32Array => {
    const values = new Int32Array(count);
    for (let index = 0; index < count; index++) values[index] = unsigned();
    return values;
  };
  const label = column();
  const size = column();
  const line = new Int32Array(count);
  let last = 0;
  for (let index = 0; index < count; index++) {
    const zigzag = unsigned();
    last += (zigzag >>> 1) ^ -(zigzag & 1);
    line[index] = last;
  }
  const span = column();
  const functionCount = unsigned();
  const functionNodes = new Int32Array(functionCount);
  const functionFacts = new Int32Array(functionCount);
  for (let index = 0; index < functionCount; index++) {
    functionNodes[index] = unsigned();
    functionFacts[index] = unsigned();
  }
  const statementCount = unsigned();
  const statementNodes = new Int32Array(statementCount);
  const variableStart = new Int32Array(statementCount + 1);
  const variables: number[] = [];
  for (let index = 0; index < statementCount; index++) {
    statementNodes[index] = unsigned();
    for (let left = unsigned(); left > 0; left--) variables.push(unsigned());
    variableStart[index + 1] = variables.length;
  }
  const slotCount = unsigned();
  const slotNodes = new Int32Array(slotCount);
  const slots = new Int32Array(slotCount);
  for (let index = 0, node = 0; index < slotCount; index++) {
    node += unsigned();
    slotNodes[index] = node;
    slots[index] = unsigned() - 1;
  }
  return {
    ...{
      slotNodes,
      slots,
      labels,
      label,
      size,
      line,
      span,
      functionNodes,
      functionFacts,
      statementNodes,
      variableStart,
    },
    variables: Uint16Array.from(variables),
  };
}
