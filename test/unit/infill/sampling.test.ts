/** Presets: the source's values, who overrides whom, what is refused with which words, and which preset is chosen when nobody says. */
import { strict as assert } from 'node:assert';
import { LodestoneError } from '../../../src/base/errors.ts';
import { choosePreset } from '../../../src/core/infill/presetChoice.ts';
import { PRESET_VALUES, type PRESETS } from '../../../src/core/infill/presets.ts';
import { resolveSampling } from '../../../src/core/infill/resolveSampling.ts';
import { SETTINGS } from '../../../src/core/settings.ts';

const refuses = (run: () => unknown, where: string, allowed: string) =>
  assert.throws(run, (error) => {
    assert.ok(error instanceof LodestoneError);
    assert.equal(error.code, 'badArguments');
    assert.ok(error.message.includes(where) && error.message.includes(allowed), error.message);
    assert.ok((error.advice ?? '').length > 0);
    return true;
  });

describe('infill sampling options', () => {
  it("has the source's values by name", () => {
    const values = (name: (typeof PRESETS)[number]) => {
      const { steps, guidance, temperature } = PRESET_VALUES[name];
      return [steps, guidance, temperature];
    };
    assert.deepEqual(values('fast'), [20, 5, 0.8]);
    assert.deepEqual(values('balanced'), [50, 7.5, 0.8]);
    assert.deepEqual(values('quality'), [100, 10, 0.8]);
    assert.deepEqual(values('test'), [5, 7.5, 0.8]);
    assert.equal(PRESET_VALUES.quality.fallbackModel, 'qwen2.5-coder:14b');
  });

  it('takes the request before the environment, that before the settings, those before the preset', () => {
    const environment = { LODESTONE_INFILL_PRESET: 'balanced', LODESTONE_INFILL_STEPS: '30' };
    const settings = {
      ...{ 'lodestone.infill.preset': 'quality', 'lodestone.infill.steps': 40, 'lodestone.infill.guidance': 2 },
    };
    const all = resolveSampling({ preset: 'fast', steps: 7, seed: 3 }, environment, settings);
    assert.equal(all.preset, 'fast');
    assert.deepEqual([all.sampling.steps, all.sampling.guidance, all.sampling.seed], [7, 2, 3]);
    const two = resolveSampling({}, environment, settings);
    assert.deepEqual([two.preset, two.sampling.steps, two.sampling.guidance], ['balanced', 30, 2]);
    const one = resolveSampling({}, {}, settings);
    assert.deepEqual([one.preset, one.sampling.steps, one.values.temperature], ['quality', 40, 0.8]);
    const none = resolveSampling();
    assert.deepEqual([none.preset, none.sampling.steps], ['standard', PRESET_VALUES.standard.steps]);
    assert.equal(resolveSampling({ guidance: 0 }).sampling.guidance, 0);
  });

  it('leaves to the preset what is set to do so, and asks for a preset where all say auto', () => {
    const settings = Object.fromEntries(SETTINGS.map(({ id, default: standard }) => [id, standard]));
    const { preset, values } = resolveSampling({}, { LODESTONE_INFILL_STEPS: '' }, settings, () => 'thorough');
    assert.equal(preset, 'thorough');
    assert.deepEqual(values, PRESET_VALUES.thorough);
    assert.equal(resolveSampling({}, { LODESTONE_INFILL_PRESET: 'auto' }, {}, () => 'quick').preset, 'quick');
    assert.equal(resolveSampling({}, { LODESTONE_INFILL_COMMIT_THRESHOLD: '0.8' }).sampling.threshold, 0.8);
  });

  it('refuses what is no value, and says where it stands and what it may be', () => {
    refuses(() => resolveSampling({}, { LODESTONE_INFILL_STEPS: 'many' }), 'LODESTONE_INFILL_STEPS', '1 to 1000');
    refuses(() => resolveSampling({}, { LODESTONE_INFILL_STEPS: '2.5' }), 'LODESTONE_INFILL_STEPS', 'whole');
    refuses(() => resolveSampling({}, { LODESTONE_INFILL_PRESET: 'FAST' }), 'LODESTONE_INFILL_PRESET', 'fast');
    refuses(() => resolveSampling({}, {}, { 'lodestone.infill.guidance': 21 }), 'lodestone.infill.guidance', '0 to 20');
    refuses(() => resolveSampling({}, {}, { 'lodestone.infill.steps': 0 }), 'lodestone.infill.steps', '1 to 1000');
    refuses(() => resolveSampling({ temperature: Number.NaN }), "request's temperature", '0 to 2');
    refuses(() => resolveSampling({ schedule: 'cosinus' as never }), "request's schedule", 'mdlmLinear');
    refuses(() => resolveSampling({ seed: -1 }), "request's seed", 'whole number');
    refuses(() => resolveSampling({}, { LODESTONE_INFILL_STEPS: '-1' }), 'LODESTONE_INFILL_STEPS', '1 to 1000');
  });
});

describe('the choice of a preset', () => {
  it('goes by the size of what is masked', () => {
    assert.equal(choosePreset({ lexemes: 3, device: 'cpu' }), 'quick');
    assert.equal(choosePreset({ lexemes: 15, device: 'cpu' }), 'standard');
    assert.equal(choosePreset({ lexemes: 80, device: 'cpu' }), 'thorough');
    assert.equal(choosePreset({ lexemes: 3, device: 'gpu' }), 'thorough');
  });

  it('gives way to a deadline', () => {
    const big = { lexemes: 80, device: 'cpu' } as const;
    assert.equal(choosePreset({ ...big, deadlineMs: 1000 }), 'standard');
    assert.equal(choosePreset({ ...big, deadlineMs: 10 }), 'quick');
  });

  it('follows what people kept, once that is significant', () => {
    const acceptance = { quick: { accepted: 2, judged: 60 }, thorough: { accepted: 45, judged: 60 } };
    assert.equal(choosePreset({ lexemes: 3, device: 'cpu', acceptance }), 'thorough');
    const few = { quick: { accepted: 0, judged: 2 }, thorough: { accepted: 2, judged: 2 } };
    assert.equal(choosePreset({ lexemes: 3, device: 'cpu', acceptance: few }), 'quick');
  });
});
