// A file that holds a raw HTTP request with its headers, or only its body.

export interface RawRequest {
  readonly body: Buffer;
  readonly contentType: string | undefined;
  readonly contentLength: number | undefined;
  readonly queryNames: readonly string[];
}

const REQUEST_LINE = /^[A-Z]+ (\S+) HTTP\/\d/;

export function readRequest(file: Buffer): RawRequest {
  const text = file.toString('latin1');
  const target = REQUEST_LINE.exec(text)?.[1];
  if (target === undefined) return { body: file, contentType: undefined, contentLength: undefined, queryNames: [] };
  const end = /\r?\n\r?\n/.exec(text);
  const head = end === null ? text : text.slice(0, end.index);
  const header = (name: string) => new RegExp(`^${name}:[ \\t]*(.*?)[ \\t]*\\r?$`, 'im').exec(head)?.[1];
  const length = header('content-length');
  return {
    body: end === null ? Buffer.alloc(0) : file.subarray(end.index + end[0].length),
    contentType: header('content-type'),
    contentLength: length !== undefined && /^\d{1,9}$/.test(length) ? Number(length) : undefined,
    queryNames: [...new URL(target, 'http://gateway').searchParams.keys()],
  };
}
