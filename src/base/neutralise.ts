/** Makes text from repositories and tools fit for terminals, logs and labels. */

/** ANSI/VT sequences: CSI, OSC (to BEL or ST), DCS and kin, and two-character escapes; 7-bit and 8-bit forms. */
const SEQUENCES =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]?/g;

/** Other control characters (tab and line feed stay), and marks that reorder or hide text (CVE-2021-42574). */
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/**
 * The text without escape sequences; other control and bidirectional characters become U+FFFD so that they are seen.
 * '\r\n' becomes '\n'. With `oneLine`, line feeds and tabs become blanks (names and messages in labels).
 */
export function neutralise(text: string, { oneLine = false }: { oneLine?: boolean } = {}): string {
  const clean = text.replace(/\r\n/g, '\n').replace(SEQUENCES, '').replace(CONTROLS, '\ufffd');
  return oneLine ? clean.replace(/[\n\t]+/g, ' ') : clean;
}
