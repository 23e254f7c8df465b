type Fields = Record<string, string | number | boolean>;

/** One JSON line an event. */
export const logger = {
  info(event: string, fields: Fields = {}): void {
    console.info(JSON.stringify({ level: 'info', event, ...fields }));
  },
  error(event: string, fields: Fields = {}): void {
    console.error(JSON.stringify({ level: 'error', event, ...fields }));
  },
};
