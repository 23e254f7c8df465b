/** The tools that agents get, and how a host calls one. */

import { LodestoneError } from '../../base/errors.ts';
import type { CallOptions } from '../../base/progress.ts';
import { considerBlock } from './considerBlock.ts';
import { findAttractors } from './findAttractors.ts';
import { healFile } from './healFile.ts';
import {
  checkedInput,
  MOST_CHARACTERS,
  type Tool,
  type ToolHost,
  type ToolInput,
  type ToolOutput,
  textOf,
} from './tool.ts';

export const TOOLS: readonly Tool[] = [findAttractors, considerBlock, healFile];

export interface ToolAnswer {
  readonly value: ToolOutput;
  /** The value for a model. */
  readonly text: string;
}

/** Throws LodestoneError: badArguments for a wrong input, else what the engine throws. */
export async function callTool(
  name: string,
  input: unknown,
  host: (input: ToolInput) => Promise<ToolHost> | ToolHost,
  options: CallOptions,
): Promise<ToolAnswer> {
  const tool = TOOLS.find((each) => each.name === name);
  if (!tool)
    throw new LodestoneError('badArguments', `There is no tool "${name.slice(0, 80)}".`, {
      advice: `There are ${TOOLS.map((each) => each.name).join(', ')}.`,
    });
  const checked = checkedInput(tool, input);
  const value = await tool.run(checked, await host(checked), options);
  const text = textOf(tool, value);
  if (text.length > 2 * MOST_CHARACTERS)
    throw new LodestoneError('internal', `The answer of ${name} is too long.`, { advice: 'Ask for less.' });
  return { value, text };
}
