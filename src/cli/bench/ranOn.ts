/** What a benchmark ran on: without it nobody can compare its figures. */
import { arch, cpus, platform, release, totalmem } from 'node:os';
import type { CallOptions } from '../../base/progress.ts';
import { SETTINGS } from '../../core/settings.ts';
import { nodeClock } from '../../node/clock.ts';
import { locateGit, readHead } from '../../node/git/gitLocation.ts';
import { ModelService } from '../../node/models/modelService.ts';
import type { Invocation } from '../command.ts';

export interface RanOn {
  readonly lodestone: string;
  readonly node: string;
  readonly machine: string;
  /** Null: none was asked. What the server does not say is null. */
  readonly model: {
    readonly name: string;
    readonly endpoint: string;
    readonly server: string | null;
    readonly architecture: string | null;
    readonly parameters: string | null;
    readonly quantisation: string | null;
  } | null;
}

const DEFAULT_MODEL = String(SETTINGS.find(({ id }) => id === 'lodestone.model.name')?.default ?? '');

/** `--no-model`: null; `--model`, else the setting's default. */
export function chosenModel({ options }: Invocation): string | null {
  if (options['no-model']) return null;
  return (options.model as string | undefined) ?? (DEFAULT_MODEL || null);
}

/** Asks the server for the model before anything is mined; throws what it answers where it has none. */
export async function ranOn(invocation: Invocation, model: string | null, call: CallOptions): Promise<RanOn> {
  const [processor] = cpus();
  const machine = `${cpus().length} × ${processor?.model.trim() ?? arch()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${release()}`;
  const about = { lodestone: invocation.version, node: process.versions.node, machine };
  if (model === null) return { ...about, model: null };
  const apiKey = process.env.LODESTONE_API_KEY;
  const service = new ModelService({
    endpoint: { option: invocation.options.endpoint as string | undefined, environment: process.env.OLLAMA_HOST },
    model,
    families: async () => [],
    clock: nodeClock,
    ...(apiKey ? { apiKey } : {}),
  });
  const { server } = await service.models();
  const { architecture, parameters, quantisation, server: version } = await server.describe(model, call);
  return {
    ...about,
    model: {
      ...{ name: model, endpoint: server.endpoint, server: version ?? null, architecture: architecture || null },
      ...{ parameters: parameters ?? null, quantisation: quantisation ?? null },
    },
  };
}

/** HEAD's commit; null outside git. */
export function commitOf(folder: string): string | null {
  const location = locateGit(folder);
  return (location && readHead(location)) ?? null;
}
