/** The JSON printer: one value on one line's end, `schemaVersion` first, no character that could steer a terminal. */

/** Version of every published schema in src/data/schemas; changes only add, so it moves when one could not. */
export const SCHEMA_VERSION = 1;

/** JSON leaves DEL, C1 and reordering controls as they are; written as escapes the value is the same. */
const UNESCAPED = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

export function printJson(value: Readonly<Record<string, unknown>>): string {
  return safe(JSON.stringify({ schemaVersion: SCHEMA_VERSION, ...value }, undefined, 2));
}

/** One value of many, on a line of its own. */
export function printLine(value: Readonly<Record<string, unknown>>): string {
  return safe(JSON.stringify({ schemaVersion: SCHEMA_VERSION, ...value }));
}

function safe(text: string): string {
  return `${text.replace(UNESCAPED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}
