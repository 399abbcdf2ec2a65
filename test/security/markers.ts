// Recognisable values, and where they turn up.
import { randomBytes } from 'node:crypto';

/** What a marker stands for decides where it may be seen. */
export type Kind = 'secret' | 'input' | 'buyer';

export interface Marker {
  readonly kind: Kind;
  readonly name: string;
  readonly text: string;
}

export interface Markers {
  /** A new one: letters and digits, so that no escaping hides it. `as` wraps it where a form is asked for. */
  mark(kind: Kind, name: string, as?: (text: string) => string): string;
  /** Something that another made, from now on looked for too. */
  known(kind: Kind, name: string, text: string): void;
  /** The names of the markers of these kinds that a text holds. */
  seenIn(text: string, ...kinds: readonly Kind[]): readonly string[];
}

export function newMarkers(): Markers {
  const markers: Marker[] = [];
  return {
    mark(kind, name, as = (text) => text) {
      const text = as(`cnry${randomBytes(6).toString('hex')}`);
      markers.push({ kind, name, text });
      return text;
    },
    known(kind, name, text) {
      if (text.length < 12) throw new Error(`${name} is too short to be told from chance`);
      markers.push({ kind, name, text });
    },
    seenIn: (text, ...kinds) =>
      markers.filter(({ kind, text: marker }) => kinds.includes(kind) && text.includes(marker)).map(({ name }) => name),
  };
}

export interface Ear {
  readonly heard: string[];
  stop(): void;
}

/** Every answer that anybody in this process fetches, with its headers. */
export function listenIn(): Ear {
  const { fetch } = globalThis;
  const heard: string[] = [];
  globalThis.fetch = async (...asked) => {
    const response = await fetch(...asked);
    const body = await response
      .clone()
      .text()
      .catch(() => '');
    heard.push(JSON.stringify([...response.headers]) + body);
    return response;
  };
  return {
    heard,
    stop: () => {
      globalThis.fetch = fetch;
    },
  };
}
