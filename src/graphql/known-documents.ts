import type { DocumentNode } from 'graphql';

/** In memory a document takes a hundred times the room that it takes as text. */
const MOST_CHARACTERS = 300_000;
const MOST_DOCUMENTS = 1_000;
const MOST_OF_ONE = 10_000;

/** Documents that were good once, by their text or its hash. Forgets them all when there are too many to keep. */
export class KnownDocuments {
  readonly #documents = new Map<string, DocumentNode>();
  #characters = 0;

  get(key: string): DocumentNode | undefined {
    return this.#documents.get(key);
  }

  put(key: string, document: DocumentNode): void {
    const length = document.loc?.end ?? MOST_OF_ONE;
    if (length > MOST_OF_ONE || this.#documents.has(key)) return;
    if (this.#documents.size >= MOST_DOCUMENTS || this.#characters + length > MOST_CHARACTERS) this.clear();
    this.#documents.set(key, document);
    this.#characters += length;
  }

  clear(): void {
    this.#documents.clear();
    this.#characters = 0;
  }
}
