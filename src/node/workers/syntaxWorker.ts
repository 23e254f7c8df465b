/** Entry of a syntax worker thread: parses and extracts, one file after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { LodestoneError } from '../../base/errors.ts';
import { portChannel } from '../rpc/channels.ts';
import { serve, Transferred } from '../rpc/rpc.ts';
import { packAnalysis } from '../store/packAnalysis.ts';
import { FileAnalyser } from '../treeSitter/fileAnalyser.ts';
import { TreeSitterRuntime } from '../treeSitter/treeSitterRuntime.ts';
import type { SyntaxApi, SyntaxWorkerData, WorkerAnalysis } from './syntaxApi.ts';

if (!parentPort) throw new LodestoneError('internal', 'syntaxWorker runs as a worker thread only.');
const { assets, limits } = workerData as SyntaxWorkerData;
const analyser = new FileAnalyser(new TreeSitterRuntime(assets), limits, {
  warn: (message) => server.emit('warning', message),
});

const server = serve<SyntaxApi>(portChannel(parentPort), {
  async analyse({ path, text }) {
    const result = await analyser.analyse(path, text);
    if ('skipped' in result) return result;
    const { encoded, packed } = packAnalysis(result);
    return new Transferred({ encoded, packed }, [encoded.buffer, packed.buffer]) as unknown as WorkerAnalysis;
  },
});
server.emit('ready', true);
