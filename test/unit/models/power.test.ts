/** Whether the machine runs on battery, from what each system says. */
import { strict as assert } from 'node:assert';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LodestoneError } from '../../../src/base/errors.ts';
import { readPower } from '../../../src/node/power.ts';

type Run = Parameters<typeof readPower>[0]['processes']['run'];

const says =
  (stdout: string): Run =>
  async () => ({ exitCode: 0, stdout, stderr: '', timedOut: false, truncated: false });

describe('power', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lodestone-power-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const supply = (name: string, files: Record<string, string>) => {
    mkdirSync(join(folder, name));
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, name, file), `${text}\n`);
  };
  const linux = () => readPower({ platform: 'linux', folder, processes: { run: says('') } }, {});

  it('Linux: a battery that is discharging, unless a mains supply is online', async () => {
    assert.deepEqual(await linux(), { onBattery: null });
    supply('BAT0', { type: 'Battery', status: 'Discharging' });
    supply('hidpp_battery_0', { type: 'Battery', status: 'Discharging', scope: 'Device' });
    assert.deepEqual(await linux(), { onBattery: true });
    supply('AC', { type: 'Mains', online: '1' });
    assert.deepEqual(await linux(), { onBattery: false });
  });

  it('Linux: the battery of a mouse says nothing, and a missing folder neither', async () => {
    supply('hidpp_battery_0', { type: 'Battery', status: 'Discharging', scope: 'Device' });
    assert.deepEqual(await linux(), { onBattery: null });
    rmSync(folder, { recursive: true });
    assert.deepEqual(await linux(), { onBattery: null });
  });

  for (const [platform, text, onBattery] of [
    ['darwin', "Now drawing from 'Battery Power'\n -InternalBattery-0 62%; discharging", true],
    ['darwin', "Now drawing from 'AC Power'\n -InternalBattery-0 100%; charged", false],
    ['darwin', '', null],
    ['win32', '1\r\n', true],
    ['win32', '2\r\n', false],
    ['win32', '', null],
    ['aix', '1', null],
  ] as const)
    it(`${platform}: ${JSON.stringify(text)} is ${onBattery}`, async () => {
      assert.deepEqual(await readPower({ platform, processes: { run: says(text) } }, {}), { onBattery });
    });

  it('is unknown where the program is missing', async () => {
    const run: Run = async () => Promise.reject(new LodestoneError('toolMissing', 'pmset is missing'));
    assert.deepEqual(await readPower({ platform: 'darwin', processes: { run } }, {}), { onBattery: null });
  });
});
