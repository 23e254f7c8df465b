/** Worker thread that owns the TypeScript language service, so that its long synchronous calls block nobody. */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type * as ts from 'typescript';
import { LodestoneError } from '../../base/errors.ts';
import { portChannel } from '../rpc/channels.ts';
import { serve } from '../rpc/rpc.ts';
import { CANCEL_SLOTS, type TypeScriptApi, type TypeScriptWorkerData } from '../toolchains/typescriptApi.ts';
import { TypeScriptService } from '../toolchains/typescriptService.ts';

if (!parentPort) throw new LodestoneError('internal', 'The TypeScript worker must run in a worker thread.');

const { typescriptPath, cancelFlags } = workerData as TypeScriptWorkerData;
const flags = new Int32Array(cancelFlags);
let current = 0;
let service: TypeScriptService | undefined;

/** TypeScript takes a third of a second to load, so it waits for the first request. */
function load(sequence: number): TypeScriptService {
  current = sequence % CANCEL_SLOTS;
  if (!service) {
    const typescript = createRequire(typescriptPath)(typescriptPath) as typeof ts;
    service = new TypeScriptService(typescript, dirname(typescriptPath), () => Atomics.load(flags, current) === 1);
  }
  return service;
}

serve<TypeScriptApi>(portChannel(parentPort), {
  diagnose: async (request) => load(request.sequence).diagnose(request),
  propose: async (request) => load(request.sequence).propose(request),
  dependents: async (request) => load(request.sequence).dependents(request),
});
