/**
 * Server-sent events as completions use them: `data` lines up to a blank one (HTML standard, 9.2.6). Event names, ids
 * and retry times have no meaning here, and an end within an event must be an error, which no parser of them reports.
 */

export interface ServerEvent {
  readonly data: string;
}

/** Throws `broken()` where the answer ends within a line or an event. */
export async function* serverEvents(
  body: ReadableStream<Uint8Array>,
  broken: () => Error,
): AsyncGenerator<ServerEvent> {
  let rest = '';
  let data: string[] = [];
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    // A carriage return at the end may be the first half of a line's end.
    const known = rest + decoder.decode(chunk, { stream: true });
    const held = known.endsWith('\r') ? '\r' : '';
    const lines = known.slice(0, known.length - held.length).split(/\r\n|\r|\n/);
    rest = (lines.pop() ?? '') + held;
    for (const line of lines) {
      if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5));
      else if (line === '' && data.length > 0) {
        yield { data: data.join('\n') };
        data = [];
      }
    }
  }
  if (rest.trim() !== '') throw broken();
  // A server that closes right after its last line has said everything.
  if (data.length > 0) yield { data: data.join('\n') };
}
