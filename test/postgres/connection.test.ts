import { expect, test } from 'vitest';
import { connectionTo } from '../../src/postgres/connection.ts';

test.each([
  ['postgres://h/d', undefined],
  ['postgres://h/d?sslmode=require', 'true'],
  ['postgres://h/d?sslmode=verify-full', 'true'],
  ['postgres://h/d?sslmode=require&uselibpqcompat=false', 'false'],
])('%s asks for TLS with the meaning that libpq gives it', (url, compat) => {
  const { connectionString } = connectionTo(url);
  expect(new URL(connectionString ?? '').searchParams.get('uselibpqcompat') ?? undefined).toBe(compat);
});
