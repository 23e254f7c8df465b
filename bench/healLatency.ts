/** Time from the diagnosis to the verified patch for a common single error in a real project: this repository's own sources, one planted error each. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { heal } from '../src/core/healing/healFiles.ts';
import type { Toolchain } from '../src/core/ports.ts';
import { projectRoot } from '../test/projectRoot.ts';
import { caseDeps, closeDeps } from './healDeps.ts';

/** Plants one common error; undefined where the text has no place for it. */
const PLANTS: Readonly<Record<string, (text: string) => string | undefined>> = {
  'misspelt member': (text) => (text.includes('.length') ? text.replace('.length', '.lenght') : undefined),
  'missing import': (text) => {
    const found = /^import \{ (?:type )?\w+ \} from '\.[^']*';\n/m.exec(text);
    return found ? text.replace(found[0], '') : undefined;
  },
  'missing await': (text) => (/= await /.test(text) ? text.replace('= await ', '= ') : undefined),
};

async function main(): Promise<void> {
  const files = (readdirSync(join(projectRoot, 'src/core'), { recursive: true }) as string[])
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `src/core/${name}`)
    .sort()
    .slice(0, 60);
  for (const [name, plant] of Object.entries(PLANTS)) {
    const after: number[] = [];
    const cpu: number[] = [];
    const attempts: number[] = [];
    let healed = 0;
    for (const path of files) {
      const broken = plant(readFileSync(join(projectRoot, path), 'utf8'));
      if (broken === undefined) continue;
      let diagnosed = 0;
      let used: NodeJS.CpuUsage | undefined;
      const deps = caseDeps(projectRoot);
      const timed = {
        ...deps,
        toolchains: deps.toolchains.map((toolchain) =>
          marking(toolchain, () => {
            diagnosed ||= performance.now();
            used ??= process.cpuUsage();
          }),
        ),
      };
      const report = await heal({ files: [path], overlays: { [path]: broken }, trusted: false }, timed, {});
      if (report.files[0]?.before.length !== 1) continue;
      after.push(performance.now() - diagnosed);
      const { user, system } = process.cpuUsage(used);
      cpu.push((user + system) / 1000);
      attempts.push(report.files[0].attempts);
      if (!report.files[0].after.length) healed++;
    }
    const at = (times: readonly number[], share: number) =>
      times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))]?.toFixed(0);
    process.stdout.write(
      `${name}: ${after.length} single errors, ${healed} healed, after the diagnosis p50 ${at(after, 0.5)} ms, p95 ${at(after, 0.95)} ms (CPU of all threads, which a busy machine does not stretch: p50 ${at(cpu, 0.5)} ms, p95 ${at(cpu, 0.95)} ms), tool runs at most ${Math.max(0, ...attempts)}\n`,
    );
  }
}

/** The toolchain, telling when its first diagnosis is done. */
function marking(toolchain: Toolchain, done: () => void): Toolchain {
  return new Proxy(toolchain, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'function') return value;
      if (key !== 'diagnose') return value.bind(target);
      return async (...request: Parameters<Toolchain['diagnose']>) => {
        const result = await target.diagnose(...request);
        done();
        return result;
      };
    },
  });
}

void main().finally(closeDeps);
