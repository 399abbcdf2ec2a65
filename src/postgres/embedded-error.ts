/** The embedded PostgreSQL cannot run here. The message says why and what to do about it, and holds no secret. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}
