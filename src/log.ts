import pino, { type Logger } from 'pino';

export type Log = Logger;

/** Lines leave together: a write of its own for each costs more than making it. Pino writes at most 16 KiB at a time. */
const BUFFER_BYTES = 16_000;
const FLUSH_MS = 200;

/**
 * One JSON line a request, on stderr so that stdout stays the operator's. What goes in is chosen field by
 * field where it is logged; the redaction here is the second net, never the first.
 */
export function newLog(level: string): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: ['authorization', 'apiKey', 'token', 'password', 'headers', 'body', 'variables', '*.authorization'],
      serializers: { err: errorFields },
    },
    pino.destination({ dest: 2, sync: false, minLength: BUFFER_BYTES, periodicFlush: FLUSH_MS }),
  );
}

/** The parts of an error that carry no input: a database's `detail` and `parameters` quote rows. */
function errorFields(error: unknown): object {
  if (!(error instanceof Error)) return { message: 'not an error' };
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  return { name: error.name, message: error.message.split('\n', 1)[0]?.slice(0, 300), ...code, at: placesIn(error) };
}

/** Where it happened. A stack begins with the whole message, which may quote input. */
function placesIn({ stack }: Error): string[] {
  return (stack ?? '')
    .split('\n')
    .filter((line) => /^ +at /.test(line))
    .map((line) => line.trim());
}
