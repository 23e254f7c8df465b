/** Whether this machine runs on battery: Linux's /sys, macOS' pmset, Windows' WMI. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CallOptions } from '../base/progress.ts';
import type { PowerState } from '../core/engine.ts';
import type { Processes } from '../core/ports.ts';

const TIMEOUT_MS = 5_000;

export interface PowerSources {
  readonly platform: NodeJS.Platform;
  readonly processes: Pick<Processes, 'run'>;
  /** Linux's folder of power supplies. */
  readonly folder?: string;
}

/** Null where this machine does not say: a desktop, a container. Throws for a cancellation only. */
export async function readPower(sources: PowerSources, { signal }: CallOptions): Promise<PowerState> {
  const run = async (command: string, args: readonly string[]) => {
    const request = { command, args, cwd: process.cwd(), timeoutMs: TIMEOUT_MS, ...(signal ? { signal } : {}) };
    return (await sources.processes.run(request)).stdout;
  };
  try {
    switch (sources.platform) {
      case 'linux':
        return { onBattery: fromLinux(sources.folder ?? '/sys/class/power_supply') };
      case 'darwin':
        return { onBattery: fromPmset(await run('pmset', ['-g', 'batt'])) };
      case 'win32':
        return {
          onBattery: fromWindows(await run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', ASK])),
        };
      default:
        return { onBattery: null };
    }
  } catch (error) {
    if (signal?.aborted) throw error;
    return { onBattery: null };
  }
}

/** A mains supply that is online says no; else a battery that is discharging says yes. */
function fromLinux(folder: string): boolean | null {
  const supplies = readdirSync(folder).map((name) => ({
    type: line(join(folder, name, 'type')),
    online: line(join(folder, name, 'online')),
    status: line(join(folder, name, 'status')),
    scope: line(join(folder, name, 'scope')),
  }));
  // A mouse has a battery too.
  const own = supplies.filter(({ scope }) => scope !== 'Device');
  if (own.some(({ type, online }) => type !== 'Battery' && online === '1')) return false;
  const batteries = own.filter(({ type }) => type === 'Battery');
  if (batteries.length === 0) return null;
  return batteries.some(({ status }) => status === 'Discharging');
}

function line(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    // Not every supply has every file.
    return '';
  }
}

function fromPmset(text: string): boolean | null {
  if (/drawing from 'Battery Power'/.test(text)) return true;
  return /drawing from 'AC Power'/.test(text) ? false : null;
}

/** Win32_Battery.BatteryStatus: 1 is "discharging"; a machine without a battery prints nothing. */
const ASK = '(Get-CimInstance Win32_Battery).BatteryStatus';

function fromWindows(text: string): boolean | null {
  const states = text.split(/\s+/).filter(Boolean);
  return states.length === 0 ? null : states.includes('1');
}
