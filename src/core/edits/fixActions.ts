/** The built-in actions that fix rules name where a regular expression cannot say what to do. */
import { passArguments } from './argumentActions.ts';
import { closeBracket, fixMismatch, fixUnmatched } from './bracketActions.ts';
import { makeCollection } from './collectionActions.ts';
import type { ActionEdit, FixSite } from './fixRules.ts';
import { expandTabs, reindent } from './indentActions.ts';
import {
  insertBetween,
  insertExpected,
  insertText,
  makeAsync,
  openBlock,
  replaceRange,
  respellWord,
} from './insertActions.ts';
import { importName, qualifySelf, spellName, unqualifySelf } from './nameActions.ts';
import { closeString, closeTripleString } from './stringActions.ts';

/** Each action is pure: the site in, weighted edits out (likeliest first, none if it has nothing to say). */
export const FIX_ACTIONS = {
  closeBracket,
  fixMismatch,
  fixUnmatched,
  closeString,
  closeTripleString,
  reindent,
  expandTabs,
  insertExpected,
  insertText,
  insertBetween,
  makeAsync,
  openBlock,
  replaceRange,
  respellWord,
  spellName,
  qualifySelf,
  unqualifySelf,
  importName,
  passArguments,
  makeCollection,
} as const satisfies Record<string, (site: FixSite) => ActionEdit[]>;

export type FixActionName = keyof typeof FIX_ACTIONS;
