import type { FastifyRequest } from 'fastify';
import type { SentDocument } from '../graphql/persisted.ts';

/** What an HTTP request says of its document: in the body, or of a GET in its search. */
export function sentBy({ method, body, query }: Pick<FastifyRequest, 'method' | 'body' | 'query'>): SentDocument {
  const sent = method === 'GET' ? query : body;
  if (!isSaid(sent)) return {};
  const extensions = method === 'GET' ? parsed(sent.extensions) : sent.extensions;
  return { query: sent.query, documentId: sent.documentId, extensions };
}

function isSaid(value: unknown): value is SentDocument {
  return typeof value === 'object' && value !== null;
}

function parsed(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}
