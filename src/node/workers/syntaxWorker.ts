/** Entry of a syntax worker thread: parses and extracts, one file after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { LodestoneError } from '../../base/errors.ts';
import { batchingPortChannel } from '../rpc/channels.ts';
import { serve, Transferred } from '../rpc/rpc.ts';
import { packAnalysis } from '../store/packAnalysis.ts';
import { FileAnalyser } from '../treeSitter/fileAnalyser.ts';
import { TreeSitterRuntime } from '../treeSitter/treeSitterRuntime.ts';
import {
  ANSWERS_PER_POST,
  type SyntaxApi,
  type SyntaxRequest,
  type SyntaxWorkerData,
  type WorkerAnalysis,
} from './syntaxApi.ts';

if (!parentPort) throw new LodestoneError('internal', 'syntaxWorker runs as a worker thread only.');
const { assets, limits, begun } = workerData as SyntaxWorkerData;
const runtime = new TreeSitterRuntime(assets);
// Made ready before the first file comes; whoever analyses that is told if this failed.
runtime.instance().catch(() => undefined);
const analyser = new FileAnalyser(runtime, limits, {
  warn: (message) => server.emit('warning', message),
});
/** How many of the analyser's words the parent has. */
let told = 0;
let last: Promise<unknown> = Promise.resolve();

const server = serve<SyntaxApi>(batchingPortChannel(parentPort, ANSWERS_PER_POST), {
  analyse(request) {
    // Strictly one after the other, also while a grammar loads: `begun` says which one is in work.
    const result = last.then(() => analyse(request));
    last = result.catch(() => undefined);
    return result;
  },
});
server.emit('ready', true);

async function analyse({ path, text, named }: SyntaxRequest): Promise<WorkerAnalysis> {
  Atomics.add(begun, 0, 1);
  const result = await analyser.analyse(path, text, named);
  if ('skipped' in result) return result;
  const packed = packAnalysis(result);
  const { columns, numbers, words } = result.sketch;
  const answer: WorkerAnalysis = { packed, columns, numbers, words: words.slice(told) };
  told = words.length;
  return new Transferred(answer, [packed.buffer, columns.buffer, numbers.buffer]) as unknown as WorkerAnalysis;
}
