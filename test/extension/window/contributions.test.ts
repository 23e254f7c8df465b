/** The manifest and the code name the same commands, settings, views and texts. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { SETTINGS, type Setting } from '../../../src/core/settings.ts';
import { COMMAND_IDS } from '../../../src/vscode/commands.ts';
import { projectRoot } from '../../projectRoot.ts';
import { lodestone } from '../support.ts';

interface Manifest {
  contributes: {
    commands: { command: string }[];
    keybindings: { command: string }[];
    menus: Record<string, { command?: string; submenu?: string }[]>;
    submenus: { id: string }[];
    views: Record<string, { id: string }[]>;
    configuration: { id: string; properties: Record<string, Record<string, unknown>> }[];
  };
}

const text = readFileSync(join(projectRoot, 'package.json'), 'utf8');
const manifest = JSON.parse(text) as Manifest;
const nls = JSON.parse(readFileSync(join(projectRoot, 'package.nls.json'), 'utf8')) as Record<string, string>;

describe('contributions', () => {
  it('activates', async () => {
    await lodestone();
    assert.ok(vscode.extensions.getExtension('lodestone.lodestone')?.isActive);
  });

  it('contributes exactly the commands that have handlers', async () => {
    assert.deepEqual(
      manifest.contributes.commands.map(({ command }) => command),
      [...COMMAND_IDS],
    );
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      COMMAND_IDS.filter((id) => !registered.has(id)),
      [],
    );
  });

  it('binds keys and menus to existing commands only', () => {
    const { keybindings, menus, submenus } = manifest.contributes;
    const known = new Set<string | undefined>([...COMMAND_IDS, ...submenus.map(({ id }) => id)]);
    const used = [...keybindings, ...Object.values(menus).flat()].map((entry) =>
      'submenu' in entry ? entry.submenu : entry.command,
    );
    assert.deepEqual(
      used.filter((id) => !known.has(id)),
      [],
    );
    for (const { id } of submenus) assert.ok(menus[id]?.length, `${id} is no empty menu`);
  });

  it('contributes exactly the settings of the engine, with their types, defaults and scopes', () => {
    const contributed = manifest.contributes.configuration.flatMap(({ id, properties }) =>
      Object.entries(properties).map(
        ([setting, { type, default: standard, scope, minimum, maximum, enum: values }]) => ({
          id: setting,
          section: id.replace('lodestone.', ''),
          type,
          default: standard,
          scope,
          minimum,
          maximum,
          enum: values,
        }),
      ),
    );
    const expected = (SETTINGS as readonly Setting[]).map((setting) => ({
      id: setting.id as string,
      section: setting.section as string,
      type: setting.type,
      default: setting.default,
      scope: setting.scope,
      minimum: setting.minimum,
      maximum: setting.maximum,
      enum: setting.enum,
    }));
    const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
    assert.deepEqual(contributed.sort(byId), expected.sort(byId));
  });

  it('keeps tool paths and auto-apply out of a workspace’s reach', () => {
    for (const id of ['lodestone.healing.python', 'lodestone.healing.autoApplyBelowRisk'])
      assert.equal((SETTINGS as readonly Setting[]).find((setting) => setting.id === id)?.scope, 'machine');
  });

  it('has a text for every placeholder, and no text without one', () => {
    const used = [...text.matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key as string);
    assert.deepEqual(
      used.filter((key) => !nls[key]),
      [],
    );
    assert.deepEqual(
      Object.keys(nls).filter((key) => !used.includes(key)),
      [],
    );
  });
});
